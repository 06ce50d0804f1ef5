"""How fast paper is made, beside its floor: the same lines on reportlab's bare canvas, the same rows in openpyxl alone.

`python -m tests.bench.bench_reports_paper [ROWS]` prints the table; each figure is taken in a process of its own.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from openpyxl import Workbook
from reportlab.pdfgen.canvas import Canvas

from contracts.calls.reports import Selection
from contracts.cards import FeeCategory, InvoiceLine, InvoiceSnapshot, Party, PaymentMode, Service
from contracts.money import Money
from reports.domain.report import ReportHeader, ReportRow
from reports.renderers.fonts import text_font
from reports.renderers.invoice_pdf import render_invoice
from reports.renderers.report_columns import Kind, report_columns
from reports.renderers.report_pdf import render_report_pdf
from reports.renderers.report_xlsx import render_report_xlsx

NAMES = ("Anitha Kumari", "Joseph Varghese", "Mohammed Nair", "Lakshmi Pillai", "Łukasz Żak", "Thomas Kurian")


def header(count: int) -> ReportHeader:
    """A report of so many rows."""
    return ReportHeader(
        branch="Main",
        service=Service.CABLE_TV,
        year=2026,
        month=5,
        selection=Selection.PAID,
        as_of=datetime(2026, 5, 31, 8, 30, tzinfo=UTC),
        count=count,
        currencies=("INR",),
    )


def rows(count: int) -> Iterator[ReportRow]:
    """Rows as an operator has them: every customer another name, number and invoice."""
    for number in range(count):
        yield ReportRow(
            crf=f"CRF{number:06d}",
            customer=f"{NAMES[number % len(NAMES)]} {number}",
            mobile=f"+9198470{number:06d}",
            area=f"Area {number % 40}",
            plan=f"Basic {number % 7}",
            currency="INR",
            amount_minor=25_000 + number % 500,
            paid_minor=25_000 + number % 500,
            open_minor=0,
            last_paid_on=date(2026, 5, number % 28 + 1),
            last_mode=PaymentMode.CASH,
            invoice_numbers=(f"MAIN-2026-{number:06d}",),
        )


def pdf(count: int, path: Path) -> None:
    """The report as we make it."""
    render_report_pdf(header(count), rows(count), path)


def pdf_floor(count: int, path: Path) -> None:
    """The same cells, one drawString each, in the same font, on reportlab's canvas; nothing else."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    face = TTFont("Floor", path.with_suffix(".ttf"))
    pdfmetrics.registerFont(face)
    canvas = Canvas(str(path), pagesize=(841.89, 595.28), pageCompression=1)
    columns, y = report_columns(header(count)), 0.0
    for row in rows(count):
        if y < 44:
            if y:
                canvas.showPage()
            canvas.setFont("Floor", 7.5)
            y = 530
        x = 30.0
        for column, cell in zip(columns, _cells(row), strict=True):
            if column.kind is Kind.MONEY:
                canvas.drawRightString(x + column.points, y, cell)
            else:
                canvas.drawString(x, y, cell)
            x += column.points
        y -= 14
    canvas.save()


def _cells(row: ReportRow) -> list[str]:
    return [
        *(row.crf, row.customer, row.mobile, row.area, row.plan),
        *(f"{minor / 100:.2f}" for minor in (row.amount_minor, row.paid_minor, row.open_minor)),
        *(str(row.last_paid_on), "Cash", row.invoice_numbers[0]),
    ]


def xlsx(count: int, path: Path) -> None:
    """The workbook as we make it."""
    render_report_xlsx(header(count), rows(count), path)


def xlsx_floor(count: int, path: Path) -> None:
    """The same rows as plain values, appended to a write-only workbook of openpyxl."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows(count):
        amounts = [
            Money.of(minor, "INR").decimal() for minor in (row.amount_minor, row.paid_minor, row.open_minor)
        ]
        texts = [row.crf, row.customer, row.mobile, row.area, row.plan]
        sheet.append([*texts, *amounts, row.last_paid_on, "Cash", row.invoice_numbers[0]])
    book.save(path)


def invoices(count: int, path: Path) -> None:
    """Invoices of three lines, every one with a number of its own."""
    lines = tuple(
        InvoiceLine(
            service=Service.CABLE_TV,
            plan_name="Basic",
            category=FeeCategory.USAGE,
            period=f"2026-0{month}",
            partial=month == 5,
            amount=Money.of(25_000, "INR"),
        )
        for month in (3, 4, 5)
    )
    for number in range(count):
        snapshot = InvoiceSnapshot(
            number=f"MAIN-2026-{number:06d}",
            issued_on=date(2026, 5, 12),
            issued_at=datetime(2026, 5, 12, 8, 30, tzinfo=UTC),
            branch_id=UUID(int=1),
            customer_id=UUID(int=2),
            locale="en",
            seller=Party(name="Kerala Cable", lines=("MG Road", "Kochi"), tax_id="32AABCK1234F1Z5"),
            buyer=Party(name=f"Anitha Kumari {number}", lines=("Rose Villa",), reference=f"CRF{number}"),
            lines=lines,
            total=Money.of(75_000, "INR"),
            payment_number=f"P-{number}",
            payment_mode=PaymentMode.CASH,
        )
        path.write_bytes(render_invoice(snapshot, "en"))


WORK: dict[str, Callable[[int, Path], None]] = {
    work.__name__: work for work in (pdf, pdf_floor, xlsx, xlsx_floor, invoices)
}


def measure(name: str, count: int) -> tuple[float, float, int]:
    """Seconds of processor time, peak memory in MB and bytes written of one piece of work, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.bench_reports_paper", "--one", name, str(count), folder]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, memory, size = json.loads(answer.stdout)
    return float(seconds), float(memory), int(size)


def prepare(name: str, path: Path) -> None:
    """What a piece of work needs beside its path and is not counted: the floor's font file."""
    if name == "pdf_floor":
        face: Any = text_font().face
        path.with_suffix(".ttf").write_bytes(face._ttf_data)


def _one(name: str, count: int, folder: Path) -> None:
    path = folder / f"{name}.out"
    prepare(name, path)
    begun = time.process_time()
    WORK[name](count, path)
    seconds = time.process_time() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([seconds, memory, path.stat().st_size]))


def table(count: int = 100_000, invoice_count: int = 1_000) -> list[str]:
    """The figures as lines: each beside its floor and what was asked of it."""
    lines = []
    for name, most in (("pdf", 2.0), ("xlsx", 1.5)):
        ours, floor = measure(name, count), measure(f"{name}_floor", count)
        lines.append(
            f"report {name}, {count:,} rows: {ours[0]:.1f} s, floor {floor[0]:.1f} s, ratio {ours[0] / floor[0]:.2f} "
            f"(at most {most}); {ours[1]:.0f} MB (at most 300), file {ours[2] / 1e6:.1f} MB"
        )
    seconds, memory, _ = measure("invoices", invoice_count)
    lines.append(f"invoices: {invoice_count / seconds:.0f} a second (at least 50); {memory:.0f} MB")
    return lines


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
    else:
        print("\n".join(table(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)))
