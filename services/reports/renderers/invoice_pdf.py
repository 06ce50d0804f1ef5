"""The invoice on A4, drawn from its snapshot alone (RULES, invoices and numbers): one snapshot, one paper, for ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import segno

from contracts.cards import FeeCategory, InvoiceLine, InvoiceSnapshot
from reports.renderers.amounts import (
    Grouped,
    amount_text,
    day_text,
    is_right_to_left,
    month_text,
    paper_language,
)
from reports.renderers.invoice_labels import InvoiceLabels, invoice_labels
from reports.renderers.shaping import width, wrap
from reports.renderers.sheet import A4, Align, Paper, Sheet, Style, colour
from reports.renderers.words import amount_in_words

_INK, _GREY, _HAIRLINE = colour("#1f2933"), colour("#66737f"), colour("#dde3e8")
_ACCENT, _TINT, _RED, _PALE_RED = colour("#0f5c6e"), colour("#eef5f6"), colour("#b42318"), colour("#f8e1df")

_TITLE = Style(24, _ACCENT)
_SELLER = Style(16, _INK, bold=True)
_SMALL = Style(8.5, _GREY)
_LABEL = Style(8, _GREY, bold=True)
_BODY = Style(9.5, _INK)
_SOFT = Style(9.5, _GREY)
_STRONG = Style(9.5, _INK, bold=True)
_NAME = Style(12, _INK, bold=True)
_TOTAL = Style(13, _ACCENT, bold=True)
_VOID = Style(8.5, _RED, bold=True)
_MARK = Style(120, _PALE_RED, bold=True)

_MARGIN = 54.0
_WIDTH = A4[0] - 2 * _MARGIN
_RIGHT = A4[0] - _MARGIN
_SECOND, _VALUES = 316.0, 406.0
_PERIOD, _DESCRIPTION_ROOM = 338.0, 270.0
_TOP, _LOWEST = A4[1] - 66, 74.0
_QR = 62.0
_AIRY_LINES = 12
"""Longer tables stand closer, so that most invoices are one page."""
_CLOSING = 212.0
"""Height that total, words and QR code need below the last line."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the table, ready to draw."""

    description: list[str]
    period: str
    amount: str
    padding: float

    @property
    def height(self) -> float:
        return 2 * self.padding + _BODY.leading * len(self.description)


def render_invoice(snapshot: InvoiceSnapshot, locale: str) -> bytes:
    """The PDF of an invoice in that language (English where we do not speak it); marked when it is void.

    Plain values in, bytes out: may run in another thread or process.
    """
    return _Drawing(snapshot, locale).render()


