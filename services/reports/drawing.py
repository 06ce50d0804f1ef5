"""Drawing a report in a process of its own, so that neither the message bus nor other callers wait for the processor.

Rows go to the child through a file, one JSON array a line; it writes the report and, now and then, how many rows it
has drawn. Neither side ever holds all rows.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from contracts.calls.reports import ReportFormat
from contracts.cards import PaymentMode
from reports.domain.report import ReportHeader, ReportRow

LONGEST = 900.0
"""Seconds after which a drawing is given up."""
JOB, ROWS, PROGRESS, PROBLEM = "job.json", "rows.jsonl", "progress", "problem.txt"
HEADER = TypeAdapter(ReportHeader)


class DrawingFailed(Exception):
    """The child ended without a report; the text is its last words, for the log."""


@dataclass
class RowsFile:
    """Rows on their way to the child, counted; `currencies` are those that came by."""

    path: Path
    count: int = 0
    currencies: set[str] = field(default_factory=set)

    def write(self, parts: Iterable[list[ReportRow]]) -> Iterator[int]:
        """Write the rows; yields the number written so far after each part."""
        with self.path.open("w", encoding="utf-8") as file:
            for part in parts:
                file.writelines(json.dumps(_plain(row), ensure_ascii=True) + "\n" for row in part)
                self.count += len(part)
                self.currencies.update(row.currency for row in part)
                yield self.count


class Drawing:
    """A child process that draws one report in `folder`."""

    def __init__(self, folder: Path, header: ReportHeader, form: ReportFormat) -> None:
        self._folder, self.report = folder, folder / f"report.{form.value}"
        job = {
            "header": HEADER.dump_python(header, mode="json"),
            "format": form.value,
            "report": self.report.name,
        }
        (folder / JOB).write_text(json.dumps(job))
        self._until, self._drawn = time.monotonic() + LONGEST, 0
        with (folder / PROBLEM).open("wb") as problem:
            self._child = subprocess.Popen(  # noqa: S603 - our own module, no word of it from outside
                [sys.executable, "-m", "reports.renderers.worker", str(folder), str(os.getpid())],
                stdin=subprocess.DEVNULL, stdout=problem, stderr=problem, close_fds=True,
            )  # fmt: skip

    def has_ended(self) -> bool:
        """Whether the report is drawn. Raises DrawingFailed."""
        code = self._child.poll()
        if code is None and time.monotonic() > self._until:
            raise DrawingFailed(f"It took longer than {LONGEST:.0f} seconds.")
        if code:
            said = (self._folder / PROBLEM).read_text(errors="replace")
            raise DrawingFailed(f"It ended with {code}: {said[-2000:]}")
        return code == 0

    def rows_drawn(self) -> int:
        """How many rows are drawn, as the child last said."""
        try:
            said = (self._folder / PROGRESS).read_text()
        except FileNotFoundError:
            return self._drawn
        self._drawn = int(said or self._drawn)  # empty while it is being written
        return self._drawn

    def end(self) -> None:
        """Stop the child if it still runs."""
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait()


def read_rows(path: Path) -> Iterator[ReportRow]:
    """The rows that RowsFile wrote, one by one."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield _row(json.loads(line))


def _plain(row: ReportRow) -> list[object]:
    day = row.last_paid_on.isoformat() if row.last_paid_on else None
    return [row.crf, row.customer, row.mobile, row.area, row.plan, row.currency, row.amount_minor, row.paid_minor,
            row.open_minor, day, row.last_mode.value if row.last_mode else None, row.invoice_numbers,
            row.branch]  # fmt: skip


def _row(plain: list[Any]) -> ReportRow:
    crf, customer, mobile, area, plan, currency, amount, paid, still_open, day, mode, numbers, branch = plain
    return ReportRow(
        crf, customer, mobile, area, plan, currency, amount, paid, still_open,
        last_paid_on=date.fromisoformat(day) if day else None, last_mode=PaymentMode(mode) if mode else None,
        invoice_numbers=tuple(numbers), branch=branch,
    )  # fmt: skip
