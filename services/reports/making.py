"""Making one report: catch up, take its rows, draw it in another process, store its file.

A generator that yields whenever it has waited, so that its loop goes round and shows that it is alive.
"""

import tempfile
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis import metrics
from chassis.jobs import Claim, ClaimLost
from chassis.logs import logger
from chassis.platform import Platform
from contracts.calls.reports import ReportFormat, Selection
from contracts.cards import BranchCard, Service
from reports.catching_up import Caught, catch_up
from reports.domain.report import ReportHeader
from reports.drawing import ROWS, Drawing, DrawingFailed, RowsFile
from reports.queries import branch_ids_of, branches_of, charge_rows
from reports.report_tables import PART_BYTES, Report
from reports.usecases.advance_report import (
    fail_report,
    hand_back,
    keep_file,
    note_moment,
    show_progress,
    start_report,
)

log = logger(__name__)

_BEAT = 1.0
"""Seconds between two notes of progress, which also keep the claim."""
_PAUSE = 0.1
_FAILED = "The report could not be drawn; tell the operator, who finds the cause in the service's log."


class _Stopping(Exception):
    """This replica is told to stop."""


def make_report(platform: Platform, held: Claim, report_id: UUID) -> Generator[None]:
    """Make the claimed report; whatever becomes of it is in its row in the end."""
    with platform.database.transaction() as session:
        report = start_report(session, held, platform, report_id)
    if report is None:
        return
    making = _Making(platform, held, report)
    try:
        yield from making.run()
    except ClaimLost:
        log.info("report was taken over", report_id=str(report_id))
    except _Stopping:
        with platform.database.transaction() as session:
            hand_back(session, held, platform, report_id)
    except DrawingFailed as failure:
        log.error("report could not be drawn", report_id=str(report_id), error=str(failure))
        metrics.JOBS.labels(platform.service, "make-reports", "failed").inc()
        with platform.database.transaction() as session:
            fail_report(session, held, platform, report_id, _FAILED)


class _Making:
    """A report under way on this replica."""

    def __init__(self, platform: Platform, held: Claim, report: Report) -> None:
        self._platform, self._held, self._report = platform, held, report
        self._beaten = time.monotonic()

    def run(self) -> Generator[None]:
        """From catching up to the stored file."""
        caught = yield from self._catch_up()
        with tempfile.TemporaryDirectory(prefix="headend-report-") as name:
            rows = RowsFile(Path(name) / ROWS)
            yield from self._take_rows(rows)
            self._beat(0, rows.count, at_once=True)
            drawing = Drawing(Path(name), self._header(caught, rows), ReportFormat(self._report.format))
            try:
                while not drawing.has_ended():
                    self._platform.stopping.wait(_PAUSE)
                    self._beat(drawing.rows_drawn(), rows.count)
                    yield
            finally:
                drawing.end()
            self._keep(rows.count, drawing.report)
        log.info("report made", report_id=str(self._report.id), rows=rows.count, caught_up=caught.caught_up)

    def _catch_up(self) -> Generator[None, None, Caught]:
        waiting = catch_up(self._platform)
        while True:
            try:
                next(waiting)
            except StopIteration as ended:
                caught: Caught = ended.value
                break
            self._beat(0, 0)
            yield
        self._beat(0, 0)
        with self._platform.database.transaction() as session:
            note_moment(session, self._report.id, caught.as_of, caught.caught_up)
        return caught

    def _take_rows(self, rows: RowsFile) -> Generator[None]:
        with self._platform.database.reading() as session:
            for count in rows.write(charge_rows(session, self._report)):
                self._beat(0, count)
                time.sleep(0)  # on SQLite nothing else lets the others have their turn
                yield

    def _beat(self, done: int, total: int, *, at_once: bool = False) -> None:
        if self._platform.stopping.is_set():
            raise _Stopping
        if not at_once and time.monotonic() < self._beaten + _BEAT:
            return
        with self._platform.database.transaction() as session:
            show_progress(session, self._held, self._platform, self._report.id, done, total)
        self._beaten = time.monotonic()

    def _header(self, caught: Caught, rows: RowsFile) -> ReportHeader:
        report = self._report
        with self._platform.database.reading() as session:
            branches = branches_of(session, branch_ids_of(report))
        one = branches[0] if report.branch_id is not None and branches else None
        currencies = rows.currencies or {branch.currency for branch in branches} or {"XXX"}
        return ReportHeader(
            branch=one.name if one else None, service=Service(report.service_kind), year=report.year,
            month=report.month, selection=Selection(report.selection), count=rows.count,
            as_of=caught.as_of.astimezone(ZoneInfo(_shared(branches, "time_zone") or "UTC")),
            currencies=tuple(sorted(currencies)), locale=_shared(branches, "locale") or "en",
            caught_up=caught.caught_up, requested_by=report.requested_by,
        )  # fmt: skip

    def _keep(self, rows: int, file: Path) -> None:
        with self._platform.database.transaction() as session:
            keep_file(session, self._held, self._platform, self._report.id, rows, _parts(file))


def _shared(branches: list[BranchCard], field: str) -> str | None:
    """What all branches have alike; None when they differ."""
    values = {str(getattr(branch, field)) for branch in branches}
    return values.pop() if len(values) == 1 else None


def _parts(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while part := content.read(PART_BYTES):
            yield part
