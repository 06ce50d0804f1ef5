"""Ask for a report, which is made in the background."""

from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from chassis import idempotency
from chassis.audit import about
from chassis.clock import Clock
from chassis.database import wake_after_commit
from contracts.actor import Actor, Right
from contracts.calls.reports import ReportFormat, ReportView, RequestReport
from reports.domain.file_names import MEDIA_TYPES, report_file_name
from reports.report_tables import Report
from reports.tables import BranchCopy
from reports.usecases.show_report import report_view

REPORTS = "reports"
"""The signal that wakes the job which makes reports."""


def may_request(request: RequestReport, actor: Actor) -> None:
    """Raises NotFound for a hidden branch, Forbidden for a role that makes no reports."""
    if request.branch_id is not None:
        actor.require_branch(request.branch_id, "branch")
    actor.require(Right.MAKE_REPORTS)


def request_report(session: Session, request: RequestReport, actor: Actor, clock: Clock) -> ReportView:
    """Put a report into the queue. Without a branch it covers every branch that the actor has now.

    The same key with the same request gives the same report again, marked as replayed. Raises NotFound, Forbidden,
    IdempotencyKeyReused.
    """
    may_request(request, actor)
    key, scope = request.idempotency_key, f"request_report:{actor.subject}"
    if key is not None:
        earlier = idempotency.claim(session, scope, key, request, ReportView, clock)
        if earlier is not None:
            return earlier.model_copy(update={"replayed": True})
    report = new_report(session, request, _covered(request.branch_id, actor), actor.name, clock)
    session.add(report)
    session.flush()
    wake_after_commit(session, REPORTS)
    about(session, "report", report.id, branch_id=report.branch_id, file_name=report.file_name)
    view = report_view(report)
    if key is not None:
        idempotency.remember(session, scope, key, view)
    return view


def new_report(
    session: Session, request: RequestReport, covered: list[str] | None, requested_by: str, clock: Clock
) -> Report:
    """A report in the queue, over the branches with these ids; None is every branch there is."""
    branch = session.get(BranchCopy, request.branch_id) if request.branch_id else None
    period = f"{request.year:04d}-{request.month:02d}"
    return Report(
        id=uuid4(), kind=request.kind.value, service_kind=request.service_kind.value,
        branch_id=request.branch_id, branch_ids=covered, year=request.year,
        month=request.month, selection=request.selection.value, format=request.format.value, state="queued",
        tries=0, done=0, total=0, monthly=False, requested_by=requested_by, requested_at=clock.now(),
        file_name=report_file_name(
            request.selection, request.service_kind, branch.code if branch else None, period, request.format
        ),
        media_type=MEDIA_TYPES[ReportFormat(request.format)],
    )  # fmt: skip


def _covered(branch_id: UUID | None, actor: Actor) -> list[str] | None:
    if branch_id is not None:
        return [str(branch_id)]
    return None if actor.branch_ids is None else sorted(str(own) for own in actor.branch_ids)
