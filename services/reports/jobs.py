"""What runs in the background of reports: reports, those of each month, figures, forgetting files."""

from collections.abc import Generator
from datetime import timedelta
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from chassis import idempotency
from chassis.jobs import Claim, Job, claim, finish
from chassis.platform import Platform
from reports.figure_queries import COUNTING
from reports.making import make_report
from reports.monthly import make_monthly
from reports.report_tables import Report
from reports.tables import FigureChange
from reports.usecases.advance_report import LEASE
from reports.usecases.fold_figures import AT_ONCE, count_figures, fold_figures
from reports.usecases.forget_files import forget_files
from reports.usecases.request_report import REPORTS

KEEP_FILES = timedelta(days=30)
"""How long a report's file is kept; making it again is cheap and tells the newer figures."""
_LOOK_AT, _FORGET_AT_ONCE = 50, 20

_under_way: WeakKeyDictionary[Platform, Generator[None]] = WeakKeyDictionary()
"""The report that each platform of this process is making."""


def make_reports(platform: Platform) -> bool:
    """Go on with the report under way, or begin the oldest one that nobody makes; True while there is one."""
    making = _under_way.get(platform)
    if making is None:
        found = _claim_next(platform)
        if found is None:
            return False
        making = _under_way[platform] = make_report(platform, *found)
    try:
        next(making)
    except BaseException as ended:
        del _under_way[platform]
        if not isinstance(ended, StopIteration):
            raise
    return True


def _claim_next(platform: Platform) -> tuple[Claim, UUID] | None:
    with platform.database.reading() as session:
        waiting = session.scalars(
            select(Report.id).where(Report.state.in_(("queued", "running")))
            .order_by(Report.monthly, Report.requested_at).limit(_LOOK_AT)  # somebody waits for the others
        ).all()  # fmt: skip
    for report_id in waiting:
        held = claim(platform, "report", str(report_id), lease=LEASE)
        if held is not None:
            return held, report_id
    return None


def forget(platform: Platform) -> bool:
    """Drop files and idempotency keys that are too old; True when there are more files."""
    with platform.database.transaction() as session:
        idempotency.forget_old(session, platform.clock)
        return forget_files(session, platform.clock, KEEP_FILES, _FORGET_AT_ONCE) == _FORGET_AT_ONCE


def keep_figures(platform: Platform) -> bool:
    """Add up what changed of the dashboard's figures; True when there may be more.

    Once a day, and at the first start, all are counted anew: what replicas of an older version did in an upgrade is
    then in them too.
    """
    held = claim(platform, COUNTING, platform.clock.now().date().isoformat())
    if held is not None:
        _count(platform, held)
    with platform.database.reading() as session:
        if session.execute(select(FigureChange.id).limit(1)).first() is None:
            return False
    with platform.database.transaction() as session:
        return fold_figures(session) == AT_ONCE


def _count(platform: Platform, held: Claim) -> None:
    problem = None
    try:
        with platform.database.transaction() as session:
            if not count_figures(session):
                problem = "another replica was adding up"
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != _CHANGED_MEANWHILE:
            raise
        problem = "another replica was adding up"
    with platform.database.transaction() as session:
        finish(session, held, platform, problem=problem, retry_after=timedelta(seconds=1))


_CHANGED_MEANWHILE = "40001"
"""PostgreSQL's word for: what this unit of work saw when it began has changed."""

JOBS = (
    Job("keep-figures", every=2.0, run=keep_figures),
    Job("make-reports", every=2.0, run=make_reports, signal=REPORTS),
    Job("monthly-reports", every=60.0, run=make_monthly),
    Job("forget-old-files", every=3600.0, run=forget),
)
"""The background jobs of this service."""
