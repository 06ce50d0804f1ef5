"""What an import must remember while it is under way: the business dates that it began with.

Rows name their customer and subscription by the import's id, so a second attempt finds what the first wrote; what is
derived from the business date (months_before, business_month) must not move when the attempt comes a day later.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.tables import JobRow

_JOB = "import"


class BusinessDates:
    """The business date of each time zone, from the moment that the import began."""

    def __init__(self, clock: Clock, begun: dict[str, str]) -> None:
        self._clock = clock
        self._known = {time_zone: date.fromisoformat(day) for time_zone, day in begun.items()}

    def __call__(self, time_zone: str) -> date:
        """The date, the same at every question."""
        if time_zone not in self._known:
            self._known[time_zone] = self._clock.today(time_zone)
        return self._known[time_zone]

    def as_text(self) -> dict[str, str]:
        """What is remembered."""
        return {time_zone: day.isoformat() for time_zone, day in self._known.items()}


def dates_of(session: Session, import_id: UUID, clock: Clock) -> BusinessDates:
    """The dates that an earlier attempt remembered, else today's."""
    progress = session.scalar(select(JobRow.progress).where(*_is(import_id)))
    return BusinessDates(clock, (progress or {}).get("business_dates", {}))


def remember(session: Session, import_id: UUID, dates: BusinessDates, clock: Clock) -> None:
    """Keep the dates for the next attempt."""
    progress, now = {"business_dates": dates.as_text()}, clock.now()
    row = session.scalar(select(JobRow.job).where(*_is(import_id)))
    if row is not None:
        session.execute(update(JobRow).where(*_is(import_id)).values(progress=progress))
        return
    session.add(
        JobRow(
            job=_JOB,
            period=str(import_id),
            state="running",
            lease_until=now,
            attempts=1,
            progress=progress,
            started_at=now,
        )
    )


def close(session: Session, import_id: UUID, clock: Clock) -> None:
    """The import is complete."""
    session.execute(update(JobRow).where(*_is(import_id)).values(state="done", finished_at=clock.now()))


def _is(import_id: UUID) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return JobRow.job == _JOB, JobRow.period == str(import_id)
