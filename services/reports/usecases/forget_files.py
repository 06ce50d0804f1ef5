"""Remove the files of old reports; what was asked for, by whom and when stays."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis.clock import Clock
from reports.report_tables import Report, ReportPart


def forget_files(session: Session, clock: Clock, keep: timedelta, at_most: int) -> int:
    """Remove the files of reports that were finished longer ago than `keep`; returns how many."""
    old = session.scalars(
        select(Report)
        .where(
            Report.finished_at < clock.now() - keep, Report.size.is_not(None), Report.file_gone_at.is_(None)
        )
        .limit(at_most)
    ).all()
    for report in old:
        session.execute(delete(ReportPart).where(ReportPart.report_id == report.id))
        report.file_gone_at = clock.now()
    return len(old)
