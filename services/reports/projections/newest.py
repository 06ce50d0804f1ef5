"""Writing rows that may be there already: added once, or replaced by a higher version."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from chassis.database import is_sqlite
from reports.tables import Base

_AT_ONCE = 500


def add_once(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Add the rows; those whose key is there already are left as they are."""
    for start in range(0, len(rows), _AT_ONCE):
        statement = _insert(session, table).on_conflict_do_nothing()
        session.execute(statement, list(rows[start : start + _AT_ONCE]))


def keep_newest(session: Session, table: type[Base], row: dict[str, Any]) -> None:
    """Add the row, or replace the one with its `id` when its `version` is higher."""
    statement = _insert(session, table)
    changed = {name: statement.excluded[name] for name in row if name != "id"}
    newer = statement.excluded["version"] > table.__table__.c["version"]
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed, where=newer), [row])


def _insert(session: Session, table: type[Base]) -> Any:
    if is_sqlite(session):
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]  # the same call on both dialects
    return insert(table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
