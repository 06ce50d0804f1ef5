"""The key that signs the cookies of the pages: a file among the keys, the same for every gateway process."""

import os
import secrets
from pathlib import Path

from chassis.keys import COOKIES
from chassis.settings import WrongSetting


def cookie_key(folder: Path) -> str:
    """The key that lies in the folder; made when there is none. Raises WrongSetting when neither is possible."""
    path = folder / COOKIES
    try:
        if not path.exists():
            _make(path)
        kept = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise WrongSetting(
            f"The key {path} can be neither read nor made ({error}); set HEADEND_KEYS to the gateway's folder of keys."
        ) from None
    if len(kept) < 32:
        raise WrongSetting(
            f"The key {path} is shorter than 32 characters; remove the file and a new one is made."
        )
    return kept


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    try:
        # Linking is all or nothing: of two processes that start together one wins, and both read the same key.
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
