"""Rows between databases, by COPY, and the same rows written again by psycopg alone: the floors of billing."""

import threading
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import sql

from tests.bench.load import Waits

Connection = psycopg.Connection[tuple[Any, ...]]


def connect(url: str) -> Connection:
    """A connection that commits by itself."""
    return psycopg.connect(url, autocommit=True)


def fill(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows by COPY."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def pipe(
    source: Connection, query: sql.Composable, target: Connection, table: str, columns: Sequence[str]
) -> None:
    """Copy what the query finds into a table of another database."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
    out = sql.SQL("COPY ({}) TO STDOUT").format(query)
    with source.cursor().copy(out) as given, target.cursor().copy(into) as taken:
        for part in given:
            taken.write(part)


def copy_table(source: Connection, target: Connection, table: str, into: str | None = None) -> None:
    """Copy a whole table into the one of the same form in another database."""
    columns = columns_of(source, table)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    query = sql.SQL("SELECT {} FROM {}").format(names, sql.Identifier(table))
    pipe(source, query, target, into or table, columns)


def columns_of(connection: Connection, table: str) -> list[str]:
    """The columns of a table, in its order."""
    found = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'"
        " ORDER BY ordinal_position",
        [table],
    )
    return [name for (name,) in found]


def insert_select(connection: Connection, tables: Sequence[tuple[str, str]]) -> float:
    """Write each table from its staging table by INSERT ... SELECT in one transaction; seconds until committed."""
    began = time.perf_counter()
    with connection.transaction():
        for table, staged in tables:
            connection.execute(
                sql.SQL("INSERT INTO {} SELECT * FROM {}").format(
                    sql.Identifier(table), sql.Identifier(staged)
                )
            )
    return time.perf_counter() - began


Statement = tuple[bytes, Sequence[Any]]


def insert_of(table: str, columns: Sequence[str], values: Sequence[Any]) -> Statement:
    """An INSERT of one row."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    places = sql.SQL(", ").join([sql.Placeholder()] * len(columns))
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, places)
    return statement.as_bytes(), values


def commit_each(url: str, units: Sequence[Sequence[Statement]], connections: int) -> Waits:
    """Carry out each unit in a transaction of its own, spread over connections."""
    waits = Waits()
    opened = [psycopg.connect(url) for _ in range(connections)]

    def live(connection: Connection, mine: Sequence[Sequence[Statement]]) -> None:
        for unit in mine:
            began = time.perf_counter()
            for statement, values in unit:
                connection.execute(statement, values, prepare=True)
            connection.commit()
            waits.seconds.append(time.perf_counter() - began)

    threads = [
        threading.Thread(target=live, args=(connection, units[place::connections]))
        for place, connection in enumerate(opened)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waits.lasted = time.perf_counter() - began
    for connection in opened:
        with suppress(psycopg.Error):
            connection.close()
    assert len(waits.seconds) == len(units), "the floor did not write all rows"
    return waits
