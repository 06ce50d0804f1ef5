"""A large operator, generated: branches, plans and customers, each with one cable TV subscription.

Rows go straight into the services' tables, as adding them one by one took most of an hour; every column is made
by the service's own functions, and each service gets the copies that events would have brought it.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.cards import Address, CustomerCard
from customers.domain import search
from tests.bench.rows import Connection, columns_of, fill
from tests.stack.api import Api

PERIOD, TODAY, PRICE = "2026-11", "2026-10-30", "250.00"
"""November is billed before it begins: the run alone is measured, not the change of every status after it."""
_MOMENT = datetime(2026, 10, 1, 6, tzinfo=UTC)
_SEED = 20261102
_BRANCHES = ("NORTH", "SOUTH", "HARBOUR")
"""Beside MAIN, which exists from the start."""

_FIRST = (
    "Anitha Joseph Mohammed Lakshmi Thomas Deepa Rajesh Fatima George Meera Suresh Priya Łukasz Agnieszka Zofia "
    "Wojciech Małgorzata Siti Budi Dewi Amélie Élodie François Reza Parisa Ibrahim Sunitha Vijayan Beena Abdul "
    "Radhakrishnan Elizabeth Kunjumol Gopalan Saraswathy Unnikrishnan Mariamma Chandran Leela Basheer"
)
_LAST = (
    "Kumari Varghese Nair Pillai Kurian Menon Żak Kowalski Wiśniewska Szymański Wibowo Santoso Dubois Lefèvre "
    "Hosseini Karimi Panicker Chacko Mathew Abraham Namboodiri Warrier Thampi Iyer Fernandes D'Souza Rahman Koya "
    "Krishnankutty Ouseph Puthenveettil Kallarackal Vadakkedath Edassery Mundackal Poonthottam"
)
_SURNAMES = "王李張劉陳楊黃趙吳周徐孫馬朱胡郭何高林羅"
_GIVEN = "偉芳娜敏靜麗強磊軍洋勇艷傑娟濤明超秀霞平剛桂英華玉蘭建國志文海燕春梅曉東雪峰子涵"


@dataclass(frozen=True)
class Person:
    """A generated customer."""

    id: UUID
    branch_id: UUID
    crf: str
    name: str
    mobile: str
    email: str | None


def people(count: int, branch_ids: list[UUID]) -> Iterator[Person]:
    """So many customers, the same in every run: three of ten with a Chinese name, every other one with e-mail."""
    chance = random.Random(_SEED)
    for number in range(1, count + 1):
        yield Person(
            id=UUID(int=chance.getrandbits(128), version=4), branch_id=branch_ids[number % len(branch_ids)],
            crf=f"CRF{number:06d}", name=_name(chance), mobile=f"+91{chance.randrange(6 * 10**9, 10**10)}",
            email=f"c{number}@example.com" if number // len(branch_ids) % 2 else None,
        )  # fmt: skip


def _name(chance: random.Random) -> str:
    if chance.random() < 0.3:
        return chance.choice(_SURNAMES) + chance.choice(_GIVEN) + chance.choice(_GIVEN)
    return f"{chance.choice(_FIRST.split())} {chance.choice(_LAST.split())}"


def add_branches_and_plans(api: Api, codes: Iterable[str] = _BRANCHES) -> dict[UUID, UUID]:
    """MAIN and branches of these codes, with a plan each, added as people add them: {branch id: plan id}."""
    main = next(branch for branch in api.pages("/branches") if branch["code"] == "MAIN")
    same = {name: main[name] for name in ("currency", "time_zone", "locale")}
    branches = [main, *(api.ok("POST", "/branches", json={"code": code, "name": code.title(), **same})
                        for code in codes)]  # fmt: skip
    plans = {}
    for branch in branches:
        plan = {"code": "TV-CLASSIC", "name": "Classic Prime", "service": "cable_tv", "price": PRICE}
        plans[UUID(branch["id"])] = UUID(
            api.ok("POST", "/plans", json=plan | {"branch_id": branch["id"]})["id"]
        )
    return plans


def populate(connections: dict[str, Connection], plans: dict[UUID, UUID], count: int) -> list[Person]:
    """Write the customers and their subscriptions into every service's tables; the customers."""
    everybody = list(people(count, list(plans)))
    cards = {person.id: _card(person) for person in everybody}
    _fill_customers(connections["customers"], everybody)
    fill(connections["billing"], "customers_copy", ("id", "version", "branch_id", "state", "card"),
         ((one.id, 1, one.branch_id, "active", cards[one.id]) for one in everybody))  # fmt: skip
    fill(connections["notify"], "customers_copy", ("id", "version", "branch_id", "card"),
         ((one.id, 1, one.branch_id, cards[one.id]) for one in everybody))  # fmt: skip
    fill(connections["reports"], "customers_copy",
         ("id", "version", "branch_id", "crf", "name", "mobile", "area", "state", "card"),
         ((one.id, 1, one.branch_id, one.crf, one.name, one.mobile, "Old town", "active", cards[one.id])
          for one in everybody))  # fmt: skip
    _add_subscriptions(connections["billing"], connections["reports"])
    for connection in connections.values():
        connection.execute("VACUUM ANALYZE")
    return everybody


