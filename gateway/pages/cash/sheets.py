"""A day sheet as a file that spreadsheets read."""

import csv
from collections.abc import Iterator
from io import StringIO

from flask_babel import gettext

from contracts.calls.cash import DaySheet
from gateway.pages.formats import mode_text


def sheet_csv(sheet: DaySheet) -> bytes:
    """The payments and voids of the day, one row each; amounts with a point, voids below zero."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow(
        [
            gettext("Payment"), gettext("Invoice"), gettext("CRF number"), gettext("Name"), gettext("Paid"),
            gettext("Reference number"), gettext("Amount"), gettext("Currency"), gettext("Note"),
        ]
    )  # fmt: skip
    for row in _rows(sheet):
        writer.writerow(row)
    return written.getvalue().encode("utf-8-sig")


def _rows(sheet: DaySheet) -> Iterator[list[str]]:
    for one in sheet.payments:
        mark = gettext("void since %(day)s", day=one.voided_on.isoformat()) if one.voided_on else ""
        yield [
            _text(one.payment_number), _text(one.invoice_number), _text(one.crf), _text(one.customer_name),
            mode_text(one.mode), _text(one.reference or ""), one.amount.decimal_text(), sheet.currency, mark,
        ]  # fmt: skip
    for void in sheet.voids:
        yield [
            _text(void.payment_number), "", _text(void.crf), _text(void.customer_name), mode_text(void.mode), "",
            (-void.amount).decimal_text(), sheet.currency, _text(void.reason),
        ]  # fmt: skip


def _text(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def file_name(sheet: DaySheet) -> str:
    """day-sheet-2026-11-21-Ravi Kumar.csv"""
    return f"day-sheet-{sheet.day.isoformat()}-{sheet.cashier_name}.csv"
