"""What is stuck in a service: parked events, events on their way, jobs that failed or stopped."""

from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, literal_column, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis.clock import Clock
from chassis.database import lease_time
from chassis.tables import InboxRow, JobRow, OutboxRow
from contracts.calls.operations import OperationsView, ParkedEvent, TroubledJob

_MOST, _LISTED = 10_000, 20
_LATELY = timedelta(days=7)
_STOPPED = timedelta(minutes=5)
"""A claim that lapsed so long ago was taken over by nobody."""
_PENDING = InboxRow.state == literal_column("'pending'")
_PARKED = InboxRow.state == literal_column("'parked'")


def operations_of(session: Session, clock: Clock) -> OperationsView:
    """What is stuck now; it costs as much as is stuck, up to 10,000 of each kind."""
    return OperationsView(
        parked=_count(session, InboxRow.event_id, _PARKED),
        parked_events=_parked(session),
        unsent=_count(session, OutboxRow.id, OutboxRow.sent_at.is_(None)),
        pending=_count(session, InboxRow.event_id, _PENDING),
        jobs=_jobs(session, clock),
    )


def _count(session: Session, column: InstrumentedAttribute[Any], where: Any) -> int:
    some = select(column).where(where).limit(_MOST).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _parked(session: Session) -> tuple[ParkedEvent, ...]:
    rows = session.execute(
        select(InboxRow.event_id, InboxRow.type, InboxRow.producer, InboxRow.occurred_at, InboxRow.last_error)
        .where(_PARKED)
        .order_by(InboxRow.received_at.desc())
        .limit(_LISTED)
    )
    return tuple(
        ParkedEvent(
            id=row.event_id, type=row.type, producer=row.producer, occurred_at=row.occurred_at,
            problem=row.last_error or "",
        )
        for row in rows
    )  # fmt: skip


def _jobs(session: Session, clock: Clock) -> tuple[TroubledJob, ...]:
    lapsed = JobRow.lease_until < lease_time(session, clock) - _STOPPED
    rows = session.scalars(
        select(JobRow)
        .where(or_(JobRow.state == "failed", and_(JobRow.state == "running", lapsed)))
        .where(JobRow.started_at > clock.now() - _LATELY)
        .order_by(JobRow.started_at.desc())
        .limit(_LISTED)
    )
    return tuple(
        TroubledJob(
            job=row.job, of=row.period, state="failed" if row.state == "failed" else "stopped",
            attempts=row.attempts, problem=row.last_error or "", since=row.finished_at or row.started_at,
        )
        for row in rows
    )  # fmt: skip
