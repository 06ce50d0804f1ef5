"""The states of a report being made: running, with its progress, then done with its file, or failed."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from chassis import jobs
from chassis.jobs import Claim
from chassis.pace import lease
from chassis.platform import Platform
from reports.report_tables import Report, ReportPart
from reports.usecases.tell_readers import tell_readers

TRIES = 8
"""A report that took its process down so often is given up."""
LEASE = lease(20)
"""How long a report is left to a replica that is not heard of; one at work is heard every second."""


def start_report(session: Session, held: Claim, platform: Platform, report_id: UUID) -> Report | None:
    """The report, now running; None when it was tried too often and has failed. Raises ClaimLost."""
    jobs.hold(session, held, platform, lease=LEASE)
    report = session.get_one(Report, report_id)
    if report.tries >= TRIES:
        fail_report(session, held, platform, report_id, f"It was begun {TRIES} times and never ended.")
        return None
    report.state, report.tries, report.done, report.total = "running", report.tries + 1, 0, 0
    return report


def show_progress(
    session: Session, held: Claim, platform: Platform, report_id: UUID, done: int, total: int
) -> None:
    """Keep the claim and say how far the report is. Raises ClaimLost."""
    jobs.hold(session, held, platform, lease=LEASE)
    session.execute(update(Report).where(Report.id == report_id).values(done=done, total=total))


def note_moment(session: Session, report_id: UUID, as_of: datetime, caught_up: bool) -> None:
    """Keep the moment that the figures are true for."""
    session.execute(update(Report).where(Report.id == report_id).values(as_of=as_of, caught_up=caught_up))


def keep_file(
    session: Session, held: Claim, platform: Platform, report_id: UUID, rows: int, parts: Iterable[bytes]
) -> None:
    """Store the file, and the report is done; those who wait for it are told. Raises ClaimLost."""
    jobs.finish(session, held, platform)
    session.execute(delete(ReportPart).where(ReportPart.report_id == report_id))
    size, digest = 0, hashlib.sha256()
    for number, content in enumerate(parts):
        session.execute(insert(ReportPart).values(report_id=report_id, number=number, content=content))
        size += len(content)
        digest.update(content)
    session.execute(
        update(Report)
        .where(Report.id == report_id)
        .values(
            state="done", done=rows, total=rows, size=size, sha256=digest.hexdigest(),
            finished_at=platform.clock.now(), problem=None,
        )
    )  # fmt: skip
    tell_readers(session, report_id, platform.clock)


def fail_report(session: Session, held: Claim, platform: Platform, report_id: UUID, problem: str) -> None:
    """Give the report up and say why. Raises ClaimLost."""
    jobs.finish(session, held, platform)
    session.execute(
        update(Report)
        .where(Report.id == report_id)
        .values(state="failed", problem=problem, finished_at=platform.clock.now())
    )


def hand_back(session: Session, held: Claim, platform: Platform, report_id: UUID) -> None:
    """This replica stops: let another one begin the report anew, at once. Raises ClaimLost."""
    jobs.finish(session, held, platform, problem="the replica was stopped", retry_after=timedelta(0))
    session.execute(
        update(Report).where(Report.id == report_id).values(state="queued", tries=Report.tries - 1, done=0)
    )