def _card(person: Person) -> str:
    card = CustomerCard(
        id=person.id, version=1, branch_id=person.branch_id, crf=person.crf, name=person.name, email=person.email,
        mobile=person.mobile, address=Address(street="12 Station Road", area="Old town", country="India"),
    )  # fmt: skip
    return card.model_dump_json()


def _fill_customers(connection: Connection, everybody: list[Person]) -> None:
    made = [_customer_row(person) for person in everybody]
    texts = [
        name
        for name in columns_of(connection, "customers")
        if name not in made[0] and name not in ("date_of_birth", "erased_at")
    ]
    fill(connection, "customers", [*made[0], *texts],
         ([*row.values(), *[""] * len(texts)] for row in made))  # fmt: skip
    fill(connection, "logins", ("id", "username", "username_key", "customer_id", "is_closed", "created_at"),
         ((UUID(int=one.id.int ^ 1), one.crf.lower(), one.crf.lower(), one.id, False, _MOMENT)
          for one in everybody))  # fmt: skip


def _customer_row(person: Person) -> dict[str, Any]:
    digits = search.digits(person.mobile)
    return {
        "id": person.id, "version": 1, "branch_id": person.branch_id, "crf": person.crf,
        "crf_key": search.crf_key(person.crf), "name": person.name, "name_key": search.name_key(person.name),
        "search": search.search_text(person.name), "email": person.email, "mobile": person.mobile,
        "mobile_digits": digits, "mobile_reversed": digits[::-1], "street": "12 Station Road", "area": "Old town",
        "country": "India", "locale": "en", "state": "active", "created_at": _MOMENT, "updated_at": _MOMENT,
    }  # fmt: skip


def _add_subscriptions(billing: Connection, reports: Connection) -> None:
    with billing.transaction():
        billing.execute(
            "INSERT INTO subscriptions (id, customer_id, branch_id, plan_id, service, currency, status, started_on,"
            " billed_from, expires_on, opening_expires_on, version, created_at)"
            " SELECT gen_random_uuid(), c.id, c.branch_id, p.id, p.service, p.currency, 'active', '2026-01-01',"
            " '2026-11', '2026-10-31', '2026-10-31', 1, now()"
            " FROM customers_copy c JOIN plans p ON p.branch_id = c.branch_id"
        )
        billing.execute(
            "INSERT INTO subscription_moves (id, subscription_id, from_status, to_status, business_date, moved_at,"
            " moved_by, reason) SELECT gen_random_uuid(), id, NULL, 'active', '2026-10-01', now(), 'bench', 'Import'"
            " FROM subscriptions"
        )
    found = billing.execute(
        "SELECT s.id, s.version, s.customer_id, s.branch_id, s.service, p.code, p.name, s.status, s.started_on,"
        " s.expires_on FROM subscriptions s JOIN plans p ON p.id = s.plan_id"
    )
    fill(reports, "subscriptions_copy",
         ("id", "version", "customer_id", "branch_id", "service", "plan_code", "plan_name", "status", "started_on",
          "expires_on"), found)  # fmt: skip
