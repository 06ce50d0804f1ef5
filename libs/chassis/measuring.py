"""Measuring what lies in a service's database: what waits in outbox and inbox, and what must not run out.

Every replica looks every few seconds. A look costs little however much is stored: it reads partial indexes, which hold
only what is unfinished, and stops counting at 10,000.
"""

import math
import shutil
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal_column, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from chassis import metrics
from chassis.clock import Clock
from chassis.database import is_sqlite, lease_time
from chassis.jobs import BACKUP
from chassis.logs import logger
from chassis.platform import Platform
from chassis.tables import InboxRow, JobRow, OutboxRow

log = logger(__name__)

EVERY = 15.0
"""Seconds between two looks."""
MOST = 10_000
"""Rows at which counting stops."""
_SIZE_EVERY = 300.0
_PENDING = InboxRow.state == literal_column("'pending'")
_PARKED = InboxRow.state == literal_column("'parked'")
_OF_DATABASE = (
    metrics.OUTBOX_UNSENT, metrics.OUTBOX_OLDEST, metrics.INBOX_PENDING, metrics.INBOX_OLDEST, metrics.INBOX_PARKED,
    metrics.DATABASE_BYTES, metrics.BACKUP_FINISHED,
)  # fmt: skip

Measure = Callable[[Session, Clock], None]


class Measuring:
    """One service's looks. `more` measures what only this service has."""

    def __init__(self, platform: Platform, more: Measure) -> None:
        self._platform, self._more = platform, more
        self._size_due = 0.0
        database, name = platform.database, platform.service
        metrics.POOL_IN_USE.labels(name).set_function(database.connections_in_use)
        metrics.POOL_MOST.labels(name).set(database.most_connections)

    def step(self) -> bool:
        """Look once. Raises what kept the database from answering, after saying so in the metrics."""
        name, home = self._platform.service, self._platform.settings.home
        disk = shutil.disk_usage(home if home.exists() else "/")
        metrics.DISK_FREE.labels(name).set(disk.free)
        metrics.DISK_SIZE.labels(name).set(disk.total)
        try:
            with self._platform.database.reading() as session:
                self._look(session, name)
        except SQLAlchemyError:
            metrics.DATABASE_UP.labels(name).set(0)
            for gauge in _OF_DATABASE:  # unknown; what was true before is no answer
                gauge.labels(name).set(math.nan)
            self._size_due = 0.0
            raise
        metrics.DATABASE_UP.labels(name).set(1)
        return False

    def _look(self, session: Session, name: str) -> None:
        compare_clocks(session, self._platform.clock, name)
        now = self._platform.clock.now()
        unsent, sent_since = _waiting(
            session,
            OutboxRow.occurred_at,
            OutboxRow.sent_at.is_(None),
            (OutboxRow.next_attempt_at, OutboxRow.id),
        )
        metrics.OUTBOX_UNSENT.labels(name).set(unsent)
        metrics.OUTBOX_OLDEST.labels(name).set(_age(sent_since, now))
        pending, since = _waiting(
            session, InboxRow.received_at, _PENDING, (InboxRow.next_attempt_at, InboxRow.received_at)
        )
        metrics.INBOX_PENDING.labels(name).set(pending)
        metrics.INBOX_OLDEST.labels(name).set(_age(since, now))
        metrics.INBOX_PARKED.labels(name).set(
            _waiting(session, InboxRow.received_at, _PARKED, (InboxRow.received_at,))[0]
        )
        self._look_seldom(session, name)
        self._more(session, self._platform.clock)

    def _look_seldom(self, session: Session, name: str) -> None:
        if time.monotonic() < self._size_due:
            return
        self._size_due = time.monotonic() + _SIZE_EVERY
        metrics.DATABASE_BYTES.labels(name).set(_size(session))
        backup = session.scalar(
            select(func.max(JobRow.finished_at)).where(JobRow.job == BACKUP, JobRow.state == "done")
        )
        metrics.BACKUP_FINISHED.labels(name).set(backup.timestamp() if backup else 0)


def compare_clocks(session: Session, clock: Clock, name: str) -> None:
    """Measure how far this machine's clock is from the database server's; from two seconds on that one is followed."""
    began = clock.now()
    ahead = clock.compare(lease_time(session, clock), began)
    metrics.CLOCK_SKEW.labels(name).set(ahead.total_seconds())


def _waiting(
    session: Session, moment: Any, where: Any, order: tuple[Any, ...]
) -> tuple[int, datetime | None]:
    """How many rows wait, and the earliest moment among them; of the first 10,000 in the order of their index."""
    some = select(moment.label("moment")).where(where).order_by(*order).limit(MOST).subquery()
    count, earliest = session.execute(select(func.count(), func.min(some.c.moment))).one()
    return count, earliest


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _size(session: Session) -> int:
    if is_sqlite(session):
        asked = text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
    else:
        asked = text("SELECT pg_database_size(current_database())")
    return int(session.execute(asked).scalar_one())
