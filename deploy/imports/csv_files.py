"""Reading CSV: UTF-8 with or without a mark, parted by commas, semicolons or tabs, line by line."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from deploy.imports import limits
from deploy.imports.refusals import FileRefused
from deploy.imports.source_tables import SourceRow, SourceTable, header_of, row_of, too_many_rows

_DELIMITERS = (",", ";", "\t")
_OTHER_KINDS = {
    b"\xff\xfe": "UTF-16 text", b"\xfe\xff": "UTF-16 text", b"PK\x03\x04": "a workbook or a zip file",
    b"\xd0\xcf\x11\xe0": "an old workbook (.xls)", b"%PDF": "a PDF file",
}  # fmt: skip


@contextmanager
def open_csv(path: Path) -> Iterator[SourceTable]:
    """Open a CSV file whose first line names the columns. Raises FileRefused, also while rows are read."""
    previous = csv.field_size_limit(limits.LINE_BYTES)
    try:
        with path.open("rb") as file:
            _refuse_other_kinds(file, path.name)
            lines = _lines(file, path.name)
            first = next(lines, "")
            if not first.strip():
                raise FileRefused(f"{path.name} has no header: its first line must name the columns.")
            delimiter = max(_DELIMITERS, key=lambda mark: _outside_quotes(first, mark))
            records = csv.reader(_again(first, lines), delimiter=delimiter, strict=True)
            columns, repeated = header_of(_header(records, path.name), path.name)
            yield SourceTable(columns, _rows(records, columns, path.name), repeated)
    finally:
        csv.field_size_limit(previous)


def _refuse_other_kinds(file: BinaryIO, name: str) -> None:
    beginning = file.read(4)
    file.seek(0)
    for mark, kind in _OTHER_KINDS.items():
        if beginning.startswith(mark):
            raise FileRefused(f"{name} is {kind}, not UTF-8 text. Save it as CSV (UTF-8), or as .xlsx.")


def _lines(file: BinaryIO, name: str) -> Iterator[str]:
    number = 0
    while line := file.readline(limits.LINE_BYTES):
        number += 1
        if len(line) >= limits.LINE_BYTES:
            raise FileRefused(
                f"Line {number} of {name} is longer than {limits.LINE_BYTES:,} bytes; this is no table of customers."
            )
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise FileRefused(
                f"{name} is not UTF-8: line {number} holds the byte 0x{line[error.start]:02X}. "
                "Save it as CSV (UTF-8) and try again."
            ) from None
        yield text


def _again(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _outside_quotes(line: str, mark: str) -> int:
    return sum(part.count(mark) for part in line.split('"')[::2])


def _header(records: Iterator[list[str]], name: str) -> list[str]:
    try:
        return next(records, [])
    except csv.Error as error:
        raise FileRefused(f"The first line of {name} cannot be read: {error}.") from None


def _rows(records: Iterator[list[str]], columns: tuple[str, ...], name: str) -> Iterator[SourceRow]:
    for number in range(2, limits.ROWS + 3):
        try:
            row = row_of(number, columns, next(records))
        except StopIteration:
            return
        except csv.Error as error:
            row = SourceRow(number, {}, _reason(error))
        if number > limits.ROWS + 1:
            raise too_many_rows(name)
        if row is not None:
            yield row


def _reason(error: csv.Error) -> str:
    if "quot" in str(error) or "end of data" in str(error) or "expected after" in str(error):
        return "cannot be read: its quotation marks do not match"
    return f"cannot be read: {error}"
