"""What is made by itself when a month has ended: each branch's reports, and the standing reports of staff.

Every replica looks each minute; a claim per branch and month, and per standing report and month, lets one do it. A
month that ended while the machine was off is made when it is on again.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.database import wake_after_commit
from chassis.jobs import claim, finish
from chassis.logs import logger
from chassis.platform import Platform
from chassis.tables import JobRow
from contracts.actor import RIGHTS, Right, Role
from contracts.calls.customers import GetStaff, StaffView
from contracts.calls.reports import ReportFormat, ReportKind, RequestReport, Selection
from contracts.cards import BranchCard, CustomerState, Service
from contracts.errors import NotFound, Unavailable
from reports.domain.months import month_before, months_to_make
from reports.queries import branches_of
from reports.report_tables import Report
from reports.standing_tables import ReportReader, StandingReport
from reports.tables import Charge
from reports.usecases.request_report import REPORTS, new_report
from reports.usecases.tell_readers import tell_readers

log = logger(__name__)

OF_BRANCH, OF_READER = "monthly-reports", "standing-report"
"""The jobs that are claimed: by branch and month, and by standing report and month."""
BY_ITSELF = "Headend"
"""Who asked for a report that nobody asked for."""


def make_monthly(platform: Platform) -> bool:
    """Begin what is due; the making itself is that of every report."""
    if not platform.settings.schedule:
        return False
    with platform.database.reading() as session:
        branches = branches_of(session, None)
        standing = session.scalars(select(StandingReport).order_by(StandingReport.created_at)).all()
        session.expunge_all()
    for branch in branches:
        _make_for_branch(platform, branch)
    for one in standing:
        try:
            _make_for_reader(platform, one, branches)
        except Unavailable as away:
            log.info("standing reports wait", reason=away.message)
            break
    return False


def _make_for_branch(platform: Platform, branch: BranchCard) -> None:
    """Paid and unpaid as PDF, for each service with charges in the month."""
    with platform.database.reading() as session:
        made = session.scalar(
            select(func.max(JobRow.period)).where(
                JobRow.job == OF_BRANCH, JobRow.state == "done", JobRow.period.startswith(f"{branch.id}:")
            )
        )
        months = months_to_make(made[-7:] if made else None, platform.clock.today(branch.time_zone))
        due = [(month, services) for month in months if (services := _charged(session, branch.id, month))]
    for month, services in due:
        held = claim(platform, OF_BRANCH, f"{branch.id}:{month}")
        if held is None:
            continue
        with platform.database.transaction() as session:
            for service in services:
                for selection in Selection:
                    _begin(session, platform, [branch.id], service, month, selection, ReportFormat.PDF)
            finish(session, held, platform)
        log.info("monthly reports begun", branch=branch.code, month=month)


def _charged(session: Session, branch_id: UUID, month: str) -> list[Service]:
    """The services that had charges in the month: a report about nothing is not made by itself."""
    found = select(Charge.service).where(
        Charge.period == month, Charge.branch_id == branch_id, Charge.service.is_not(None)
    )
    return sorted(Service(service) for service in session.scalars(found.distinct()) if service)


def _make_for_reader(platform: Platform, standing: StandingReport, branches: list[BranchCard]) -> None:
    """Begin the report, or take the one that was made for everybody, and note whom to tell. Raises Unavailable."""
    month = _ended_month(platform, standing, branches)
    if month is None or month < standing.first_period:
        return
    period = f"{standing.id}:{month}"
    with platform.database.reading() as session:
        row = session.get(JobRow, (OF_READER, period))
        if row is not None and row.state == "done":
            return
    member = _member(platform, standing.staff_id)
    covered = _covered(standing, member)
    held = claim(platform, OF_READER, period)
    if held is None:
        return
    with platform.database.transaction() as session:
        if member is None or covered == []:
            log.info("standing report ended", standing_report=str(standing.id), staff=str(standing.staff_id))
            if (ended := session.get(StandingReport, standing.id)) is not None:
                session.delete(ended)
        else:
            _begin_for(session, platform, standing, member, covered, month, branches)
        finish(session, held, platform)


def _begin_for(
    session: Session, platform: Platform, standing: StandingReport, member: StaffView, covered: list[UUID] | None,
    month: str, branches: list[BranchCard],
) -> None:  # fmt: skip
    kind = Service(standing.service_kind), month, Selection(standing.selection), ReportFormat(standing.format)
    report = _begin(session, platform, covered, *kind, named=standing.branch_id)
    session.flush()
    home = next((branch for branch in branches if covered is None or branch.id in covered), None)
    # Held, so that a replica that is just keeping its file either sees the reader, or has kept it before we look.
    session.refresh(report, with_for_update=True)
    if session.get(ReportReader, (report.id, member.id)) is None:
        session.add(
            ReportReader(
                report_id=report.id, staff_id=member.id, name=member.name, email=member.email,
                locale=home.locale if home else "en", told_at=None,
            )
        )  # fmt: skip
    session.flush()
    tell_readers(session, report.id, platform.clock)


def _begin(
    session: Session, platform: Platform, covered: list[UUID] | None, service: Service, month: str,
    selection: Selection, form: ReportFormat, *, named: UUID | None = None,
) -> Report:  # fmt: skip
    """The monthly report over these branches: the one that there is, else a new one in the queue."""
    year, number = int(month[:4]), int(month[5:])
    ids = None if covered is None else sorted(str(branch_id) for branch_id in covered)
    same = select(Report).where(
        Report.monthly, Report.year == year, Report.month == number, Report.service_kind == service.value,
        Report.selection == selection.value, Report.format == form.value, Report.state != "failed",
    )  # fmt: skip
    for found in session.scalars(same):
        if found.branch_ids == ids:
            return found
    one = covered[0] if covered is not None and len(covered) == 1 else named
    request = RequestReport(
        kind=ReportKind.PAYMENTS, service_kind=service, branch_id=one, year=year, month=number, selection=selection,
        format=form,
    )  # fmt: skip
    report = new_report(session, request, ids, BY_ITSELF, platform.clock)
    report.monthly = True
    session.add(report)
    wake_after_commit(session, REPORTS)
    return report


def _ended_month(platform: Platform, standing: StandingReport, branches: list[BranchCard]) -> str | None:
    """The newest month that has ended in every branch that may be covered."""
    ended = [
        month_before(_today(platform, branch))
        for branch in branches
        if standing.branch_id is None or branch.id == standing.branch_id
    ]
    return min(ended, default=None)


def _today(platform: Platform, branch: BranchCard) -> date:
    return platform.clock.today(branch.time_zone)


def _member(platform: Platform, staff_id: UUID) -> StaffView | None:
    """The member of staff as customers knows them now; None when they may have no reports any more."""
    try:
        member = platform.client.call(GetStaff(staff_id=staff_id), actor_token=platform.own_token())
    except NotFound:
        return None
    active = member.state is CustomerState.ACTIVE and bool(member.email)
    return member if active and Right.MAKE_REPORTS in RIGHTS[member.role] else None


def _covered(standing: StandingReport, member: StaffView | None) -> list[UUID] | None:
    """The branches to cover: none is left when the person does not work there any more; None: every one there is."""
    if member is None:
        return []
    if member.role is Role.ADMIN:
        return None if standing.branch_id is None else [standing.branch_id]
    own = set(member.branch_ids)
    wanted = own if standing.branch_id is None else own & {standing.branch_id}
    return sorted(wanted)
