"""The paid or unpaid report on paper: A4 landscape, page after page as the rows stream past."""

from collections.abc import Callable, Iterable
from pathlib import Path

from reports.domain.report import ReportHeader, ReportRow, Sums, Totals
from reports.renderers.amounts import Grouped, is_right_to_left, paper_language
from reports.renderers.report_columns import Column, Kind, report_columns
from reports.renderers.report_labels import mode_names, report_labels, subtitle, title
from reports.renderers.sheet import A4_LANDSCAPE, Align, Paper, Sheet, Style, colour
from reports.renderers.whole_file import whole_file

_INK, _GREY, _HAIRLINE = colour("#1f2933"), colour("#66737f"), colour("#dde3e8")
_ACCENT, _TINT, _ZEBRA = colour("#0f5c6e"), colour("#eef5f6"), colour("#f6f8f9")
_TITLE = Style(15, _ACCENT, bold=True)
_SMALL = Style(8, _GREY)
_LABEL = Style(7.5, _GREY, bold=True)
_CELL = Style(7.5, _INK)
_STRONG = Style(8, _INK, bold=True)

_MARGIN, _GAP, _PITCH, _LOWEST = 30.0, 6.0, 14.0, 44.0
_RIGHT = A4_LANDSCAPE[0] - _MARGIN
_WIDTH = _RIGHT - _MARGIN
_TOP = A4_LANDSCAPE[1] - 40
_FIRST_HEAD, _NEXT_HEAD = _TOP - 44, _TOP - 16
_HEAD = 7.0
"""From the baseline of the headings to the first row."""
_BAND, _BLEED = 20.0, 4.0
_EVERY = 1_000


def render_report_pdf(
    header: ReportHeader,
    rows: Iterable[ReportRow],
    path: Path,
    progress: Callable[[int], None] | None = None,
) -> Totals:
    """Write the report to a file, which appears only when it is whole; answers the totals.

    `progress` hears the number of rows done, every thousand and at the end. Raises RowsDiffer when the rows are not as
    many, or not in the currencies, as the header says; the file is then not there.
    """
    with whole_file(path) as temporary:
        drawing = _Drawing(header)
        for done, row in enumerate(rows, start=1):
            drawing.add(row)
            if progress is not None and done % _EVERY == 0:
                progress(done)
        temporary.write_bytes(drawing.finish())
    if progress is not None:
        progress(header.count)
    return drawing.totals


