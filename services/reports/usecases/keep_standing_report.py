"""A member of staff asks for a report of each month, looks at what they asked for, and ends it."""

from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.audit import about
from chassis.clock import Clock
from chassis.database import lock_key
from contracts.actor import Actor, Right
from contracts.calls import Done
from contracts.calls.customers import StaffView
from contracts.calls.standing_reports import (
    AddStandingReport,
    RemoveStandingReport,
    StandingReportList,
    StandingReportView,
)
from contracts.errors import Forbidden, NotFound
from contracts.fields import period_of
from reports.domain.refusals import NoAddressOfYours, StandsAlready
from reports.queries import branches_of
from reports.standing_tables import StandingReport

_LOCK = 0x5354414E  # any number, the same in every replica


def staff_id_of(actor: Actor) -> UUID:
    """The member of staff who calls. Raises Forbidden for everybody else."""
    actor.require(Right.MAKE_REPORTS)
    kind, _, staff_id = actor.subject.partition(":")
    if kind != "staff":
        raise Forbidden("Standing reports are for members of staff; sign in as one.")
    return UUID(staff_id)


def may_add(request: AddStandingReport, actor: Actor) -> UUID:
    """The caller's id as staff. Raises NotFound for a hidden branch, Forbidden."""
    if request.branch_id is not None:
        actor.require_branch(request.branch_id, "branch")
    return staff_id_of(actor)


def add_standing_report(
    session: Session, request: AddStandingReport, actor: Actor, member: StaffView, clock: Clock
) -> StandingReportView:
    """Keep the wish; `member` is the caller's record. Raises NotFound, Forbidden, NoAddressOfYours, StandsAlready."""
    staff_id = may_add(request, actor)
    if not member.email:
        raise NoAddressOfYours("Your record has no e-mail address to be told at; have one entered first.")
    lock_key(session, _LOCK)
    wanted = (
        StandingReport.staff_id == staff_id, StandingReport.service_kind == request.service_kind.value,
        StandingReport.selection == request.selection.value, StandingReport.format == request.format.value,
        StandingReport.branch_id == request.branch_id,
    )  # fmt: skip
    if session.scalar(select(StandingReport.id).where(*wanted)) is not None:
        raise StandsAlready("You get this report each month already.")
    branches = branches_of(session, None if request.branch_id is None else [request.branch_id])
    zone = branches[0].time_zone if branches else "UTC"
    standing = StandingReport(
        id=uuid4(), staff_id=staff_id, service_kind=request.service_kind.value, branch_id=request.branch_id,
        selection=request.selection.value, format=request.format.value, first_period=period_of(clock.today(zone)),
        created_at=clock.now(),
    )  # fmt: skip
    session.add(standing)
    session.flush()
    about(session, "standing_report", standing.id, branch_id=standing.branch_id)
    return _view(standing)


def list_standing_reports(session: Session, actor: Actor) -> StandingReportList:
    """The caller's own, oldest first. Raises Forbidden."""
    mine = select(StandingReport).where(StandingReport.staff_id == staff_id_of(actor))
    rows = session.scalars(mine.order_by(StandingReport.created_at, StandingReport.id))
    return StandingReportList(items=tuple(_view(row) for row in rows))


def remove_standing_report(session: Session, request: RemoveStandingReport, actor: Actor) -> Done:
    """End one of the caller's own. Raises Forbidden, NotFound."""
    staff_id = staff_id_of(actor)
    found = session.get(StandingReport, request.standing_report_id)
    if found is None or found.staff_id != staff_id:
        raise NotFound("There is no such standing report.")
    session.delete(found)
    return Done()


def _view(standing: StandingReport) -> StandingReportView:
    return StandingReportView.model_validate(standing, from_attributes=True)
