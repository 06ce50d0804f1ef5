"""Small builders of what paper is made from."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from pypdf import PdfReader

from contracts.calls.reports import Selection
from contracts.cards import FeeCategory, InvoiceLine, InvoiceSnapshot, Party, PaymentMode, Service
from contracts.money import Money
from reports.domain.report import ReportHeader, ReportRow


def line(period: str = "2026-05", minor: int = 25_000, **changes: Any) -> InvoiceLine:
    values: dict[str, Any] = {
        "service": Service.CABLE_TV,
        "plan_name": "Basic 120",
        "category": FeeCategory.USAGE,
        "period": period,
        "partial": False,
        "amount": Money(minor=minor, currency="INR"),
    }
    return InvoiceLine(**(values | changes))


def invoice(*lines: InvoiceLine, buyer: str = "Anitha Kumari", **changes: Any) -> InvoiceSnapshot:
    lines = lines or (line(),)
    currency = lines[0].amount.currency
    values: dict[str, Any] = {
        "number": "MAIN-2026-000001",
        "issued_on": date(2026, 5, 12),
        "issued_at": datetime(2026, 5, 12, 8, 30, tzinfo=UTC),
        "branch_id": UUID(int=1),
        "customer_id": UUID(int=2),
        "locale": "en",
        "seller": Party(name="Kerala Cable", lines=("MG Road", "Kochi"), tax_id="32AABCK1234F1Z5"),
        "buyer": Party(name=buyer, lines=("Rose Villa",), reference="CRF-10021"),
        "lines": lines,
        "total": Money(minor=sum(each.amount.minor for each in lines), currency=currency),
        "payment_number": "P-77",
        "payment_mode": PaymentMode.ONLINE,
        "payment_reference": "UPI-4567",
        "received_by": "Joseph",
    }
    return InvoiceSnapshot(**(values | changes))


def header(count: int, **changes: Any) -> ReportHeader:
    values: dict[str, Any] = {
        "branch": "Main",
        "service": Service.CABLE_TV,
        "year": 2026,
        "month": 5,
        "selection": Selection.UNPAID,
        "as_of": datetime(2026, 5, 31, 8, 30, tzinfo=UTC),
        "count": count,
        "currencies": ("INR",),
    }
    return ReportHeader(**(values | changes))


def row(number: int = 1, **changes: Any) -> ReportRow:
    values: dict[str, Any] = {
        "crf": f"CRF-{number}",
        "customer": f"Customer {number}",
        "mobile": "+919847012345",
        "area": "Pattom",
        "plan": "Basic 120",
        "currency": "INR",
        "amount_minor": 25_000,
        "paid_minor": 10_050,
        "open_minor": 14_950,
        "last_paid_on": date(2026, 5, 12),
        "last_mode": PaymentMode.CASH,
        "invoice_numbers": (f"MAIN-2026-{number:06d}",),
    }
    return ReportRow(**(values | changes))


def rows(count: int) -> Iterator[ReportRow]:
    return (row(number) for number in range(1, count + 1))


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, as a reader copies it."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    return "\n".join(pages_of(pdf))
