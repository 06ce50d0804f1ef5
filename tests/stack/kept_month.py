"""A month that was lived and is kept as databases: the same one as SQLite files and on PostgreSQL."""

import uuid
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from sqlalchemy import Table, insert, select

from chassis.database import Database
from chassis.migrations import migrate, migrations_of
from chassis.tables import ChassisBase
from contracts.topology import SERVICES
from deploy.house import service_class
from deploy.verify.databases import Databases
from deploy.verify.waiting import left_over
from tests.stack.api import Api
from tests.stack.builders import TODAY, Subscriber, add_plan, add_subscriber, bill, pay_all
from tests.stack.embedded import Embedded
from tests.stack.processes import wait_until


def live_month(home: Path) -> None:
    """Charges, payments of all kinds, a void, a stop, complaints, reminders and an erased customer; all has arrived."""
    with Embedded(home, today=TODAY) as headend:
        api = headend.admin()
        plan = add_plan(api)
        people = [add_subscriber(api, plan, f"Customer {number}") for number in range(6)]
        bill(api)
        _take_payments(api, people)
        _complain(api, people[0])
        stopped = api.ok("GET", f"/customers/{people[4].id}/subscriptions")["items"][0]
        api.ok(
            "POST",
            f"/subscriptions/{stopped['id']}/moves",
            json={"to": "voluntary_stop", "reason": "Travels."},
        )
        _erase(api, people[3])
        run = api.ok("POST", "/dunning-runs", json={})
        api.finished(f"/dunning-runs/{run['id']}")
        databases = Databases.of_home(home)
        wait_until("everything has arrived", lambda: not left_over(databases), 60)
        adding_up = "SELECT count(*) FROM figure_changes"
        wait_until("the figures are added up", lambda: databases.one("reports", adding_up) == 0, 60)


def _take_payments(api: Api, people: list[Subscriber]) -> None:
    branch = api.ok("GET", "/branches")["items"][0]["id"]
    opening = {"branch_id": branch, "opening": "100.00"}
    desk = api.ok("POST", "/cash-sessions", key=str(uuid.uuid4()), json=opening)
    for person in people[:4]:
        pay_all(api, person)
    voided = api.ok("GET", f"/customers/{people[1].id}/payments")["items"][0]["payment_number"]
    api.ok("POST", f"/payments/{voided}/void", json={"reason": "Paid twice."})
    path = f"/customers/{people[1].id}/payments"
    online = {"amount": "250.00", "mode": "online", "reference": "UPI-4711"}
    api.ok("POST", path, key=str(uuid.uuid4()), json=online)
    closing = {"counted": "801.00", "note": "One more than it should be."}
    api.ok("POST", f"/cash-sessions/{desk['id']}/close", key=str(uuid.uuid4()), json=closing)


def _complain(api: Api, person: Subscriber) -> None:
    body = {"kind": "no_signal", "service": "cable_tv", "message": "No picture since the storm."}
    path = f"/customers/{person.id}/complaints"
    filed = [api.ok("POST", path, key=str(uuid.uuid4()), json=body)["number"] for _ in range(2)]
    api.ok("POST", f"/complaints/{filed[0]}/resolution", json={"resolution": "A new cable."})


def _erase(api: Api, person: Subscriber) -> None:
    api.ok("POST", f"/customers/{person.id}/deactivation", json={"reason": "Moved away."})
    crf = api.ok("GET", f"/customers/{person.id}")["crf"]
    api.ok("POST", f"/customers/{person.id}/erasure", json={"crf": crf, "reason": "Asked for it."})


def load_into_postgres(home: Path, urls: Mapping[str, str]) -> None:
    """The same databases on PostgreSQL, newly made there."""
    for service in SERVICES:
        source, target = Database(f"sqlite:///{home / f'{service}.db'}"), Database(urls[service], pool_size=1)
        migrate(target, migrations_of(service), service_class(service).append_only)
        with source.reading() as reading, target.transaction() as writing:
            for table in _tables(service):
                rows = [dict(row._mapping) for row in reading.execute(select(table))]
                if rows:
                    writing.execute(insert(table), rows)
        source.close()
        target.close()


def _tables(service: str) -> list[Table]:
    base = import_module(f"{service}.tables").Base
    return [*ChassisBase.metadata.sorted_tables, *base.metadata.sorted_tables]
