"""Lists as CSV files, for people's own spreadsheets."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from flask import Response, stream_with_context

from contracts.calls import Call, Page
from contracts.cells import cell_text, looks_like_formula
from gateway.files import file_response
from gateway.rpc import ask

Listed = TypeVar("Listed", bound=Page)
PAGE_ROWS = 200
"""Rows asked for at once: the most that a list gives."""
_BYTE_ORDER_MARK = "\ufeff"
"""Without it, Excel reads UTF-8 as if it were the machine's old code page."""


def csv_response(file_name: str, rows: Iterable[Sequence[object]]) -> Response:
    """A download of these rows, written as they come; whatever a person typed is text and never a formula."""
    return file_response(stream_with_context(_lines(rows)), file_name, "text/csv")


def every_page(first: Listed, next_page: Callable[[str], Call[Listed]]) -> Iterator[Listed]:
    """All pages of a list; each after the first is asked for when the one before is written."""
    page = first
    while True:
        yield page
        if page.next is None:
            return
        page = ask(next_page(page.next))


def cell(value: object) -> str:
    """A value as text that no spreadsheet carries out."""
    text = cell_text("" if value is None else str(value))
    return f"'{text}" if looks_like_formula(text) else text


def _lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield _BYTE_ORDER_MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([cell(value) for value in row])
        yield line.getvalue()
