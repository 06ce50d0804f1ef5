"""Secrets that nobody thinks up: session tokens, one-time links and one-time passwords.

They are random, so a plain SHA-256 of them is what is stored (DESIGN, chosen libraries).
"""

import hashlib
import secrets
from datetime import timedelta

ONE_TIME_LIFE = timedelta(hours=72)
"""A one-time password or link is worthless after this, or after its first use."""

_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


def new_token() -> str:
    """A session or link token: 256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def new_password() -> str:
    """A password to be typed from paper, like "k7fm-x2pq-9art-hwne": 79 random bits, no look-alikes."""
    groups = ("".join(secrets.choice(_READABLE) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def fingerprint(secret: str) -> str:
    """What is stored of a token: its SHA-256 in hex."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def password_fingerprint(typed: str) -> str:
    """What is stored of a one-time password; case and blanks around it do not matter when it is typed."""
    return fingerprint(typed.strip().casefold())
