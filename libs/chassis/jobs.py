"""Jobs that run by the calendar or as work in chunks: every replica looks, one does the work (DESIGN, 3; BUS, 4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, and_, or_, update
from sqlalchemy.orm import Session

from chassis import pace
from chassis.clock import Clock
from chassis.database import lease_time
from chassis.platform import Platform
from chassis.tables import JobRow
from chassis.upserts import Upsert

LEASE = pace.lease(60)
RETRY_AFTER = pace.pause(300)
"""How long a failed job waits."""
BACKUP = "backup"
"""The job under which each finished backup of the database has a row (see note_backup)."""


_TAKE = Upsert(JobRow, lambda insert: insert.on_conflict_do_nothing().returning(JobRow.job))


@dataclass(frozen=True)
class Job:
    """A background job of a service. Every replica calls `run` every `every` seconds, and at once on `signal`.

    `run` returns True when it wants to be called again at once. What only one replica may do is claimed inside (claim).
    """

    name: str
    every: float
    run: Callable[[Platform], bool]
    signal: str | None = None


@dataclass(frozen=True)
class Claim:
    """The right to do one job for one period, until the lease ends."""

    job: str
    period: str
    token: UUID
    progress: dict[str, Any]


def claim(platform: Platform, job: str, period: str, *, lease: timedelta = LEASE) -> Claim | None:
    """Claim `(job, period)`: None when it is done, or another replica is at it. A lapsed claim is taken over."""
    token = uuid4()
    with platform.database.transaction() as session:
        now = lease_time(session, platform.clock)
        row = {"job": job, "period": period, "state": "running", "lease_token": token, "lease_until": now + lease,
               "attempts": 1, "started_at": platform.clock.now()}  # fmt: skip
        if _TAKE.run(session, [row]).first() is not None:
            return Claim(job, period, token, {})
        lapsed = and_(JobRow.state == "running", JobRow.lease_until < now)
        retried = and_(JobRow.state == "failed", JobRow.lease_until < now)
        found = session.execute(
            update(JobRow)
            .where(JobRow.job == job, JobRow.period == period, or_(lapsed, retried))
            .values(state="running", lease_token=token, lease_until=now + lease, attempts=JobRow.attempts + 1)
            .returning(JobRow.progress),
            execution_options={"synchronize_session": False},
        ).first()
        return Claim(job, period, token, found.progress or {}) if found else None


class ClaimLost(Exception):
    """The lease ended and another replica took the job over; this replica's chunk is rolled back."""


def hold(session: Session, held: Claim, platform: Platform, progress: dict[str, Any] | None = None,
         *, lease: timedelta = LEASE) -> None:  # fmt: skip
    """Inside a chunk's transaction: prolong the lease and record progress. Raises ClaimLost."""
    values: dict[str, Any] = {"lease_until": lease_time(session, platform.clock) + lease}
    if progress is not None:
        values["progress"] = progress
    _update(session, held, values)


def finish(session: Session, held: Claim, platform: Platform, *, problem: str | None = None,
           retry_after: timedelta = RETRY_AFTER) -> None:  # fmt: skip
    """Mark the job as done, or as failed and to be tried again after a while. Raises ClaimLost."""
    now = lease_time(session, platform.clock)
    values = {"state": "failed" if problem else "done", "last_error": problem,
              "lease_until": now + retry_after, "finished_at": platform.clock.now()}  # fmt: skip
    _update(session, held, values)


def note_backup(session: Session, clock: Clock) -> None:
    """Write down that a backup of this database is finished and stored, so that an old one is noticed."""
    now = clock.now()
    session.add(JobRow(job=BACKUP, period=now.isoformat(), state="done", lease_until=now, attempts=1,
                       started_at=now, finished_at=now))  # fmt: skip


def _update(session: Session, held: Claim, values: dict[str, Any]) -> None:
    changed = session.execute(
        update(JobRow)
        .where(JobRow.job == held.job, JobRow.period == held.period, JobRow.lease_token == held.token)
        .values(**values),
        execution_options={"synchronize_session": False},
    )
    if isinstance(changed, CursorResult) and changed.rowcount != 1:
        raise ClaimLost(f"{held.job} {held.period}")
