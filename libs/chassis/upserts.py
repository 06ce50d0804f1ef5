"""INSERT ... ON CONFLICT, made and compiled once.

SQLAlchemy keeps no compiled form of such a statement: it compiles it at every use, which costs several times what
the database needs for it. Many rows go to PostgreSQL as one document, which its own functions take apart: a parameter
for each value of each row costs both sides more than the rows themselves.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from pydantic_core import to_json
from sqlalchemy import Compiled, CursorResult, Dialect, String, Text, bindparam, cast, column, func, select
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
        return connection.execute(made[form], _parameters(connection.dialect, rows))  # type: ignore[call-overload, no-any-return]  # a Compiled runs, though the types do not say so

    def _compile(self, dialect: Dialect, columns: list[str], *, many: bool) -> Compiled:
        if many and dialect.name != "sqlite":
            return self._from_document(dialect, columns)
        insert = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
        statement = self._finish(insert(self._table))
        compiled: Compiled = statement.compile(dialect=dialect, column_keys=columns, for_executemany=many)
        return compiled

    def _from_document(self, dialect: Dialect, columns: list[str]) -> Compiled:
        """The statement for any number of rows, which are a JSON list in its only parameter."""
        types = {name: self._table.__table__.c[name].type for name in columns}
        # Text has no length here, so that one that is too long is refused by its column and not cut before.
        parts = [column(name, Text() if isinstance(kind, String) else kind) for name, kind in types.items()]
        document = func.json_to_recordset(cast(bindparam(_ROWS, type_=Text()), postgresql.JSON()))
        rows = document.table_valued(*parts).render_derived(name=_ROWS, with_types=True)
        insert = postgresql.insert(self._table).from_select(columns, select(*rows.c), include_defaults=False)
        compiled: Compiled = self._finish(insert).compile(dialect=dialect)
        return compiled


_ROWS = "rows"


def _parameters(dialect: Dialect, rows: Sequence[Mapping[str, Any]]) -> Any:
    if len(rows) == 1:
        return rows[0]
    return list(rows) if dialect.name == "sqlite" else {_ROWS: _document(rows)}


def _document(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows as JSON that PostgreSQL reads. Raises ValueError for a moment without a time zone."""
    for row in rows:
        for value in row.values():
            if isinstance(value, datetime) and value.tzinfo is None:
                raise ValueError("a moment needs a time zone")
    return to_json(rows).decode()


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
