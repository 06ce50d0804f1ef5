"""Codes that are typed from an e-mail (CTVMS, C63): six digits, so their life and their tries are short.

Ten to the sixth is soon counted through, so what is stored is keyed with a key that is not in the database.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

CODE_LIFE = timedelta(minutes=10)
TRIES_OF_ONE_CODE = 5
CODES_AN_HOUR, CODES_A_DAY = 3, 10
"""So many codes are mailed to one person; more are asked for in vain, which nobody is told."""
_DIGITS = 6


@dataclass(frozen=True)
class CodeState:
    """What is known of an issued code when somebody types one."""

    expires_at: datetime
    tries: int
    is_used: bool


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"


def typed_code(text: str) -> str:
    """A code as typed, without the blanks and dashes that people put between its digits."""
    return re.sub(r"[\s-]", "", text)


def code_fingerprint(key: bytes, code_id: UUID, code: str) -> str:
    """What is stored of a code: its HMAC, of this one code only, so that equal codes do not look equal."""
    return hmac.new(key, code_id.bytes + code.encode("utf-8", "surrogatepass"), sha256).hexdigest()


def may_be_tried(state: CodeState, now: datetime) -> bool:
    """Whether the code is still worth comparing with."""
    return not state.is_used and state.tries < TRIES_OF_ONE_CODE and now < state.expires_at


def may_be_mailed(issued: list[datetime], now: datetime) -> bool:
    """Whether one more code may be mailed to who was mailed these before."""
    last_hour = sum(1 for at in issued if at > now - timedelta(hours=1))
    last_day = sum(1 for at in issued if at > now - timedelta(days=1))
    return last_hour < CODES_AN_HOUR and last_day < CODES_A_DAY
