"""The only place that asks what time it is. Everything else is handed a Clock."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Real moments and business dates. HEADEND_TODAY pins business dates only (RULES, keeping and erasing)."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""

    def today(self, time_zone: str) -> date:
        """The business date in a branch's time zone."""


class SystemClock:
    """The machine's clock; `pinned` fixes the business date for tests and rehearsals."""

    def __init__(self, pinned: date | None = None) -> None:
        self._pinned = pinned

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.now(UTC)

    def today(self, time_zone: str) -> date:
        """The pinned date, else the date that the branch's wall calendar shows."""
        return self._pinned or datetime.now(ZoneInfo(time_zone)).date()


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

    def move(self, by: timedelta) -> None:
        """Go on by some time."""
        self.at += by
