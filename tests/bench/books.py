"""A copy of billing's tables where psycopg alone writes the same rows: the floor of runs and payments."""

import contextlib
import subprocess
from collections.abc import Iterator, Sequence

from tests.bench.house import FLOOR, House
from tests.bench.rows import Connection, connect, copy_table
from tests.stack.processes import HEADEND

_BEFORE = ("branches_copy", "customers_copy", "plans", "plan_prices", "subscriptions")


@contextlib.contextmanager
def floor_books(house: House, more: Sequence[str] = ()) -> Iterator[Connection]:
    """Billing's tables anew, as its migrations make them, with what is there before a run, and `more` of its tables."""
    with connect(house.urls[FLOOR]) as books:
        books.execute("DROP SCHEMA public CASCADE")
        books.execute("CREATE SCHEMA public")
        environment = house.real.environment | {"HEADEND_BILLING_DATABASE_URL": house.urls[FLOOR]}
        subprocess.run([*HEADEND, "migrate", "billing"], env=environment, check=True, capture_output=True)
        for table in (*_BEFORE, *more):
            copy_table(house.connections["billing"], books, table)
        books.execute("VACUUM ANALYZE")
        yield books