class _Drawing:
    """A report being drawn."""

    def __init__(self, header: ReportHeader) -> None:
        self.header = header
        self.labels = report_labels(header.locale)
        self.totals = Totals(header.currencies)
        self.title = title(header)
        self.sheet = Sheet(
            Paper(
                size=A4_LANDSCAPE,
                title=self.title,
                language=paper_language(header.locale).replace("_", "-"),
                right_to_left=is_right_to_left(header.locale),
                made_at=header.as_of,
            )
        )
        self._grouped = {currency: Grouped(header.locale, currency) for currency in header.currencies}
        several = len(header.currencies) > 1
        self._code = {currency: f" {currency}" if several else "" for currency in header.currencies}
        self._modes = mode_names(header.locale)
        self._columns = report_columns(header)
        self._places = _places(self._columns, is_right_to_left(header.locale))
        self._of = page_count(header.count, len(header.currencies))
        self._page = 0
        self._y = 0.0
        self._tinted = False
        self._zebra: list[tuple[float, float, float, float]] = []
        self._begin_page()

    def add(self, row: ReportRow) -> None:
        """Draw a row, on a new page when this one is full."""
        self.totals.add(row)
        if self._y - _PITCH < _LOWEST:
            self._next_page()
        self._y -= _PITCH
        self._tinted = not self._tinted
        if not self._tinted:
            self._zebra.append((_MARGIN - _BLEED, self._y, _WIDTH + 2 * _BLEED, _PITCH))
        text, y = self.sheet.text, self._y + 4.2
        for (x, align, room), cell in zip(self._places, self._cells(row), strict=True):
            if cell:
                text(x, y, cell, _CELL, align, room)

    def finish(self) -> bytes:
        """The PDF, with the totals below the last row. Raises RowsDiffer when the header promised other rows."""
        self.totals.check_count(self.header.count)
        if self._y - _BAND * len(self.header.currencies) < _LOWEST:
            self._next_page()
        if not self.header.count:
            self.sheet.text(_MARGIN, self._y - 16, self.labels.nothing, _CELL)
        for currency, sums in self.totals.by_currency.items():
            if self.header.count:
                self._total(currency, sums)
        self._end_page()
        return self.sheet.finish()

    def _cells(self, row: ReportRow) -> list[str]:
        """What stands in the columns; of several invoices the last one, and how many more there are."""
        money, code = self._grouped[row.currency].text, self._code[row.currency]
        invoices = row.invoice_numbers
        cells = [
            row.crf,
            row.customer,
            row.mobile,
            row.area,
            row.plan,
            money(row.amount_minor) + code,
            money(row.paid_minor) + code,
            money(row.open_minor) + code,
            row.last_paid_on.isoformat() if row.last_paid_on else "",
            self._modes[row.last_mode] if row.last_mode else "",
            f"{invoices[-1]} +{len(invoices) - 1}" if len(invoices) > 1 else "".join(invoices),
        ]
        return cells if self.header.branch is not None else [row.branch, *cells]

    def _total(self, currency: str, sums: Sums) -> None:
        self.sheet.fill(_MARGIN - _BLEED, self._y - _BAND, _WIDTH + 2 * _BLEED, _BAND - 3, _TINT)
        y = self._y - _BAND + 5.5
        rows = self.labels.rows.format(self._grouped[currency].whole(sums.rows))
        self.sheet.text(_MARGIN, y, f"{self.labels.total} {currency}", _STRONG)
        self.sheet.text(_MARGIN + self._columns[0].points, y, rows, _SMALL)
        amounts = iter((sums.amount_minor, sums.paid_minor, sums.open_minor))
        for column, (x, align, _) in zip(self._columns, self._places, strict=True):
            if column.kind is Kind.MONEY:
                self.sheet.text(x, y, self._grouped[currency].text(next(amounts)), _STRONG, align)
        self._y -= _BAND

    def _next_page(self) -> None:
        self._end_page()
        self.sheet.next_page()
        self._begin_page()

    def _begin_page(self) -> None:
        """The title in full on the first page, in one line on the others, and the headings of the columns."""
        self._page += 1
        self._zebra, self._tinted = [], False
        if self._page == 1:
            self.sheet.text(_MARGIN, _TOP - 4, self.title, _TITLE, room=_WIDTH)
            self.sheet.text(_MARGIN, _TOP - 20, subtitle(self.header), _SMALL, room=_WIDTH)
        else:
            self.sheet.text(_MARGIN, _TOP + 6, self.title, _STRONG, room=_WIDTH)
        y = _FIRST_HEAD if self._page == 1 else _NEXT_HEAD
        single = self.header.currencies[0] if len(self.header.currencies) == 1 else ""
        for column, (x, align, room) in zip(self._columns, self._places, strict=True):
            heading = (
                f"{column.heading} ({single})" if single and column.kind is Kind.MONEY else column.heading
            )
            self.sheet.text(x, y, heading, _LABEL, align, room or column.points)
        self.sheet.rule(_MARGIN, y - _HEAD, _WIDTH, _ACCENT, 1)
        self._y = y - _HEAD

    def _end_page(self) -> None:
        if self._zebra:
            self.sheet.fills(self._zebra, _ZEBRA)
        self.sheet.rule(_MARGIN, 34, _WIDTH, _HAIRLINE)
        self.sheet.text(_MARGIN, 22, subtitle(self.header), _SMALL, room=_WIDTH - 90)
        self.sheet.text(_RIGHT, 22, self.labels.page.format(self._page, self._of), _SMALL, "end")


def _places(columns: list[Column], mirrored: bool) -> list[tuple[float, Align, float]]:
    """Where each column is written, how it is aligned, and its room; money has none, for no digit may be cut off.

    The last digits of amounts stand below each other, in a mirrored table too.
    """
    places: list[tuple[float, Align, float]] = []
    x = _MARGIN
    for column in columns:
        if column.kind is Kind.MONEY:
            places.append((x, "start", 0.0) if mirrored else (x + column.points - 2 * _GAP, "end", 0.0))
        else:
            places.append((x, "start", column.points - _GAP))
        x += column.points
    return places


def page_count(rows: int, currencies: int) -> int:
    """How many pages so many rows take, with the totals behind them."""
    first, following = (int((head - _HEAD - _LOWEST) // _PITCH) for head in (_FIRST_HEAD, _NEXT_HEAD))
    pages, on_last, head = 1, rows, _FIRST_HEAD
    if rows > first:
        full, on_last = divmod(rows - first, following)
        pages, head = 1 + full + bool(on_last), _NEXT_HEAD
        on_last = on_last or following
    left = head - _HEAD - on_last * _PITCH - _LOWEST
    return pages + (left < _BAND * currencies)
