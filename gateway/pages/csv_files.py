"""Lists as CSV files, for people's own spreadsheets."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from flask import Response, stream_with_context
from flask_babel import gettext

from contracts.calls import Call, Page
from contracts.cells import cell_text, looks_like_formula
from gateway.files import file_response
from gateway.rpc import ask

Listed = TypeVar("Listed", bound=Page)
PAGE_ROWS = 200
"""Rows asked for at once: the most that a list gives."""
MOST_ROWS = 100_000
"""Rows of one file; more is for reports, which are made in the background."""
_BYTE_ORDER_MARK = "\ufeff"
"""Without it, Excel reads UTF-8 as if it were the machine's old code page."""


def csv_response(file_name: str, rows: Iterable[Sequence[object]]) -> Response:
    """A download of these rows, written as they come; whatever a person typed is text and never a formula."""
    return file_response(stream_with_context(_lines(rows)), file_name, "text/csv")


def every_page(first: Listed, next_page: Callable[[str], Call[Listed]]) -> Iterator[Listed]:
    """All pages of a list; each after the first is asked for when the one before is written."""
    page = first
    for _ in range(MOST_ROWS // PAGE_ROWS):
        yield page
        if page.next is None:
            return
        page = ask(next_page(page.next))
    raise TooManyRows


class TooManyRows(Exception):
    """A file has as many rows as one may have, and there are more."""


_PART = re.compile("(?<=[;\t])")
"""Where a spreadsheet that parts cells by semicolons (where commas are decimal) or by tabs begins another cell."""


def cell(value: object) -> str:
    """A value as text that no spreadsheet carries out, whichever sign it takes for the end of a cell."""
    text = cell_text("" if value is None else str(value))
    return "".join(f"'{part}" if looks_like_formula(part) else part for part in _PART.split(text))


def _lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield _BYTE_ORDER_MARK
    try:
        for row in rows:
            yield _line(row)
    except TooManyRows:
        yield _line(
            [gettext("Only the first %(count)s rows are here; narrow the list.", count=f"{MOST_ROWS:,}")]
        )


def _line(row: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([cell(value) for value in row])
    return line.getvalue()
