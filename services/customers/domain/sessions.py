"""How long a session lives (TRUST, check 7). Real time, whatever the business date is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.actor import Role

TOUCHED_EVERY = timedelta(minutes=1)
"""A session's last use is written down at most so often."""


@dataclass(frozen=True)
class SessionLife:
    """A session ends when it was not used for `idle`, and at the latest `whole` after sign-in."""

    idle: timedelta
    whole: timedelta


_STAFF = SessionLife(idle=timedelta(hours=4), whole=timedelta(hours=16))
_CUSTOMER = SessionLife(idle=timedelta(days=1), whole=timedelta(days=7))


def session_life(role: Role) -> SessionLife:
    """The life of a session of that role: a working day for staff, a week for customers."""
    return _CUSTOMER if role is Role.CUSTOMER else _STAFF


def is_alive(life: SessionLife, touched_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether a session that nobody ended still opens doors."""
    return now < ends_at and now < touched_at + life.idle


def is_due_for_touch(touched_at: datetime, now: datetime) -> bool:
    """Whether the use of now is worth writing down."""
    return now - touched_at >= TOUCHED_EVERY