class _Drawing:
    """One invoice being drawn."""

    def __init__(self, snapshot: InvoiceSnapshot, locale: str) -> None:
        self.invoice = snapshot
        self.locale = locale
        self.labels = invoice_labels(locale)
        self.sheet = Sheet(
            Paper(
                size=A4,
                title=f"{self.labels.invoice} {snapshot.number}",
                author=snapshot.seller.name,
                language=paper_language(locale).replace("_", "-"),
                right_to_left=is_right_to_left(locale),
                made_at=snapshot.issued_at,
            )
        )

    def render(self) -> bytes:
        rows = _rows(self.invoice.lines, self.invoice.total.currency, self.locale, self.labels)
        y = self._table_head(min(self._letterhead(), self._title()) - 26)
        pages, figures = _paginate(rows, y), self._figures(rows)
        for number, page in enumerate(pages, start=1):
            if number > 1:
                self.sheet.next_page()
                y = self._table_head(self._running_head())
            y = self._table(page, y, figures)
            self._footer(number, len(pages))
            if number == len(pages):
                self._closing(y)
            if self.invoice.voided:
                self.sheet.watermark(self.labels.void, _MARK)
        return self.sheet.finish()

    def _letterhead(self) -> float:
        """Seller and buyer on the starting side; answers where the next block may begin."""
        seller, buyer = self.invoice.seller, self.invoice.buyer
        y = self.sheet.paragraph(_MARGIN, _TOP, seller.name, _SELLER, 300) + 4
        lines = [*seller.lines[:6], _labelled(self.labels.tax_id, seller.tax_id)]
        for line in filter(None, lines):
            self.sheet.text(_MARGIN, y, line, _SMALL, room=300)
            y -= 12
        y = min(y, _TOP - 62) - 26
        self.sheet.rule(_MARGIN, y + 18, _WIDTH, _HAIRLINE)
        self._payment_block(y)
        self.sheet.text(_MARGIN, y, self.labels.billed_to, _LABEL)
        y = self.sheet.paragraph(_MARGIN, y - 18, buyer.name, _NAME, 235, most=3)
        reference = _labelled(self.labels.customer_number, buyer.reference)
        for line in filter(None, [*buyer.lines[:8], reference, _labelled(self.labels.tax_id, buyer.tax_id)]):
            self.sheet.text(_MARGIN, y, line, _SOFT, room=235)
            y -= 13.5
        return min(y, self._lowest)

    def _title(self) -> float:
        """What it is, its number and its day, in the ending corner."""
        self.sheet.text(_RIGHT, _TOP - 4, self.labels.invoice, _TITLE, "end")
        self.sheet.text(_RIGHT, _TOP - 24, self.invoice.number, _STRONG, "end")
        self.sheet.text(_RIGHT, _TOP - 38, day_text(self.invoice.issued_on, self.locale), _SOFT, "end")
        if self.invoice.voided:
            self.sheet.text(_RIGHT, _TOP - 53, self.labels.void_note, _VOID, "end")
        return self._lowest

    def _payment_block(self, y: float) -> None:
        """How it was paid, as labels and values on the ending side."""
        invoice, labels = self.invoice, self.labels
        self.sheet.text(_SECOND, y, labels.payment, _LABEL)
        y -= 18
        facts = [
            (labels.payment_number, invoice.payment_number),
            (labels.mode, labels.modes[invoice.payment_mode]),
            (labels.reference, invoice.payment_reference or ""),
            (labels.received_by, invoice.received_by),
        ]
        for label, value in facts:
            if value:
                self.sheet.text(_SECOND, y, label, _SMALL, room=_VALUES - _SECOND - 6)
                self.sheet.text(_VALUES, y, value, _BODY, room=_RIGHT - _VALUES)
                y -= 15
        self._lowest = y

    def _running_head(self) -> float:
        """The head of every page but the first; answers where the table begins."""
        self.sheet.text(_MARGIN, _TOP + 6, self.invoice.seller.name, _STRONG, room=300)
        self.sheet.text(_RIGHT, _TOP + 6, f"{self.labels.invoice} {self.invoice.number}", _SOFT, "end")
        return _TOP - 26

    def _figures(self, rows: Sequence[_Row]) -> float:
        """Where the last digits of all amounts stand below each other, on mirrored paper too."""
        if not is_right_to_left(self.locale):
            return _RIGHT
        return _RIGHT - max((width(row.amount, _BODY.size) for row in rows), default=0.0)

    def _table_head(self, y: float) -> float:
        labels = self.labels
        self.sheet.text(_MARGIN, y, labels.description, _LABEL)
        self.sheet.text(_PERIOD, y, labels.period, _LABEL)
        self.sheet.text(_RIGHT, y, f"{labels.amount} ({self.invoice.total.currency})", _LABEL, "end")
        self.sheet.rule(_MARGIN, y - 8, _WIDTH, _ACCENT, 1)
        return y - 8

    def _table(self, rows: Sequence[_Row], y: float, figures: float) -> float:
        align: Align = "start" if is_right_to_left(self.locale) else "end"
        for row in rows:
            first = y - row.padding - _BODY.size * 1.15
            self.sheet.lines(_MARGIN, first, row.description, _BODY)
            self.sheet.text(_PERIOD, first, row.period, _SOFT, room=_RIGHT - _PERIOD - 75)
            self.sheet.text(figures, first, row.amount, _BODY, align)
            y -= row.height
            self.sheet.rule(_MARGIN, y, _WIDTH, _HAIRLINE)
        return y

    def _closing(self, y: float) -> None:
        """Total, the total in words, and the number as a QR code with the amount in the plainest form beside it."""
        total, labels = self.invoice.total, self.labels
        self.sheet.fill(_SECOND, y - 44, _RIGHT - _SECOND, 34, _TINT)
        self.sheet.text(_SECOND + 12, y - 32, labels.total, _STRONG)
        self.sheet.text(_RIGHT - 10, y - 32, amount_text(total, self.locale), _TOTAL, "end")
        self.sheet.text(_MARGIN, y - 66, labels.in_words, _LABEL)
        self.sheet.paragraph(_MARGIN, y - 82, amount_in_words(total, self.locale), _BODY, _WIDTH, most=4)
        self.sheet.pattern(_MARGIN, _LOWEST, _QR, _qr(self.invoice.number), _INK)
        self.sheet.text(_MARGIN + _QR + 12, _LOWEST + 14, self.invoice.number, _STRONG)
        self.sheet.text(_MARGIN + _QR + 12, _LOWEST + 1, f"{total.currency} {total.decimal_text()}", _SMALL)

    def _footer(self, number: int, of: int) -> None:
        self.sheet.rule(_MARGIN, 50, _WIDTH, _HAIRLINE)
        self.sheet.text(_MARGIN, 36, self.invoice.seller.name, _SMALL, room=300)
        self.sheet.text(_RIGHT, 36, self.labels.page.format(number, of), _SMALL, "end")


def _rows(lines: Sequence[InvoiceLine], currency: str, locale: str, labels: InvoiceLabels) -> list[_Row]:
    grouped, padding = Grouped(locale, currency), 6.5 if len(lines) <= _AIRY_LINES else 3.5
    return [
        _Row(
            description=wrap(_description(line, labels), _DESCRIPTION_ROOM, _BODY.size) or [""],
            period=labels.part_of.format(month_text(line.period, locale))
            if line.partial
            else month_text(line.period, locale),
            amount=grouped.text(line.amount.minor),
            padding=padding,
        )
        for line in lines
    ]


def _description(line: InvoiceLine, labels: InvoiceLabels) -> str:
    """A month: "Cable TV — Basic"; a fee: "Installation — Cable TV"."""
    service = labels.services[line.service] if line.service else ""
    fee = line.category is not FeeCategory.USAGE
    parts = (
        [labels.fees[line.category], service]
        if fee
        else [service or labels.fees[line.category], line.plan_name]
    )
    return " — ".join(filter(None, parts))


def _paginate(rows: Sequence[_Row], first_top: float) -> list[list[_Row]]:
    """Rows page by page. Total and QR code never stand on a page without a line of the table."""
    pages: list[list[_Row]] = [[]]
    room = first_top - _LOWEST
    for row in rows:
        if row.height > room and pages[-1]:
            pages.append([])
            room = _TOP - 34 - _LOWEST
        pages[-1].append(row)
        room -= row.height
    if room < _CLOSING and len(pages[-1]) > 1:
        pages.append([pages[-1].pop()])
    return pages


def _labelled(label: str, value: str) -> str:
    return f"{label} {value}" if value else ""


@lru_cache(maxsize=256)
def _qr(number: str) -> tuple[tuple[int, ...], ...]:
    """The QR code of an invoice number, without a quiet zone: the paper around it is white."""
    return tuple(tuple(row) for row in segno.make_qr(number, error="m").matrix)
