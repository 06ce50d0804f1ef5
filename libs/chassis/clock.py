"""The only place that asks what time it is. Everything else is handed a Clock (decision 0019)."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Real moments and business dates. HEADEND_TODAY pins business dates only (RULES, keeping and erasing)."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""

    def today(self, time_zone: str) -> date:
        """The business date in a branch's time zone."""

    def compare(self, server: datetime, began: datetime) -> timedelta:
        """How far the machine's clock is ahead of the database server's, which was asked for since `began`."""


class SystemClock:
    """The machine's clock, put right by what the database server's shows where the two differ by much.

    `pinned` fixes the business date for tests and rehearsals.
    """

    MAY_DIFFER = timedelta(seconds=2)
    """Smaller differences harm nothing, and a clock that is put right again and again does not run evenly."""

    def __init__(self, pinned: date | None = None) -> None:
        self._pinned = pinned
        self._ahead = timedelta()

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.now(UTC) - self._ahead

    def today(self, time_zone: str) -> date:
        """The pinned date, else the date that the branch's wall calendar shows."""
        return self._pinned or self.now().astimezone(ZoneInfo(time_zone)).date()

    def compare(self, server: datetime, began: datetime) -> timedelta:
        """How far the machine's clock is ahead of the server's, which it follows from now on if that is much."""
        ahead = began + (self.now() - began) / 2 - server + self._ahead
        self._ahead = ahead if abs(ahead) > self.MAY_DIFFER else timedelta()
        return ahead


class FixedClock:
    """A clock that stands until it is moved, for tests."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.at

    def today(self, time_zone: str) -> date:
        """That moment's date in the time zone."""
        return self.at.astimezone(ZoneInfo(time_zone)).date()

    def compare(self, server: datetime, began: datetime) -> timedelta:
        """How far ahead it is; it follows nobody."""
        return began - server

    def move(self, by: timedelta) -> None:
        """Go on by some time."""
        self.at += by
