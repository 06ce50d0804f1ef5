"""Customers who pay their November, and the rows that their payments wrote as psycopg writes them again."""

import json
import random
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import sql

from tests.bench.house import House
from tests.bench.load import Answer, Client
from tests.bench.population import PRICE, Person
from tests.bench.rows import Connection, Statement, columns_of, insert_of

_PARTS: tuple[tuple[LiteralString, LiteralString], ...] = (
    ("journal_entries", "t.id = p.entry_id"),
    ("journal_lines", "t.entry_id = p.entry_id"),
    ("payments", "t.id = p.id"),
    ("allocations", "t.payment_id = p.id"),
    ("invoices", "t.payment_id = p.id"),
    ("outbox", "t.type = 'PaymentMade' AND t.body->>'payment_id' = p.id::text"),
)
"""The tables that a payment adds to, and how their rows belong to it, in the order in which they are written."""

_CHANGED: tuple[LiteralString, ...] = (
    "UPDATE charges SET settled_minor = {} WHERE id = {}",
    "UPDATE subscriptions SET expires_on = {}, status = {}, version = {} WHERE id = {}",
    "UPDATE counters SET last = last + 1 WHERE branch_id = {} AND year = {}",
)


@dataclass(frozen=True)
class Payer:
    """Somebody about to pay, with the key of their payment."""

    person: Person
    key: str

    @property
    def path(self) -> str:
        """Where the payment goes."""
        return f"/customers/{self.person.id}/payments"


def payers(house: House, *, with_mail: bool) -> Iterator[Payer]:
    """Everybody who has not paid yet, with or without an e-mail address, branches mixed, in an order that is kept."""
    paid = house.connections["billing"].execute("SELECT DISTINCT customer_id FROM payments").fetchall()
    gone = {customer_id for (customer_id,) in paid}
    waiting = [one for one in house.people if bool(one.email) is with_mail and one.id not in gone]
    random.Random(11).shuffle(waiting)
    return (Payer(person, str(uuid.uuid4())) for person in waiting)


def pay(client: Client, payer: Payer) -> Answer:
    """The whole month in cash."""
    return client.post(payer.path, {"amount": PRICE, "mode": "cash"}, payer.key)


def payment_number(answer: Answer) -> str:
    """The number of the payment that an answer tells of."""
    return str(json.loads(answer[1])["payment_number"])


def units_of(billing: Connection, keys: Sequence[str]) -> list[list[Statement]]:
    """For each payment with one of these keys the statements that write its rows, oldest first."""
    units: dict[str, list[Statement]] = defaultdict(list)
    for table, belongs in _PARTS:
        columns = columns_of(billing, table)
        for payment_id, *values in _rows(billing, table, columns, belongs, keys):
            units[payment_id].append(insert_of(table, columns, values))
    changes: tuple[LiteralString, ...] = (
        "SELECT p.id::text, c.settled_minor::text, c.id::text FROM payments p"
        " JOIN allocations a ON a.payment_id = p.id JOIN charges c ON c.id = a.charge_id",
        "SELECT p.id::text, s.expires_on::text, s.status, s.version::text, s.id::text FROM payments p"
        " JOIN subscriptions s ON s.customer_id = p.customer_id",
        "SELECT p.id::text, p.branch_id::text, extract(year FROM p.paid_on)::int::text FROM payments p",
    )
    for query, change in zip(changes, _CHANGED, strict=True):
        for payment_id, *values in billing.execute(
            f"{query} WHERE p.idempotency_key = ANY(%s)", [list(keys)]
        ):
            places = [sql.Placeholder()] * len(values)
            units[payment_id].append((sql.SQL(change).format(*places).as_bytes(), values))
    return list(units.values())


def _rows(
    billing: Connection,
    table: LiteralString,
    columns: Sequence[str],
    belongs: LiteralString,
    keys: Sequence[str],
) -> Iterator[tuple[Any, ...]]:
    """The rows with the id of their payment first, every value as the text that PostgreSQL reads again."""
    texts = sql.SQL(", ").join(sql.SQL("t.{}::text").format(sql.Identifier(name)) for name in columns)
    query = sql.SQL(
        "SELECT p.id::text, {} FROM payments p JOIN {} t ON {} WHERE p.idempotency_key = ANY(%s) ORDER BY p.paid_at"
    )
    yield from billing.execute(query.format(texts, sql.Identifier(table), sql.SQL(belongs)), [list(keys)])
