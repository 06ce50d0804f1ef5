"""Checked rows wait here, on disk, until all are checked: memory stays small, and what was checked is written."""

import csv
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

from deploy.imports.refusals import FileRefused
from deploy.imports.rows import PreparedRow
from deploy.imports.source_tables import SourceRow

ROW, PROBLEM = "headend_row", "headend_problem"
"""Columns of a file of bad rows, behind those of the source."""


class GoodRows:
    """The rows to be written, in order."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.count = 0
        self.subscriptions = 0

    def add(self, row: PreparedRow) -> None:
        """Keep a row."""
        self._file.write(row.model_dump_json() + "\n")
        self.count += 1
        self.subscriptions += len(row.subscriptions)

    def chunks(self, size: int) -> Iterator[list[PreparedRow]]:
        """All rows, so many at a time; can be asked for again."""
        self._file.seek(0)
        while chunk := list(islice(self._file, size)):
            yield [PreparedRow.model_validate_json(line) for line in chunk]


class BadRows:
    """The rows that are wrong: counted, the first ones as sentences, and all of them in a file when one is wanted."""

    def __init__(self, shown: int, writer: Any, columns: Sequence[str]) -> None:
        self.shown, self._writer = shown, writer
        self._columns = list(dict.fromkeys(name for name in columns if name))
        self.count = 0
        self.sentences: list[str] = []
        if writer is not None:
            writer.writerow([*self._columns, ROW, PROBLEM])

    def add(self, row: SourceRow, problems: Sequence[str]) -> None:
        """Keep a row with what is wrong."""
        self.count += 1
        if self.count <= self.shown:
            self.sentences += [f"Row {row.number}: {problem}" for problem in problems]
        if self._writer is not None:
            cells = [row.cells.get(name, "") for name in self._columns]
            self._writer.writerow([*cells, row.number, " ".join(problems)])


@contextmanager
def good_rows() -> Iterator[GoodRows]:
    """A spool without a name, gone when the import ends or dies."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n") as file:
        yield GoodRows(file)


@contextmanager
def bad_rows(target: Path | None, columns: Sequence[str], shown: int) -> Iterator[BadRows]:
    """Bad rows, written to `target` as CSV when all is checked; without a target only counted and shown."""
    if target is None:
        yield BadRows(shown, None, columns)
        return
    if not target.parent.is_dir():
        raise FileRefused(f"There is no folder {target.parent} to write the bad rows into.")
    beside = target.with_name(target.name + ".part")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            found = BadRows(shown, csv.writer(file), columns)
            yield found
        if found.count:
            beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
