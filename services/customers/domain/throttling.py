"""Guessing passwords is made slow (TRUST, check 4): free tries, then delays that double.

A try is counted before its password is looked at, so a thousand at once on many replicas are still counted one by one.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address

WINDOW = timedelta(minutes=15)
"""So long after the last try everything is forgotten."""
_FIRST_DELAY = timedelta(seconds=30)
_LONGEST_DELAY = WINDOW


@dataclass(frozen=True)
class Tries:
    """What is remembered of an account or an address."""

    count: int
    last_at: datetime
    blocked_until: datetime | None = None


ACCOUNT_TRIES = 5
ADDRESS_TRIES = 50


@dataclass(frozen=True)
class Counting:
    """What is counted, apart from everything else: so many tries of an account and of an address are free."""

    prefix: str
    account: int
    address: int


SIGNING_IN = Counting("", ACCOUNT_TRIES, ADDRESS_TRIES)
ASKING_FOR_CODES = Counting("ask:", 3, 20)
TYPING_CODES = Counting("type:", 10, 30)
"""Ten are two codes of five tries each; what is right is forgiven."""


def seconds_to_wait(tries: Tries | None, now: datetime) -> int:
    """How many seconds the next try has to wait; 0 when it is heard now."""
    if tries is None or tries.blocked_until is None or tries.blocked_until <= now:
        return 0
    return max(1, int((tries.blocked_until - now).total_seconds() + 0.999))


def counted(tries: Tries | None, free: int, now: datetime) -> Tries:
    """The tries with one more. After `free` of them each doubles the delay until the next is heard."""
    count = 1 if tries is None or tries.last_at + WINDOW <= now else tries.count + 1
    if count < free:
        return Tries(count, now)
    return Tries(count, now, now + min(_FIRST_DELAY * 2 ** min(count - free, 10), _LONGEST_DELAY))


def forgiven(tries: Tries, free: int) -> Tries:
    """The tries without the one that turned out right, which costs an address nothing."""
    count = max(0, tries.count - 1)
    return replace(tries, count=count, blocked_until=tries.blocked_until if count >= free else None)


def account_key(username_key: str, prefix: str = "") -> str:
    """What the tries of an account are kept under, whether there is such an account or not."""
    return f"{prefix}account:{sha256(username_key.encode('utf-8', 'surrogatepass')).hexdigest()}"


def address_key(address: str, prefix: str = "") -> str:
    """What the tries from an address are kept under; one IPv6 customer has a whole /64."""
    try:
        parsed = ip_address(address)
    except ValueError:
        network = address.encode("utf-8", "surrogatepass")
    else:
        network = parsed.packed[:8] if isinstance(parsed, IPv6Address) else parsed.packed
    return f"{prefix}address:{sha256(network).hexdigest()}"
