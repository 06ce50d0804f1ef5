"""The services' databases by plain SQL, read only: SQLite files of embedded mode, or PostgreSQL."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.adapt import Buffer, Loader
from psycopg.types.string import TextLoader

from chassis.settings import WrongSetting
from contracts.topology import SERVICES, producers_for

Row = tuple[Any, ...]
_AT_ONCE = 20_000
_SQLITE = "sqlite:///"


class Databases:
    """Rows of a service's database as tuples, and the parts of SQL that the two kinds of database write differently.

    Ids come as text without dashes, sums as int, documents as text (see `document`), alike on both.
    """

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = dict(urls)
        self._held: dict[str, Any] = {}
        self._names = count()

    @classmethod
    def of_home(cls, home: Path) -> "Databases":
        """Those of embedded mode in its home folder."""
        return cls({service: f"{_SQLITE}{home / f'{service}.db'}" for service in SERVICES})

    def url(self, service: str) -> str:
        """Where a service's database is."""
        return self._urls[service]

    @cached_property
    def is_sqlite(self) -> bool:
        """Whether they are SQLite files."""
        return all(url.startswith("sqlite") for url in self._urls.values())

    @contextmanager
    def snapshot(self) -> Iterator["Databases"]:
        """The same databases as they are now: each stays at one moment, a listener's no later than its producers'.

        So what a listener has done, its producers' snapshots know. Raises WrongSetting when one cannot be read.
        """
        with ExitStack() as open_ones:
            seen = Databases(self._urls)
            for service in listeners_first():
                seen._held[service] = open_ones.enter_context(self._connected(service))
            yield seen

    def rows(self, service: str, statement: str) -> list[Row]:
        """All rows of one SELECT."""
        return list(self.stream(service, statement))

    def one(self, service: str, statement: str) -> Any:
        """The single value of a SELECT."""
        return self.rows(service, statement)[0][0]

    def stream(self, service: str, statement: str) -> Iterator[Row]:
        """The rows of one SELECT as they come, however many there are. Raises WrongSetting."""
        with ExitStack() as open_ones:
            connection = self._held.get(service) or open_ones.enter_context(self._connected(service))
            try:
                yield from self._streamed(connection, statement)
            except (sqlite3.OperationalError, psycopg.errors.UndefinedTable) as error:
                raise WrongSetting(
                    f"The database of {service} is not at its newest form ({error}); run `headend migrate` first."
                ) from error

    def connection(self, service: str) -> Any:
        """The connection that holds a service's database in a snapshot: sqlite3's or psycopg's."""
        return self._held[service]

    def json_text(self, column: str, *path: str) -> str:
        """SQL for a value inside a document, as text."""
        if self.is_sqlite:
            return f"json_extract({column}, '$.{'.'.join(path)}')"
        return f"({column} #>> '{{{','.join(path)}}}')"

    def json_id(self, column: str, *path: str) -> str:
        """SQL for an id inside a document, to be compared with a column of ids."""
        text = self.json_text(column, *path)
        return f"replace({text}, '-', '')" if self.is_sqlite else f"{text}::uuid"

    def json_sum(self, column: str, array: str, *path: str) -> str:
        """SQL for the sum of a whole number in each element of an array inside a document."""
        if self.is_sqlite:
            inside, elements = (
                f"json_extract(value, '$.{'.'.join(path)}')",
                f"json_each({column}, '$.{array}')",
            )
        else:
            inside = f"(value #>> '{{{','.join(path)}}}')::bigint"
            elements = f"json_array_elements({column} -> '{array}')"
        return f"(SELECT coalesce(sum({inside}), 0) FROM {elements})"

    def place_of(self, part: str, column: str) -> str:
        """SQL for where a text begins inside another, counted from 1."""
        return f"instr({column}, '{part}')" if self.is_sqlite else f"strpos({column}, '{part}')"

    def _streamed(self, connection: Any, statement: str) -> Iterator[Row]:
        if self.is_sqlite:
            yield from connection.execute(statement)
            return
        with connection.cursor(name=f"verify_{next(self._names)}") as cursor:
            cursor.itersize = _AT_ONCE
            yield from cursor.execute(statement.encode())

    @contextmanager
    def _connected(self, service: str) -> Iterator[Any]:
        url = self._urls[service]
        try:
            connection = _sqlite(url) if self.is_sqlite else _postgres(url)
        except (sqlite3.Error, psycopg.Error) as error:
            raise WrongSetting(f"The database of {service} cannot be read ({str(error).strip()}).") from error
        with closing(connection):
            yield connection


def listeners_first() -> list[str]:
    """The services, each before those whose events it takes."""
    found: list[str] = []
    waiting = dict.fromkeys(SERVICES)
    while waiting:
        heard = {
            producer for service in waiting for producer in producers_for(service) if producer != service
        }
        free = next(service for service in waiting if service not in heard)
        found.append(free)
        del waiting[free]
    return found


def moment(value: Any) -> datetime:
    """A moment as either database gives it, aware in UTC."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def document(value: Any) -> Any:
    """A JSON column read."""
    return json.loads(value)


def plain_id(value: str) -> str:
    """An id of the API as `rows` gives it."""
    return UUID(value).hex


def _sqlite(url: str) -> sqlite3.Connection:
    path = url.removeprefix(_SQLITE)
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30, isolation_level=None)
    connection.execute("BEGIN")
    connection.execute("SELECT name FROM sqlite_master LIMIT 1").fetchall()
    return connection


def _postgres(url: str) -> psycopg.Connection[Row]:
    plain = url.replace("postgresql+psycopg://", "postgresql://").replace("postgres://", "postgresql://")
    options = (
        "-c default_transaction_read_only=on -c idle_in_transaction_session_timeout=0 -c statement_timeout=0"
    )
    connection = psycopg.connect(
        plain, options=options, connect_timeout=10, application_name="headend verify"
    )
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    for name, loader in (("uuid", _IdLoader), ("numeric", _WholeLoader), ("json", TextLoader)):
        connection.adapters.register_loader(name, loader)
    connection.execute("SELECT 1")
    return connection


class _IdLoader(Loader):
    """A uuid as SQLite keeps it."""

    def load(self, data: Buffer) -> str:
        return bytes(data).replace(b"-", b"").decode()


class _WholeLoader(Loader):
    """SUM of BIGINT is NUMERIC on PostgreSQL."""

    def load(self, data: Buffer) -> int | Decimal:
        value = Decimal(bytes(data).decode())
        return int(value) if value == value.to_integral_value() else value
