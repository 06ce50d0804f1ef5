"""The services' databases by plain SQL, read only: SQLite files of embedded mode, or PostgreSQL."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

SERVICES = ("customers", "billing", "notify", "reports")


class Databases:
    """Rows of a service's database as tuples. Ids come as text without dashes, sums as int, alike on both."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._urls = dict(urls)

    @classmethod
    def of_home(cls, home: Path) -> "Databases":
        """Those of embedded mode in its home folder."""
        return cls({service: f"sqlite:///{home / f'{service}.db'}" for service in SERVICES})

    def rows(self, service: str, statement: str) -> list[tuple[Any, ...]]:
        """All rows of one SELECT."""
        url = self._urls[service]
        if url.startswith("sqlite"):
            path = url.removeprefix("sqlite:///")
            connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
            try:
                found: Sequence[Any] = connection.execute(statement).fetchall()
            finally:
                connection.close()
        else:
            plain = url.replace("postgresql+psycopg://", "postgresql://")
            options = "-c default_transaction_read_only=on"
            with psycopg.connect(plain, options=options, connect_timeout=10) as postgres:
                found = postgres.execute(statement.encode()).fetchall()
        return [tuple(_alike(value) for value in row) for row in found]

    def one(self, service: str, statement: str) -> Any:
        """The single value of a SELECT."""
        return self.rows(service, statement)[0][0]


def moment(value: Any) -> datetime:
    """A moment as either database gives it, aware in UTC."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def document(value: Any) -> Any:
    """A JSON column: text on SQLite, read already on PostgreSQL."""
    return json.loads(value) if isinstance(value, str | bytes) else value


def plain_id(value: str) -> str:
    """An id of the API as `rows` gives it."""
    return UUID(value).hex


def _alike(value: Any) -> Any:
    return value.hex if isinstance(value, UUID) else int(value) if _is_whole(value) else value


def _is_whole(value: Any) -> bool:
    """SUM of BIGINT is NUMERIC on PostgreSQL."""
    from decimal import Decimal

    return isinstance(value, Decimal) and value == value.to_integral_value()
