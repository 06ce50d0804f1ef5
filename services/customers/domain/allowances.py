"""How often one person, program or address may ask (TRUST, check 22): so many requests in each minute of the clock.

They are handed out by the dozen, so that not every request costs a look at the database. What is handed out is good
until the minute ends; so never more are let through than the limit, by however many gateways.
"""

from datetime import UTC, datetime

from contracts.calls.allowances import Allowance

WINDOW_SECONDS = 60
_PARTS = 60
"""A limit is handed out in so many parts; what a gateway does not use of its part is lost for that minute."""
_LONGEST = 30.0
"""As long as a gateway keeps what it knows of a session."""


def part_of(limit: int) -> int:
    """How many requests are handed out at once."""
    return max(1, limit // _PARTS)


def window_start(now: datetime) -> datetime:
    """The minute that a moment lies in."""
    return datetime.fromtimestamp(int(now.timestamp()) // WINDOW_SECONDS * WINDOW_SECONDS, UTC)


def seconds_left(now: datetime) -> float:
    """How long that minute still lasts."""
    return WINDOW_SECONDS - now.timestamp() % WINDOW_SECONDS


def allowance(limit: int, now: datetime) -> Allowance:
    """What is handed out."""
    return Allowance(requests=part_of(limit), seconds=min(_LONGEST, seconds_left(now)))
