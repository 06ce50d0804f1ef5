"""Refusals of reports, one class per fact."""

from contracts.errors import Conflict, NotFound


class ReportNotReady(Conflict):
    """The report is still being made, or could not be made; there is no file."""

    code = "report_not_ready"


class ReportFileGone(NotFound):
    """The report's file was removed after its time; ask for the report again."""

    code = "report_file_gone"
