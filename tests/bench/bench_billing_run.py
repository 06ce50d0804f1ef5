"""The billing run of 100,000 subscriptions, beside psycopg writing the same rows by INSERT ... SELECT."""

import time
from datetime import datetime
from typing import Any

from psycopg import sql

from tests.bench.books import floor_books
from tests.bench.figures import Figure, rate
from tests.bench.house import House
from tests.bench.population import PERIOD
from tests.bench.rows import Connection, copy_table, insert_select

_AT_LEAST = 0.25
_WRITTEN = ("journal_entries", "charges", "journal_lines", "outbox")
"""What a run writes, parents first."""


def billing_run(house: House) -> list[Figure]:
    """All subscriptions of all branches charged for one month: billing alone, then until reports has every charge.

    Notify and reports, which work behind the commit, stand still for the first figure, whose floor has none either.
    """
    count = len(house.people)
    began = time.monotonic()
    with house.watched() as largest:
        with house.paused("notify", "reports"):
            run = charge_everybody(house)
        assert run["raised_count"] == count, f"the run charged {run['raised_count']} of {count}"
        house.settle()
    told = count / (time.monotonic() - began)
    started, ended = (datetime.fromisoformat(run[name]) for name in ("started_at", "finished_at"))
    with floor_books(house) as books:
        floor = count / _write_again(house.connections["billing"], books)
    ours, what = count / (ended - started).total_seconds(), f"billing run, {count:,} subscriptions"
    return [
        rate(what, ours, floor, _AT_LEAST).with_memory(largest.bytes, limited=True),
        rate(f"{what}, until reports has them", told, floor),
    ]


def charge_everybody(house: House) -> Any:
    """The run, when it is done."""
    run = house.api.ok("POST", "/billing-runs", json={"period": PERIOD})
    while run["state"] not in ("done", "failed"):
        time.sleep(0.5)  # looking more often would take a part of the processors
        run = house.api.ok("GET", f"/billing-runs/{run['id']}")
    return run


def _write_again(billing: Connection, books: Connection) -> float:
    """Seconds that the run's rows take in a copy of the tables, with indexes, foreign keys and triggers."""
    for table in _WRITTEN:
        staged = f"staged_{table}"
        books.execute(
            sql.SQL("CREATE UNLOGGED TABLE {} (LIKE {})").format(
                sql.Identifier(staged), sql.Identifier(table)
            )
        )
        copy_table(billing, books, table, staged)
    books.execute("DELETE FROM staged_outbox WHERE type <> 'ChargesRaised'")
    books.execute("VACUUM ANALYZE")
    return insert_select(books, [(table, f"staged_{table}") for table in _WRITTEN])
