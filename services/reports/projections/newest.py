"""Writing rows that may be there already: added once, or replaced by a higher version."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from chassis.upserts import Upsert, newest_by_version
from reports.tables import Base

_AT_ONCE = 500


def add_once(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> set[Any]:
    """Add the rows; those whose key is there already are left as they are.

    Returns what the first column of the key is of the rows that were added.
    """
    added: set[Any] = set()
    for start in range(0, len(rows), _AT_ONCE):
        added.update(_adding(table).run(session, rows[start : start + _AT_ONCE]).scalars())
    return added


def keep_newest(session: Session, table: type[Base], row: dict[str, Any]) -> None:
    """Add the row, or replace the one with its `id` when its `version` is higher. The row has every column."""
    newest_by_version(table).run(session, [row])


@cache
def _adding(table: type[Base]) -> Upsert:
    first = next(iter(table.__table__.primary_key.columns))  # type: ignore[attr-defined]  # a mapped class's Table
    return Upsert(table, lambda insert: insert.on_conflict_do_nothing().returning(first))
