"""What files are called when people save them."""

import re

from contracts.calls.reports import ReportFormat, Selection
from contracts.cards import Service

MEDIA_TYPES = {
    ReportFormat.PDF: "application/pdf",
    ReportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+", re.ASCII)


def report_file_name(
    selection: Selection, service: Service, branch_code: str | None, period: str, form: ReportFormat
) -> str:
    """paid-cable_tv-MAIN-2026-11.xlsx; without a branch: paid-cable_tv-all-2026-11.xlsx."""
    return f"{selection.value}-{service.value}-{branch_code or 'all'}-{period}.{form.value}"


def invoice_file_name(number: str) -> str:
    """MAIN-2026-000001.pdf; only characters that every file system and header takes."""
    return f"{_UNSAFE.sub('-', number).strip('.-')[:80] or 'invoice'}.pdf"
