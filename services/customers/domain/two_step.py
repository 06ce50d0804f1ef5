"""Two-step sign-in: codes that an authenticator app makes from a secret and the time (RFC 6238; TRUST, check 5).

SHA-1, six digits and thirty seconds, as every app has them by default.
"""

import base64
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from customers.domain.throttling import Counting
from customers.domain.tokens import new_password

STEP_SECONDS, DIGITS = 30, 6
SECRET_BYTES = 20
"""As long as the digest, which RFC 4226 recommends."""
_EITHER_SIDE = 1
"""So many steps a telephone's clock may be ahead or behind."""

TYPING = Counting("second:", 5, 50)
"""Five codes are compared, then each further one waits longer; an address has more, as offices share one."""
MOST_FAILURES = 20
"""So many wrong codes in a row, however slowly: the password is known to somebody else, and a new one is due."""
HALF_LIFE = timedelta(minutes=10)
"""From the password to the code."""
SETUP_LIFE = timedelta(minutes=30)
"""From the secret to its first code."""
RECOVERY_CODES = 10


@dataclass(frozen=True)
class Typed:
    """What was typed: six digits from an app, else a recovery code."""

    digits: str | None
    recovery: str


def new_secret() -> bytes:
    """A secret for an app."""
    return secrets.token_bytes(SECRET_BYTES)


def secret_text(secret: bytes) -> str:
    """The secret as people type it into an app."""
    return base64.b32encode(secret).decode().rstrip("=")


def secret_address(secret: bytes, username: str) -> str:
    """The secret as apps read it from a QR code."""
    return _codes(secret).get_provisioning_uri(username, "Headend")


def new_recovery_codes() -> list[str]:
    """Codes for who has lost the app."""
    return [new_password() for _ in range(RECOVERY_CODES)]


def typed(text: str) -> Typed:
    """A code as somebody typed it; apps show blanks between digits, and paper has dashes."""
    bare = re.sub(r"[\s-]", "", text).casefold()
    digits = bare if re.fullmatch(rf"[0-9]{{{DIGITS}}}", bare, re.ASCII) else None
    return Typed(digits, "-".join(bare[start : start + 4] for start in range(0, len(bare), 4)))


def step_of(secret: bytes, digits: str, now: datetime, last_step: int) -> int | None:
    """The time step whose code was typed; None for a wrong one, and for one of a step that was used already."""
    found = None
    for step in _steps(now):
        right = compare_digest(_codes(secret).generate(step * STEP_SECONDS), digits.encode())
        if right and step > last_step:
            found = step
    return found


def code_at(secret: bytes, now: datetime) -> str:
    """What an app shows at this moment."""
    return _codes(secret).generate(int(now.timestamp())).decode()


def _steps(now: datetime) -> Iterator[int]:
    current = int(now.timestamp()) // STEP_SECONDS
    return iter(range(current - _EITHER_SIDE, current + _EITHER_SIDE + 1))


def _codes(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - as RFC 6238 and all apps have it # nosec B303
