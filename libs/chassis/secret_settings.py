"""Secrets among the settings: read from files, put into addresses, and known for the defaults that they must not be."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

EXAMPLE = "try-"
"""What every password of the `try` profile begins with."""
_PLACEHOLDER = "replace"
"""What every password of the example of Kubernetes secrets begins with."""
_DEFAULTS = frozenset(
    {"", "changeme", "change-me", "password", "admin", "headend", "guest", "postgres", "rabbitmq", "grafana"}
)


def secrets_from_files(names: Iterable[str], environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The settings among `names` whose HEADEND_<NAME>_FILE names a file that holds them; an empty file is none.

    Raises ValueError with a sentence when a file cannot be read, or when the setting is given too.
    """
    found = {}
    for name in names:
        variable = f"HEADEND_{name.upper()}"
        path = environment.get(f"{variable}_FILE")
        if not path:
            continue
        if environment.get(variable):
            raise ValueError(f"{variable} and {variable}_FILE are both given; leave one of them out")
        try:
            secret = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise ValueError(f"{variable}_FILE names {path}, which cannot be read ({reason})") from None
        if secret:
            found[name] = secret
    return found


def with_password(address: str, password: str, setting: str) -> str:
    """The address of `setting` with the password in it. Raises ValueError with a sentence when there is no place."""
    parts = urlsplit(address)
    user, at, host = parts.netloc.rpartition("@")
    if not at:
        raise ValueError(f"{setting} names no user, to whom its password would belong")
    if ":" in user:
        raise ValueError(f"{setting} holds a password already; leave it out there, or leave out the other")
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))


def is_default_password(password: str, user: str = "") -> bool:
    """Whether everybody knows it: a product's default, the user's own name, or one of the examples."""
    plain = password.lower()
    return plain in _DEFAULTS or plain == user.lower() or plain.startswith((EXAMPLE, _PLACEHOLDER))
