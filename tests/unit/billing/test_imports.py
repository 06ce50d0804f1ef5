"""Subscriptions taken over from another program, as stories."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

import pytest

from billing.domain.refusals import ImportBroken
from billing.tables import ExternalDocument
from billing.usecases.complete_import import complete_import
from billing.usecases.import_documents import DocumentRow, import_documents
from billing.usecases.import_subscriptions import (
    ImportedChunk,
    MonthRow,
    SubscriptionRow,
    import_subscriptions,
    open_import,
)
from contracts.actor import Role
from contracts.cards import Service, SubscriptionStatus
from contracts.errors import Forbidden
from contracts.events import ChargesRaised, SubscriptionChanged
from tests.unit.billing.builders import World, staff

IMPORT = UUID(int=7)


def bring(world: World, *rows: SubscriptionRow) -> ImportedChunk:
    with world.transaction() as session:
        open_import(session, IMPORT, "old.csv", world.actor, world.clock)
        return import_subscriptions(session, IMPORT, rows, world.actor, world.clock)


def complete(world: World) -> None:
    with world.transaction() as session:
        complete_import(session, IMPORT, world.actor, world.clock)


def months(first: int, paid: Sequence[bool]) -> tuple[MonthRow, ...]:
    return tuple(
        MonthRow(period=f"2026-{month:02d}", amount_minor=25000, settled=settled)
        for month, settled in enumerate(paid, start=first)
    )


def test_nothing_is_billable_before_the_import_is_complete(world: World) -> None:
    branch = world.branch()
    row = SubscriptionRow(
        id=uuid4(), customer_id=world.customer(branch).id, plan_id=world.plan(branch).id,
        started_on=date(2020, 1, 1), billed_from="2026-11",
    )  # fmt: skip
    bring(world, row)
    world.bill("2026-11")
    assert world.charges() == []
    complete(world)
    world.bill("2026-11")
    assert world.charges() == [("2026-11", 25000, 0)]


def test_an_import_run_twice_changes_nothing(world: World) -> None:
    branch = world.branch()
    row = SubscriptionRow(
        id=uuid4(), customer_id=world.customer(branch).id, plan_id=world.plan(branch).id,
        started_on=date(2026, 9, 1), billed_from="2026-11", months=months(9, [True, False]),
    )  # fmt: skip
    assert bring(world, row) == ImportedChunk(added=1, kept=0)
    assert bring(world, row) == ImportedChunk(added=0, kept=1)
    assert len(world.charges()) == 2
    assert len(world.told(SubscriptionChanged)) == len(world.told(ChargesRaised)) == 1


def test_paid_months_are_settled_and_only_open_ones_are_owed(world: World) -> None:
    branch = world.branch()
    customer = world.customer(branch)
    row = SubscriptionRow(
        id=uuid4(), customer_id=customer.id, plan_id=world.plan(branch).id,
        started_on=date(2026, 8, 5), billed_from="2026-11", months=months(8, [True, False, False]),
    )  # fmt: skip
    bring(world, row)
    assert world.dues(customer).periods == ("2026-09", "2026-10")
    assert (world.balance(), world.balance(customer)) == (0, 50000)
    assert world.status(row.id) == ("suspended", date(2026, 8, 31))


def test_who_was_billed_elsewhere_until_now_is_not_overdue_since_the_start(world: World) -> None:
    branch = world.branch()
    row = SubscriptionRow(
        id=uuid4(), customer_id=world.customer(branch).id, plan_id=world.plan(branch).id,
        started_on=date(2020, 1, 1), billed_from="2026-11",
    )  # fmt: skip
    bring(world, row)
    complete(world)
    world.bill("2026-11")
    assert world.status(row.id) == ("inactive", date(2026, 10, 31))


def test_a_closed_one_comes_closed_and_is_never_charged(world: World) -> None:
    branch = world.branch()
    row = SubscriptionRow(
        id=uuid4(), customer_id=world.customer(branch).id, plan_id=world.plan(branch).id,
        started_on=date(2025, 1, 1), billed_from="2026-11", status=SubscriptionStatus.CLOSED,
    )  # fmt: skip
    bring(world, row)
    complete(world)
    world.bill("2026-11")
    assert world.charges() == []
    assert world.status(row.id)[0] == "closed"


def test_an_unknown_customer_or_plan_stops_the_chunk(world: World) -> None:
    branch = world.branch()
    row = SubscriptionRow(
        id=uuid4(), customer_id=uuid4(), plan_id=world.plan(branch).id, started_on=date(2025, 1, 1),
        billed_from="2026-11",
    )  # fmt: skip
    with pytest.raises(ImportBroken, match="no customer"):
        bring(world, row)
    with pytest.raises(ImportBroken, match="no plan"):
        bring(world, row.model_copy(update={"plan_id": uuid4()}))


def test_old_invoices_keep_rows_that_share_a_number(world: World) -> None:
    customer = world.customer(world.branch())
    rows = [
        DocumentRow(source_row=line, customer_id=customer.id, number="1000", service=Service.CABLE_TV)
        for line in (2, 3)
    ]
    for expected in (2, 0):
        with world.transaction() as session:
            open_import(session, IMPORT, "old", world.actor, world.clock)
            assert import_documents(session, IMPORT, "CTVMS", rows, world.actor, world.clock) == expected
    assert world.count(ExternalDocument) == 2


def test_only_the_operators_admin_imports(world: World) -> None:
    branch = world.branch()
    with pytest.raises(Forbidden), world.transaction() as session:
        open_import(session, IMPORT, "old.csv", staff(Role.MANAGER, branch), world.clock)
