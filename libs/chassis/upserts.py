"""INSERT ... ON CONFLICT, made and compiled once.

SQLAlchemy keeps no compiled form of such a statement: it compiles it at every use, which costs several times what
the database needs for it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Compiled, CursorResult, Dialect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session


class Upsert:
    """One such statement, on both databases. `finish` adds its conflict and its RETURNING to the dialect's INSERT:

    KEEP = Upsert(InboxRow, lambda insert: insert.on_conflict_do_nothing().returning(InboxRow.event_id))
    """

    def __init__(self, table: type[DeclarativeBase], finish: Callable[[Any], Any]) -> None:
        self._table, self._finish = table, finish
        self._compiled: WeakKeyDictionary[Dialect, dict[tuple[object, ...], Compiled]] = WeakKeyDictionary()

    def run(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> CursorResult[Any]:
        """Write rows, at least one and all with the same columns, and give what the statement returns."""
        connection = session.connection()
        made = self._compiled.setdefault(connection.dialect, {})
        form = (len(rows) > 1, *rows[0])
        if form not in made:
            made[form] = self._compile(connection.dialect, list(rows[0]), many=len(rows) > 1)
        return connection.execute(made[form], list(rows) if len(rows) > 1 else rows[0])  # type: ignore[call-overload, no-any-return]  # a Compiled runs, though the types do not say so

    def _compile(self, dialect: Dialect, columns: list[str], *, many: bool) -> Compiled:
        insert = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
        statement = self._finish(insert(self._table))
        compiled: Compiled = statement.compile(dialect=dialect, column_keys=columns, for_executemany=many)
        return compiled


@cache
def newest_by_version(table: type[DeclarativeBase]) -> Upsert:
    """Adds rows, or replaces the one with the same `id` where its `version` is lower; returns the ids that it wrote.

    The rows have every column, and no two the same id.
    """
    columns = table.__table__.c

    def finish(insert: Any) -> Any:
        changed = {column.name: insert.excluded[column.name] for column in columns if column.name != "id"}
        older = columns.version < insert.excluded.version
        return insert.on_conflict_do_update(index_elements=["id"], set_=changed, where=older).returning(
            columns.id
        )

    return Upsert(table, finish)
