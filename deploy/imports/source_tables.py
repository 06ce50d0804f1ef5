"""A table to import, row by row: what CSV files and workbooks have in common."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.imports import limits
from deploy.imports.refusals import FileRefused


@dataclass(frozen=True)
class SourceRow:
    """One row by column name, cells trimmed. `number` counts as spreadsheets do: the header is row 1.

    `problem` says why the row cannot be read at all; its cells are then what could be made out.
    """

    number: int
    cells: dict[str, str]
    problem: str | None = None


@dataclass(frozen=True)
class SourceTable:
    """The columns, and the rows to be read once."""

    columns: tuple[str, ...]
    rows: Iterator[SourceRow]
    repeated: frozenset[str] = field(default_factory=frozenset)
    """Columns that stand twice in the header; only the first is read."""


def open_table(path: Path, sheet: str | None = None) -> AbstractContextManager[SourceTable]:
    """Open a CSV file or a workbook by its extension. Raises FileRefused, also while rows are read."""
    from deploy.imports.csv_files import open_csv
    from deploy.imports.workbooks import open_workbook

    size = path.stat().st_size
    if size == 0:
        raise FileRefused(f"{path.name} is empty.")
    if size > limits.FILE_BYTES:
        raise FileRefused(
            f"{path.name} has {size:,} bytes; at most {limits.FILE_BYTES:,} are read. Split it into parts."
        )
    extension = path.suffix.lower()
    if extension == ".csv":
        return open_csv(path)
    if extension == ".xlsx":
        return open_workbook(path, sheet)
    raise FileRefused(
        f'{path.name} ends in "{extension or "nothing"}"; an import takes .csv (UTF-8) or .xlsx. '
        "Save it as one of them."
    )


def header_of(names: Sequence[str], file: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """The column names with those that are repeated. Raises FileRefused for none or too many."""
    if len(names) > limits.COLUMNS:
        raise FileRefused(
            f"{file} has more than {limits.COLUMNS} columns; is it a table of customers? Keep the ones that are needed."
        )
    columns = tuple(name.strip() for name in names)
    named = [name for name in columns if name]
    if not named:
        raise FileRefused(f"{file} has no header: its first row must name the columns.")
    return columns, frozenset(name for name in named if named.count(name) > 1)


def row_of(number: int, columns: Sequence[str], values: Sequence[str]) -> SourceRow | None:
    """The row by column; None when it is blank."""
    values = [value.strip() for value in values]
    if not any(values):
        return None
    cells: dict[str, str] = {}
    for name, value in zip(columns, values, strict=False):
        if name:
            cells.setdefault(name, value)
    surplus = any(values[len(columns) :])
    missing = [name for name in columns[len(values) :] if name]
    problem = None
    if surplus:
        problem = f"has {len(values)} cells where the header has {len(columns)} (a comma not quoted?)"
    elif missing:
        problem = f"ends before the column {missing[0]}; has {len(values)} cells where the header has {len(columns)}"
    return SourceRow(number, cells, problem)


def too_many_rows(file: str) -> FileRefused:
    """The refusal of a file with more rows than are read."""
    return FileRefused(f"{file} has more than {limits.ROWS:,} rows. Split it into parts.")
