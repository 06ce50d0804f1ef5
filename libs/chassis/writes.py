"""Writing rows by Core statements that are made once, one by one or all of a unit of work's in one trip."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    Compiled,
    Dialect,
    Insert,
    Table,
    Update,
    bindparam,
    insert,
    literal_column,
    select,
)
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql import visitors

from chassis import audit
from chassis.database import is_sqlite

Row = Mapping[str, Any]

_FEW = 3
"""Rows up to which one statement each is quicker than the driver's pipeline for many."""
_MOST_TOGETHER = 24
"""Rows of one trip; more are written one after another, so that there are not ever more forms of a trip to keep."""
_GATHERED = "gathered writes"


def add_rows(session: Session, table: type[DeclarativeBase], rows: Sequence[Row]) -> None:
    """Write rows of one form on the connection itself, which costs half of what the ORM's insert does."""
    write(session, _insert_into(table), rows)


def write(session: Session, statement: Insert | Update, rows: Sequence[Row]) -> None:
    """Carry out the statement for each row's parameters: now, or with the others at the end of `together`."""
    gathered: _Gathered | None = session.info.get(_GATHERED)
    if gathered is not None:
        gathered.add(statement, rows)
    elif len(rows) <= _FEW:
        for row in rows:
            session.connection().execute(statement, row)
    else:
        session.connection().execute(statement, list(rows))


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Everything written inside goes to PostgreSQL at the end in one statement: a trip there costs more than a row.

    What is written inside cannot be read inside, and no row may be written twice. Constraints speak at the end.
    SQLite, which is no trip away, is given one statement after another.
    """
    gathered = session.info[_GATHERED] = _Gathered()
    try:
        yield
    finally:
        del session.info[_GATHERED]
    gathered.add(*audit.rows_said(session))
    gathered.carry_out(session)


@dataclass
class _Gathered:
    """Statements with the parameters of one row each, in the order in which they were written."""

    writes: list[tuple[Insert | Update, Row]] = field(default_factory=list)

    def add(self, statement: Insert | Update, rows: Sequence[Row]) -> None:
        self.writes += [(statement, row) for row in rows]

    def carry_out(self, session: Session) -> None:
        if is_sqlite(session) or len(self.writes) > _MOST_TOGETHER:
            for statement, row in self.writes:
                write(session, statement, [row])
            return
        form = tuple((statement, tuple(row)) for statement, row in self.writes)
        named = {
            _name(place, column): value
            for place, (_, row) in enumerate(self.writes)
            for column, value in enumerate(row.values())
        }
        connection = session.connection()
        audit.note_written(connection)
        connection.execute(_one_statement(form, connection.dialect), named)  # type: ignore[call-overload]  # a Compiled runs, though the types do not say so


@lru_cache(maxsize=256)
def _one_statement(form: tuple[tuple[Insert | Update, tuple[str, ...]], ...], dialect: Dialect) -> Compiled:
    """WITH each of the writes as a part: PostgreSQL checks references when all of them are done."""
    parts = [
        _renamed(statement, place, columns).cte(f"w{place}")
        for place, (statement, columns) in enumerate(form)
    ]
    return select(literal_column("1")).add_cte(*parts).compile(dialect=dialect)


def _renamed(statement: Insert | Update, place: int, columns: Sequence[str]) -> Insert | Update:
    """The statement with parameters of its own among the others'."""
    names = {key: _name(place, column) for column, key in enumerate(columns)}
    if isinstance(statement, Insert):
        of = statement.table.c
        return statement.values({key: bindparam(name, type_=of[key].type) for key, name in names.items()})

    def rename(parameter: Any) -> None:
        parameter.key = names[parameter.key]

    return visitors.cloned_traverse(statement, {}, {"bindparam": rename})


def _name(place: int, column: int) -> str:
    return (
        f"p{place}_{column}"  # short: psycopg reads a statement of more than 4096 characters anew each time
    )


@cache
def _insert_into(table: type[DeclarativeBase]) -> Insert:
    """The one INSERT of a table: what is made anew each time costs as much as what is written."""
    made: Table = table.__table__  # type: ignore[assignment]  # a mapped class's table is a Table
    return insert(made)
