"""Refusals of reports, one class per fact."""

from contracts.errors import Conflict, Invalid, NotFound, RuleBroken


class ReportNotReady(Conflict):
    """The report is still being made, or could not be made; there is no file."""

    code = "report_not_ready"


class ReportFileGone(NotFound):
    """The report's file was removed after its time; ask for the report again."""

    code = "report_file_gone"


class CursorInvalid(Invalid):
    """The cursor is not one that a list gave."""

    code = "cursor_invalid"


class StandsAlready(Conflict):
    """The same standing report of the same person."""

    code = "stands_already"


class NoAddressOfYours(RuleBroken):
    """The caller has no e-mail address to be told at."""

    code = "no_address_of_yours"
