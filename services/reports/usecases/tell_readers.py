"""Tell those who asked for a monthly report that it is made, each once."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.outbox import emit
from contracts.calls.reports import ReportFormat, Selection
from contracts.cards import BranchCard, Service
from contracts.events import ReportReady
from reports.report_tables import Report
from reports.standing_tables import ReportReader
from reports.tables import BranchCopy


def tell_readers(session: Session, report_id: UUID, clock: Clock) -> None:
    """Emit ReportReady for each reader who was not told yet, if the report is made."""
    waiting = select(ReportReader).where(ReportReader.report_id == report_id, ReportReader.told_at.is_(None))
    readers = session.scalars(waiting.with_for_update()).all()
    if not readers:
        return
    report = session.get_one(Report, report_id, populate_existing=True)
    if report.state != "done":
        return
    copy = session.get(BranchCopy, report.branch_id) if report.branch_id else None
    branch = BranchCard.model_validate(copy.card) if copy else None
    for reader in readers:
        ready = ReportReady(
            report_id=report.id, name=reader.name, email=reader.email, locale=reader.locale, branch=branch,
            service=Service(report.service_kind), period=report.period, selection=Selection(report.selection),
            format=ReportFormat(report.format), rows=report.total, as_of=report.as_of or clock.now(),
            caught_up=report.caught_up is not False,
        )  # fmt: skip
        emit(session, ready, clock)
        reader.told_at = clock.now()
