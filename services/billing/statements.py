"""The few pieces of SQL that are written differently for SQLite and PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Uuid
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.functions import FunctionElement

from chassis.database import is_sqlite


def insert_for(session: Session, table: type[DeclarativeBase]) -> Any:
    """An INSERT that knows ON CONFLICT; both dialects take the same calls."""
    return sqlite.insert(table) if is_sqlite(session) else postgresql.insert(table)


@contextmanager
def planned_each_time(session: Session) -> Iterator[None]:
    """Let PostgreSQL plan every statement in here by the tables as they are.

    A plan kept from when a table was empty would go through all of it once it is full. `plan_cache_mode` would say
    the same of the database's own checks of foreign keys, one for each row, and make them three times as dear.
    """
    if is_sqlite(session):
        yield
        return
    driver: Any = session.connection().connection.driver_connection
    usual, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        yield
    finally:
        driver.prepare_threshold = usual


class new_uuid(FunctionElement[Any]):
    """A random UUID made by the database, one for each row of an INSERT ... SELECT."""

    type = Uuid()
    inherit_cache = True


@compiles(new_uuid, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    return "lower(hex(randomblob(16)))"


@compiles(new_uuid)
def _elsewhere(element: Any, compiler: Any, **kwargs: Any) -> str:
    return "gen_random_uuid()"
