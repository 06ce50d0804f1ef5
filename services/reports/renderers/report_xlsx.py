"""The paid or unpaid report as a workbook, row by row through openpyxl's write-only mode.

One cell object per column is used again for every row: making cells and looking up their styles is most of what a
workbook costs. Money is written as a number from its exact decimal text, days as Excel's day numbers, everything else
as text, so that no name or number of a customer ever becomes a formula.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import WorkbookAlreadySaved
from openpyxl.worksheet.properties import PageSetupProperties

from contracts.cells import cell_text, looks_like_formula
from contracts.money import Money, decimals_of
from reports.domain.report import ReportHeader, ReportRow, Sums, Totals
from reports.renderers.amounts import is_right_to_left
from reports.renderers.report_columns import Column, Kind, report_columns
from reports.renderers.report_labels import mode_names, report_labels, subtitle, title
from reports.renderers.whole_file import whole_file

ROWS_OF_A_SHEET = 1_000_000
"""XLSX allows 1,048,576 rows; what is more goes on to another sheet."""
_TABLE_HEAD = 4
_EVERY = 1_000
_A4 = 9  # the format's number for it
_DAY_ZERO = date(1899, 12, 30).toordinal()
_HEAD_FONT, _BOLD, _GREY = Font(bold=True, color="FFFFFF"), Font(bold=True), Font(color="66737F")
_HEAD_FILL, _TOTAL_FILL = PatternFill("solid", fgColor="0F5C6E"), PatternFill("solid", fgColor="EEF5F6")
_TOTAL_BORDER = Border(top=Side(style="thin", color="0F5C6E"))


def render_report_xlsx(
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
        book = _Book(header)
        try:
            for done, row in enumerate(rows, start=1):
                book.add(row)
                if progress is not None and done % _EVERY == 0:
                    progress(done)
            book.save(temporary)
        except BaseException:
            book.discard()
            raise
    if progress is not None:
        progress(header.count)
    return book.totals


class _Book:
    """A workbook being written."""

    def __init__(self, header: ReportHeader) -> None:
        self.header = header
        self.totals = Totals(header.currencies)
        self._columns = report_columns(header)
        self._modes = mode_names(header.locale)
        self._book = Workbook(write_only=True)
        self._book.properties.title = title(header)
        self._book.properties.creator = "Headend"
        created = header.as_of.replace(tzinfo=None)
        self._book.properties.created = self._book.properties.modified = created
        self._rows = 0
        self._begin_sheet()

    def add(self, row: ReportRow) -> None:
        """Write a row, on a new sheet when this one is full."""
        self.totals.add(row)
        if self._rows == ROWS_OF_A_SHEET:
            self._end_sheet()
            self._begin_sheet()
        self._rows += 1
        money = self._money[row.currency]
        texts = self._texts
        values = [row.crf, row.customer, row.mobile, row.area, row.plan]
        if self.header.branch is None:
            values.insert(0, row.branch)
        cells = [_text(place, value) for place, value in zip(texts, values, strict=False)]
        cells += [
            _number(money[0], row.amount_minor, row.currency),
            _number(money[1], row.paid_minor, row.currency),
            _number(money[2], row.open_minor, row.currency),
            self._day(row.last_paid_on),
            _text(texts[-2], self._modes[row.last_mode]) if row.last_mode else None,
            _text(texts[-1], ", ".join(row.invoice_numbers)),
        ]
        self._sheet.append(cells)

    def save(self, path: Path) -> None:
        """Write the totals and the file. Raises RowsDiffer when the header promised other rows."""
        self.totals.check_count(self.header.count)
        self._end_sheet()
        for currency, sums in self.totals.by_currency.items():
            self._sheet.append(self._total(currency, sums))
        self._book.save(path)

    def discard(self) -> None:
        """Remove the temporary files that openpyxl keeps of sheets until they are saved."""
        for sheet in self._book.worksheets:
            writer = getattr(sheet, "_writer", None)
            if writer is not None and Path(writer.out).exists():
                with suppress(WorkbookAlreadySaved):
                    sheet.close()
                writer.cleanup()

    def _begin_sheet(self) -> None:
        """A sheet with its heading; what openpyxl writes before the first row has to be set before it."""
        self._rows = 0
        number = len(self._book.sheetnames) + 1
        words = report_labels(self.header.locale).titles[self.header.selection]
        name = f"{self.header.period} {words}"[:27] + (f" {number}" if number > 1 else "")
        sheet: Any = self._book.create_sheet(name)
        self._sheet = sheet
        sheet._values_to_row = (
            _placed  # openpyxl's own tries each cell as a plain value first: a fifth of all the work
        )
        sheet.freeze_panes = f"A{_TABLE_HEAD + 1}"
        sheet.sheet_view.rightToLeft = is_right_to_left(self.header.locale)
        _set_up_printing(sheet)
        for place, column in enumerate(self._columns, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = column.characters
        self._make_cells()
        sheet.append([self._cell(title(self.header), font=Font(bold=True, size=14, color="0F5C6E"))])
        sheet.append([self._cell(subtitle(self.header), font=_GREY)])
        sheet.append([])
        sheet.append([self._heading(column) for column in self._columns])

    def _end_sheet(self) -> None:
        last = get_column_letter(len(self._columns))
        self._sheet.auto_filter.ref = f"A{_TABLE_HEAD}:{last}{_TABLE_HEAD + self._rows}"

    def _make_cells(self) -> None:
        """The cells that every row of this sheet is written with."""
        texts = [column for column in self._columns if column.kind is Kind.TEXT]
        self._texts = [(self._cell(""), self._cell("", quotePrefix=True)) for _ in texts]
        self._money = {
            currency: [self._cell("", number_format=money_format(currency)) for _ in range(3)]
            for currency in self.header.currencies
        }
        self._day_cell = self._cell("", number_format="yyyy-mm-dd")

    def _cell(self, text: str, **style: Any) -> Any:
        """A cell of text, with a style where one is given."""
        cell: Any = WriteOnlyCell(self._sheet)
        cell._value, cell.data_type = cell_text(text), "s"
        for name, value in style.items():
            setattr(cell, name, value)
        return cell

    def _heading(self, column: Column) -> Any:
        side = "right" if column.kind is Kind.MONEY else "left"
        if self._sheet.sheet_view.rightToLeft:
            side = {"left": "right", "right": "left"}[side]
        return self._cell(
            column.heading, font=_HEAD_FONT, fill=_HEAD_FILL, alignment=Alignment(horizontal=side)
        )

    def _day(self, day: date | None) -> Any:
        if day is None:
            return None
        self._day_cell._value, self._day_cell.data_type = day.toordinal() - _DAY_ZERO, "n"
        return self._day_cell

    def _total(self, currency: str, sums: Sums) -> list[Any]:
        labels = report_labels(self.header.locale)
        look = {"font": _BOLD, "fill": _TOTAL_FILL, "border": _TOTAL_BORDER}
        amounts = iter((sums.amount_minor, sums.paid_minor, sums.open_minor))
        cells = []
        for place, column in enumerate(self._columns):
            cell = self._cell(("", labels.rows.format(sums.rows))[place == 1], **look)
            if place == 0:
                cell = self._cell(f"{labels.total} {currency}", **look)
            if column.kind is Kind.MONEY:
                cell.number_format = money_format(currency)
                cell = _number(cell, next(amounts), currency)
            cells.append(cell)
        return cells


def money_format(currency: str) -> str:
    """How a workbook shows an amount: 1,250.00 INR. The reader's own separators apply."""
    places = decimals_of(currency)
    return f'#,##0{"." + "0" * places if places else ""}\\ "{currency}"'


def _text(cells: tuple[Any, Any], text: str) -> Any:
    """The cell with this text, never a formula; where it looks like one, it is marked to stay text when edited."""
    text = cell_text(text)
    if not text:
        return None
    cell = cells[1] if looks_like_formula(text) else cells[0]
    cell._value = text
    return cell


def _number(cell: Any, minor: int, currency: str) -> Any:
    """The cell with an amount. openpyxl writes the decimal text as it stands, so no digit passes through a float."""
    cell._value, cell.data_type = _decimal_text(minor, currency), "n"
    return cell


@lru_cache(maxsize=16_384)
def _decimal_text(minor: int, currency: str) -> str:
    return Money.of(minor, currency).decimal_text()


def _placed(cells: list[Any], row: int) -> Iterator[Any]:
    """The cells of a row, each knowing where it stands."""
    for column, cell in enumerate(cells, start=1):
        if cell is not None:
            cell.column, cell.row = column, row
            yield cell


def _set_up_printing(sheet: Any) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{_TABLE_HEAD}:{_TABLE_HEAD}"
    sheet.oddFooter.center.text = "&P / &N"
