"""Lists as CSV, for spreadsheets: written row by row, so that a long list needs no memory."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import StringIO
from typing import TypeVar

from flask import Response, stream_with_context

from contracts.calls import Page
from contracts.cells import cell_text, looks_like_formula
from gateway.files import file_response

Found = TypeVar("Found", bound=Page)
PAGE_ROWS = 200
"""Rows asked for at once: the most that a list gives."""


def csv_response(file_name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A download. UTF-8 with its mark, as spreadsheets need it to read other scripts."""
    response = file_response(stream_with_context(_lines(header, rows)), file_name, "text/csv")
    response.headers["X-Accel-Buffering"] = "no"
    return response


def every_page(ask_for: Callable[[str | None], Found]) -> Iterator[Found]:
    """A list from its first page to its last; `ask_for` takes the cursor."""
    cursor: str | None = None
    while True:
        page = ask_for(cursor)
        yield page
        if (cursor := page.next) is None:
            return


def _lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield "\ufeff" + _line(header)
    for row in rows:
        yield _line([_cell(value) for value in row])


def _cell(value: object) -> str:
    """What a spreadsheet would run is written as text."""
    text = cell_text("" if value is None else str(value))
    return f"'{text}" if looks_like_formula(text) else text


def _line(cells: Sequence[str]) -> str:
    written = StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
