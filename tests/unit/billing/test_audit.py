"""What billing does is in its audit log: payments without a trip of their own, runs from their start to their end."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, event, select

from billing.triggers import APPEND_ONLY
from billing.usecases.advance_run import advance_run
from billing.usecases.record_payment import record_payment
from billing.usecases.start_run import start_billing_run
from billing.usecases.void_payment import void_payment
from chassis.audit import doing
from chassis.database import Database
from chassis.migrations import migrate, migrations_of
from chassis.tables import AuditRow
from contracts.actor import service_actor
from contracts.calls.billing import RecordPayment, StartBillingRun, VoidPayment
from contracts.cards import BranchCard, CustomerCard, PaymentMode
from tests.unit.billing.builders import ADMIN, World


def called(world: World, verb: Any, request: Any) -> Any:
    with doing(type(request).method, world.clock, ADMIN, request):
        return world.do(verb, request)


def payment_of(customer: CustomerCard, amount: str = "850.00", key: str = "") -> RecordPayment:
    return RecordPayment(
        customer_id=customer.id, amount=amount, mode=PaymentMode.CASH, idempotency_key=key or str(uuid4())
    )


def rows(world: World) -> list[AuditRow]:
    with world.database.reading() as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.id)))


def test_a_payment_and_its_void_are_in_the_log(world: World, deepa: CustomerCard) -> None:
    paid = called(world, record_payment, payment_of(deepa))
    called(world, void_payment, VoidPayment(payment_number=paid.payment_number, reason="typed wrongly"))
    taken, voided = rows(world)
    for row, call, minor in ((taken, "record_payment", 85000), (voided, "void_payment", -85000)):
        assert (row.call, row.kind, row.object_id) == (call, "payment", paid.payment_number)
        assert (row.customer_id, row.branch_id, row.detail) == (
            deepa.id, deepa.branch_id, {"amount_minor": minor},
        )  # fmt: skip
    assert "typed wrongly" not in str(vars(voided))


def test_a_payment_that_is_asked_for_twice_is_in_the_log_once(world: World, deepa: CustomerCard) -> None:
    for _ in range(2):
        called(world, record_payment, payment_of(deepa, key="the-same"))
    assert len(rows(world)) == 1


def test_a_run_that_a_job_starts_is_in_the_log_from_its_start_to_its_end(
    world: World, branch: BranchCard, deepa: CustomerCard
) -> None:
    world.on(2026, 12, 1)
    with doing("job branch-days", world.clock, service_actor("billing")):
        world.do(start_billing_run, StartBillingRun(period="2026-12", branch_id=branch.id))
    with doing("job billing-runs", world.clock, service_actor("billing")):
        more = True
        while more:
            with world.transaction() as session:
                more = advance_run(session, world.clock)
    found = [(row.call, row.kind, row.branch_id, row.detail.get("state")) for row in rows(world)]
    assert found[:2] == [
        ("job branch-days", "billing_run", branch.id, "queued"), ("job billing-runs", "billing_run", branch.id, "done"),
    ]  # fmt: skip


def test_a_status_job_tells_how_many_it_moved(world: World, branch: BranchCard, deepa: CustomerCard) -> None:
    world.on(2027, 3, 1)
    with doing("job billing-runs", world.clock, service_actor("billing")):
        world.bill("2027-03")
    moved = [row.detail for row in rows(world) if row.kind == "subscriptions"]
    assert moved == [{"moved": 2}]


@pytest.fixture
def real(postgres_url: str) -> Iterator[World]:
    database = Database(postgres_url)
    migrate(database, migrations_of("billing"), APPEND_ONLY)
    yield World(database)
    database.close()


def test_on_postgresql_a_payments_row_rides_along(real: World) -> None:
    branch = real.branch()
    customer = real.customer(branch)
    real.on(2026, 11, 1).subscription(customer, real.plan(branch), date(2026, 11, 1))
    real.bill("2026-11")
    statements: list[str] = []

    @event.listens_for(real.database.engine, "before_cursor_execute")
    def note(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    called(real, record_payment, payment_of(customer, "250.00"))
    of_audit = [statement for statement in statements if "INTO audit " in statement]
    assert len(of_audit) == 1
    assert "INTO payments " in of_audit[0]
    assert max(map(len, statements)) < 4096, "psycopg reads a longer statement anew each time"
    (row,) = rows(real)
    assert row.kind == "payment"
