"""Reading workbooks (.xlsx) row by row. What the file says of its own size is checked before anything is unpacked."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from deploy.imports import limits
from deploy.imports.refusals import FileRefused
from deploy.imports.source_tables import SourceRow, SourceTable, header_of, row_of, too_many_rows

_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_ELEMENT = re.compile(rb"<[A-Za-z_]")

_LAST_ROW = 1_048_576
"""The most rows that a worksheet has; sheets formatted to the end have that many blank ones."""


@contextmanager
def open_workbook(path: Path, sheet: str | None = None) -> Iterator[SourceTable]:
    """Open a sheet (default: the first); its first row names the columns. Raises FileRefused, also at a row."""
    import openpyxl

    check_archive(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever its parsers met in a broken file
        raise _broken(path.name, error) from None
    try:
        found = _sheet(book, sheet, path.name)
        columns, repeated = header_of(_header(found, path.name), path.name)
        yield SourceTable(columns, _rows(found, columns, path.name), repeated)
    finally:
        book.close()


def check_archive(path: Path) -> None:
    """Raises FileRefused for what is no workbook, and for one that unpacks to more than a table can be (a zip bomb).

    Reading stops at the declared sizes, so a file that lies about them is found broken, not unpacked.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > limits.PARTS:
                raise _bomb(path.name, f"has {len(parts):,} parts")
            if "[Content_Types].xml" not in archive.namelist():
                raise FileRefused(f"{path.name} is a zip file, not a workbook. Save the table as .xlsx.")
            for part in parts:
                _check_part(part, path.name)
            if sum(part.file_size for part in parts) > limits.SHEET_BYTES:
                raise _bomb(path.name, f"unpacks to more than {limits.SHEET_BYTES:,} bytes")
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    _refuse_declarations(archive, part, path.name)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise _broken(path.name, error) from None


def _check_part(part: zipfile.ZipInfo, name: str) -> None:
    is_sheet = "worksheets/" in part.filename
    if part.file_size > (limits.SHEET_BYTES if is_sheet else limits.PART_BYTES):
        raise _bomb(name, f"holds {part.filename[:60]!r}, which unpacks to {part.file_size:,} bytes")
    if part.file_size > limits.SUSPICIOUS_BYTES and part.file_size > limits.RATIO * max(
        1, part.compress_size
    ):
        raise _bomb(
            name,
            f"holds {part.filename[:60]!r}, {part.compress_size:,} bytes that unpack to {part.file_size:,}",
        )


def _refuse_declarations(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    """Workbooks declare no entities; files made to blow up a parser do, before the first element, where they must.

    A part without any element in its first bytes is none of a spreadsheet program either, or not in UTF-8.
    """
    with archive.open(part) as stream:
        beginning = stream.read(limits.PROLOG_BYTES)
    element = _ELEMENT.search(beginning)
    if element is None or _DECLARATION.search(beginning, 0, element.start()):
        raise FileRefused(
            f"{name} holds XML declarations that no spreadsheet program writes; it is not read."
        )


def _bomb(name: str, what: str) -> FileRefused:
    return FileRefused(f"{name} {what}; that is no table of customers, so it was not unpacked.")


def _broken(name: str, error: Exception) -> FileRefused:
    return FileRefused(
        f"{name} is not a workbook that can be read ({str(error)[:120]}). Save it as .xlsx again."
    )


def _sheet(book: Any, wanted: str | None, name: str) -> Any:
    if wanted is not None and wanted not in book.sheetnames:
        raise FileRefused(
            f'{name} has no sheet "{wanted}"; it has {", ".join(book.sheetnames[:10])}. Correct `sheet` in the mapping.'
        )
    sheets = [book[wanted]] if wanted is not None else book.worksheets
    if not sheets:
        raise FileRefused(f"{name} has no sheet with a table.")
    return sheets[0]


def _header(sheet: Any, name: str) -> list[str]:
    header = next(_records(sheet, name, last_row=1, last_column=limits.COLUMNS + 1), [])
    while header and not header[-1].strip():
        header.pop()
    return header


def _rows(sheet: Any, columns: tuple[str, ...], name: str) -> Iterator[SourceRow]:
    count = 0
    # One column more than the header has shows whether a row is too long.
    records = _records(sheet, name, last_row=_LAST_ROW, last_column=len(columns) + 1)
    for number, values in enumerate(records, start=1):
        row = row_of(number, columns, values) if number > 1 else None
        if row is not None:
            count += 1
            if count > limits.ROWS:
                raise too_many_rows(name)
            yield row


def _records(sheet: Any, name: str, *, last_row: int, last_column: int) -> Iterator[list[str]]:
    """Rows as text, each with as many cells. Bounded: openpyxl fills any gap that a row or column number leaves."""
    rows = sheet.iter_rows(max_row=last_row, max_col=last_column, values_only=True)
    while True:
        try:
            values = next(rows)
        except StopIteration:
            return
        except Exception as error:  # noqa: BLE001 - whatever the parser met in a broken sheet
            raise _broken(name, error) from None
        texts = [cell_text(value) for value in values]
        yield texts + [""] * (last_column - len(texts))


def cell_text(value: object) -> str:
    """A cell as text: whole numbers without ".0", other numbers in their shortest form, dates as 2026-11-21."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
