"""A service's database: the engine, the unit of work, and what is called when a unit of work has committed."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from prometheus_client import Counter
from pydantic import BaseModel
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    any_,
    bindparam,
    create_engine,
    event,
    func,
    select,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from chassis import audit
from chassis.clock import Clock
from chassis.columns import UtcDateTime

Result = TypeVar("Result")
READING = "headend_reading"
_DEADLOCK, _DEADLOCKS = "40P01", 5
_BEYOND_CALLS = 5
"""Connections for the background loops, beside those for calls."""
_RESTED = 2.0
"""Seconds without use after which a connection is tried before it is handed out."""


class Database:
    """One service's database. `url` is `sqlite:///path` or `postgresql://...`."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.engine = _sqlite(url) if self.is_sqlite else _postgresql(url, pool_size)
        # SQLite has one writer; a second one in this process would only wait inside the C library and stop everybody.
        self._writer = threading.Lock() if self.is_sqlite else nullcontext()
        audit.watch_writes(self.engine)
        self._reading_engine = self.engine.execution_options(**{READING: True})
        self._listeners: list[Callable[[frozenset[str]], None]] = []
        self.most_connections = 40 if self.is_sqlite else pool_size + _BEYOND_CALLS

    def on_commit(self, listener: Callable[[frozenset[str]], None]) -> None:
        """Call `listener` with the signals that a committed unit of work left (see wake_after_commit)."""
        self._listeners.append(listener)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A unit of work: commits at the end, rolls back when an exception leaves it. Nothing inside may yield.

        It begins in the database with its first statement; what is read elsewhere before that may change meanwhile.
        """
        with self._writer, Session(self.engine, expire_on_commit=False) as session:
            with session.begin():
                audit.begin_unit(session)
                yield session
                if audit.end_unit(session):
                    wake_after_commit(session, audit.NOTARY)
            signals = frozenset(session.info.get("signals", ()))
        for counter in session.info.get("counters", ()):
            counter.inc()
        if signals:
            for listener in self._listeners:
                listener(signals)

    def carry_out(self, work: Callable[[Session], Result]) -> Result:
        """A unit of work that is begun again when PostgreSQL gave it up to end a deadlock, as it may with any of them.

        `work` does nothing outside of its session.
        """
        for _ in range(_DEADLOCKS):
            try:
                with self.transaction() as session:
                    return work(session)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) != _DEADLOCK:
                    raise
        with self.transaction() as session:
            return work(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; closing it rolls back, and what was read stays readable."""
        with Session(self._reading_engine, expire_on_commit=False) as session:
            yield session

    def connections_in_use(self) -> int:
        """Connections of the pool that are handed out now."""
        pool = self.engine.pool
        return pool.checkedout() if isinstance(pool, QueuePool) else 0

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def wake_after_commit(session: Session, signal: str) -> None:
    """Let the loop waiting for `signal` look at once when this unit of work has committed."""
    session.info.setdefault("signals", set()).add(signal)


def count_after_commit(session: Session, counter: Counter) -> None:
    """Count one more when this unit of work has committed; what was rolled back did not happen."""
    session.info.setdefault("counters", []).append(counter)


DUE_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""A next_attempt_at that is due whatever any machine's clock shows."""


def lease_time(session: Session, clock: Clock) -> datetime:
    """The moment that leases are compared by: the database server's, so that machines need not agree (BUS, 3h).

    SQLite has no server, and only this machine's clock.
    """
    if is_sqlite(session):
        return clock.now()
    moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return moment


def leases_now(session: Session, clock: Clock) -> Any:
    """The same moment for use inside a statement, which saves asking for it first."""
    return clock.now() if is_sqlite(session) else func.statement_timestamp(type_=DateTime(timezone=True))


def lease_times(lease: timedelta, *, sqlite: bool) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """That moment and the end of a lease begun then, for a statement that is made once (see lease_values)."""
    if sqlite:
        return bindparam("lease_now", type_=UtcDateTime), bindparam("lease_until", type_=UtcDateTime)
    now = func.statement_timestamp(type_=DateTime(timezone=True))
    return now, now + lease


def lease_values(session: Session, clock: Clock, lease: timedelta | None = None) -> dict[str, datetime]:
    """What a statement made with lease_times needs for its now, or, with a lease, for that lease's end."""
    if not is_sqlite(session):
        return {}
    return {"lease_now": clock.now()} if lease is None else {"lease_until": clock.now() + lease}


def among(column: Any, name: str, *, sqlite: bool) -> ColumnElement[bool]:
    """Whether the column is one of the values of the parameter `name`, for a statement that is made once.

    PostgreSQL gets them as one array: with a parameter for each, both sides would read a new long statement every time.
    """
    if sqlite:
        return cast("ColumnElement[bool]", column.in_(bindparam(name, expanding=True)))
    return cast("ColumnElement[bool]", column == any_(bindparam(name, type_=ARRAY(column.type))))


def is_sqlite(session: Session) -> bool:
    """Whether the session speaks to SQLite."""
    return session.get_bind().dialect.name == "sqlite"


def lock_key(session: Session, key: int) -> None:
    """Hold a transaction-wide lock by number on PostgreSQL; SQLite's write transaction excludes everybody already."""
    if not is_sqlite(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def json_text(document: Any) -> str:
    """The text of a JSON column. A model writes itself, several times as quickly as by way of dictionaries."""
    if isinstance(document, BaseModel):
        return document.model_dump_json()
    return json.dumps(document)


def _sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 10, "isolation_level": None},
                           pool_size=20, max_overflow=20, hide_parameters=True, json_serializer=json_text)  # fmt: skip

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(READING)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _postgresql(url: str, pool_size: int) -> Engine:
    make_driver_green()
    options = "-c statement_timeout=60000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000"
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        # No overflow: its connections are closed after each use, and to open one costs more than a payment.
        # The one used last goes out first, so that a quiet service needs no pings.
        pool_size=pool_size + _BEYOND_CALLS, max_overflow=0, pool_use_lifo=True, pool_timeout=5, pool_recycle=1800,
        hide_parameters=True,
        json_serializer=json_text,
        connect_args={"connect_timeout": 5, "options": options, "keepalives": 1, "keepalives_idle": 5,
                      "keepalives_interval": 3, "keepalives_count": 3},
    )  # fmt: skip
    _ping_after_rest(engine)
    return engine


def _ping_after_rest(engine: Engine) -> None:
    """Try a pooled connection that rested for a while before it is handed out; a ping each time costs a tenth of all.

    One that broke a moment ago fails in its unit of work, which every caller and loop tries again; the pool is
    made anew then as well.
    """

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def look(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("used", time.monotonic()) < _RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def make_driver_green() -> None:
    """Let psycopg wait in eventlet's hub where this process is an eventlet one: its own way stops the hub (BUS, 5)."""
    import eventlet.patcher

    if eventlet.patcher.is_monkey_patched("socket"):
        from chassis.green_wait import wait_in_the_hub

        wait_in_the_hub()
