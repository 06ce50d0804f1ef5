"""Read a part of a finished report's file."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.actor import Actor
from contracts.calls.reports import FilePart, ReadReportFile
from reports.domain.refusals import ReportFileGone, ReportNotReady
from reports.report_tables import PART_BYTES, ReportPart
from reports.sight import visible_report


def read_report_file(session: Session, request: ReadReportFile, actor: Actor) -> FilePart:
    """`length` bytes from `offset`, fewer at the end and none behind it.

    Raises NotFound, Forbidden, ReportNotReady, ReportFileGone.
    """
    report = visible_report(session, actor, request.report_id)
    if report.state == "failed":
        raise ReportNotReady(f"The report could not be made: {report.problem} Ask for it again.")
    if report.state != "done" or report.size is None:
        raise ReportNotReady("The report is still being made; ask again in a moment.")
    if report.file_gone_at is not None:
        raise ReportFileGone("The report's file is no longer kept; ask for the report again.")
    first, last = request.offset // PART_BYTES, (request.offset + request.length - 1) // PART_BYTES
    parts = session.scalars(
        select(ReportPart.content)
        .where(ReportPart.report_id == report.id, ReportPart.number.between(first, last))
        .order_by(ReportPart.number)
    )
    start = request.offset - first * PART_BYTES
    content = b"".join(parts)[start : start + request.length]
    return FilePart(content=content, size=report.size, file_name=report.file_name or "report",
                    media_type=report.media_type or "application/octet-stream")  # fmt: skip
