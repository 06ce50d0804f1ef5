"""The secrets of an installation, one file each in one folder; looked through before anything starts."""

from pathlib import Path

from chassis.secret_settings import is_default_password
from chassis.settings import Profile, Settings, WrongSetting

MAY_BE_EMPTY = frozenset({"smtp_password"})
"""A mail server need not ask for a password."""


def check_secrets(folder: Path, settings: Settings) -> int:
    """How many secrets lie there.

    Raises WrongSetting for an empty one and, in production, for those that everybody knows.
    """
    try:
        secrets = {
            path.name: path.read_text(encoding="utf-8").strip()
            for path in sorted(folder.iterdir())
            if path.is_file()
        }
    except OSError as error:
        raise WrongSetting(f"The secrets in {folder} cannot be read ({error}).") from None
    empty = [name for name, secret in secrets.items() if not secret and name not in MAY_BE_EMPTY]
    if empty or not secrets:
        raise WrongSetting(
            f"The secrets in {folder} are not complete: {', '.join(empty) or 'there are none'}."
        )
    known = [name for name, secret in secrets.items() if secret and _is_known(name, secret)]
    if known and settings.profile is Profile.PRODUCTION:
        raise WrongSetting(
            f"Default passwords are refused in production: {', '.join(known)}. Make secrets of your own with "
            "`sh deploy/compose/make_secrets.sh FOLDER` and name the folder in HEADEND_SECRETS."
        )
    return len(secrets)


def _is_known(name: str, secret: str) -> bool:
    return is_default_password(secret, user=name.partition("_")[0])
