"""Writing rows that may be there already: added once, or replaced by a higher version."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from chassis.database import is_sqlite
from reports.tables import Base

_AT_ONCE = 500


def add_once(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Add the rows; those whose key is there already are left as they are."""
    statement = _adding(_table(table), is_sqlite(session))
    if len(rows) == 1:
        session.execute(statement, rows[0])
        return
    for start in range(0, len(rows), _AT_ONCE):
        session.execute(statement, list(rows[start : start + _AT_ONCE]))


def keep_newest(session: Session, table: type[Base], row: dict[str, Any]) -> None:
    """Add the row, or replace the one with its `id` when its `version` is higher. The row has every column."""
    session.execute(_replacing(_table(table), is_sqlite(session)), row)


@lru_cache(maxsize=32)
def _adding(table: Table, sqlite: bool) -> Any:
    return _insert(table, sqlite).on_conflict_do_nothing()


@lru_cache(maxsize=32)
def _replacing(table: Table, sqlite: bool) -> Any:
    statement = _insert(table, sqlite)
    changed = {column.name: statement.excluded[column.name] for column in table.c if column.name != "id"}
    newer = statement.excluded["version"] > table.c["version"]
    return statement.on_conflict_do_update(index_elements=["id"], set_=changed, where=newer)


def _table(mapped: type[Base]) -> Table:
    return mapped.__table__  # type: ignore[return-value]  # a mapped class of ours always has a Table


def _insert(table: Table, sqlite: bool) -> Any:
    if sqlite:
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]  # the same call on both dialects
    return insert(table)
