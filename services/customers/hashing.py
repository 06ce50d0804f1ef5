"""Argon2 for passwords that people type. Slow on purpose: call it outside any transaction, and off the event loop."""

from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
"""OWASP's parameters: 19 MiB and two passes, some 20 ms; many sign-ins at once must fit into memory."""
_NOBODY = HASHER.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The Argon2id hash to store."""
    return HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the hashed one. Without a hash it takes as long, and the answer is no."""
    try:
        HASHER.verify(password_hash or _NOBODY, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@cache
def common_passwords() -> frozenset[str]:
    """The lower-case passwords that people choose most."""
    text = files("customers").joinpath("data/common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
