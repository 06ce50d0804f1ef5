"""Show where a report stands."""

from sqlalchemy.orm import Session

from contracts.actor import Actor
from contracts.calls.reports import GetReport, ReportView
from reports.report_tables import Report
from reports.sight import visible_report

_SAME = ("id", "kind", "service_kind", "branch_id", "year", "month", "selection", "format", "state", "done", "total",
         "requested_by", "requested_at", "as_of", "caught_up", "finished_at", "problem", "size", "monthly")  # fmt: skip


def show_report(session: Session, request: GetReport, actor: Actor) -> ReportView:
    """One report. Raises NotFound, Forbidden."""
    return report_view(visible_report(session, actor, request.report_id))


def report_view(report: Report) -> ReportView:
    """The report as callers see it."""
    file_name = report.file_name if report.state == "done" else None
    return ReportView.model_validate(
        {
            **{name: getattr(report, name) for name in _SAME},
            "file_name": file_name,
            "file_gone": report.file_gone_at is not None,
        }
    )
