"""A customer's year, and the turn of the year: months appear by themselves, even when nobody was there (C46, C61)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import func, select

from billing.jobs import branch_days
from billing.queries.years import get_year
from billing.tables import Charge, Run
from billing.triggers import APPEND_ONLY
from billing.usecases.raise_fee import raise_fee
from billing.usecases.void_payment import void_payment
from chassis.database import Database
from chassis.migrations import migrate, migrations_of
from chassis.platform import Platform
from chassis.rpc_client import RpcClient
from chassis.settings import Settings
from contracts.actor import Actor, Role
from contracts.calls.billing import PaymentRecorded, RaiseFee, VoidPayment
from contracts.calls.years import GetYear, MonthState, YearMonth, YearView
from contracts.cards import BranchCard, CustomerCard, FeeCategory, PaymentMode, Service
from contracts.errors import Forbidden, NotFound
from tests.unit.billing.builders import World, customer_actor, staff


def look(
    world: World, customer: CustomerCard, year: int | None = None, actor: Actor | None = None
) -> YearView:
    with world.database.reading() as session:
        return get_year(
            session, GetYear(customer_id=customer.id, year=year), actor or world.actor, world.clock
        )


def states(months: tuple[YearMonth, ...]) -> str:
    """A letter for each month: - not charged, o open, / part paid, P paid."""
    letters = {
        MonthState.NOT_CHARGED: "-",
        MonthState.OPEN: "o",
        MonthState.PART_PAID: "/",
        MonthState.PAID: "P",
    }
    return "".join(letters[month.state] for month in months)


def test_a_year_shows_each_month_of_each_subscription(world: World, deepa: CustomerCard) -> None:
    world.pay(deepa, "1000.00", mode=PaymentMode.ONLINE, reference="UPI7")
    year = look(world, deepa)
    assert [(row.service, states(row.months)) for row in year.rows] == [
        (Service.CABLE_TV, "---------P/-"), (Service.BROADBAND, "---------Po-"),
    ]  # fmt: skip
    assert (year.year, year.this_period) == (2026, "2026-11")
    sums = year.charged, year.paid, year.open
    assert [amount.decimal_text() for amount in sums] == ["1700.00", "1000.00", "700.00"]


def test_a_paid_month_names_when_how_by_whom_and_its_papers(world: World, deepa: CustomerCard) -> None:
    first: PaymentRecorded = world.pay(deepa, "250.00", service=Service.CABLE_TV)
    world.on(2026, 11, 25).pay(deepa, "250.00", service=Service.CABLE_TV)
    (part,) = look(world, deepa).rows[0].months[9].parts
    assert (part.payment_number, part.invoice_number) == (first.payment_number, first.invoice_number)
    assert (part.paid_on, part.mode, part.received_by) == (date(2026, 11, 21), PaymentMode.CASH, "Ada Admin")
    assert (part.reference, part.amount.decimal_text()) == (None, "250.00")


def test_a_voided_payment_paid_nothing(world: World, deepa: CustomerCard) -> None:
    payment = world.pay(deepa, "1700.00")
    world.do(void_payment, VoidPayment(payment_number=payment.payment_number, reason="A mistake"))
    assert [(states(row.months), row.months[9].parts) for row in look(world, deepa).rows] == [
        ("---------oo-", ())
    ] * 2


def test_fees_stand_by_themselves(world: World, deepa: CustomerCard) -> None:
    fee = RaiseFee(
        customer_id=deepa.id,
        category=FeeCategory.LATE,
        amount="50.00",
        note="For October",
        idempotency_key="f",
    )
    world.do(raise_fee, fee)
    (found,) = look(world, deepa).fees
    assert (found.category, found.note, found.month.period) == (FeeCategory.LATE, "For October", "2026-11")
    assert found.month.state is MonthState.OPEN


def test_a_year_before_the_first_subscription_is_empty(world: World, deepa: CustomerCard) -> None:
    year = look(world, deepa, 2025)
    assert (year.rows, year.fees, year.open.decimal_text()) == ((), (), "0.00")


def test_who_sees_a_year(world: World, branch: BranchCard, deepa: CustomerCard) -> None:
    other = world.branch("EAST")
    assert look(world, deepa, actor=customer_actor(deepa)) == look(
        world, deepa, actor=staff(Role.CASHIER, branch)
    )
    with pytest.raises(Forbidden):
        look(world, deepa, actor=staff(Role.SUPPORT, branch))
    for hidden in (staff(Role.CASHIER, other), customer_actor(world.customer(branch, crf="102"))):
        with pytest.raises(NotFound):
            look(world, deepa, actor=hidden)


# --- the turn of the year ------------------------------------------------------------------------------------
def replica(world: World, folder: Path) -> Platform:
    """A process of billing at this database and calendar."""
    settings = Settings(home=folder)
    platform = Platform("billing", settings, cast(RpcClient, None), clock=world.clock)
    platform.database.close()
    platform.database = world.database
    return platform


@pytest.fixture
def night(world: World, tmp_path: Path) -> Platform:
    return replica(world, tmp_path)


def live(world: World, platform: Platform, day: date) -> None:
    """A day on which Headend runs."""
    world.on(day.year, day.month, day.day)
    branch_days(platform)
    world.work()


def subscribed(world: World) -> CustomerCard:
    branch = world.branch()
    customer = world.customer(branch)
    world.on(2026, 12, 1)
    world.subscription(customer, world.plan(branch), date(2026, 12, 1))
    return customer


def test_on_the_first_of_january_the_new_year_begins_by_itself(world: World, night: Platform) -> None:
    customer = subscribed(world)
    live(world, night, date(2026, 12, 31))
    assert states(look(world, customer, 2027).rows[0].months) == "------------"
    live(world, night, date(2027, 1, 1))
    assert states(look(world, customer).rows[0].months) == "o-----------"
    paid = world.pay(customer, "500.00")
    assert (paid.payment_number, paid.invoice_number) == ("MAIN-2027-000001", "MAIN-2027-000001")


def test_months_that_headend_was_off_are_charged_oldest_first_and_once(world: World, night: Platform) -> None:
    customer = subscribed(world)
    live(world, night, date(2026, 12, 31))
    world.on(2027, 2, 3)
    for _ in range(3):
        branch_days(night)
        world.work()
    with world.database.reading() as session:
        runs = session.scalars(select(Run.period).order_by(Run.started_at, Run.period)).all()
    assert runs == ["2026-12", "2027-01", "2027-02"]
    assert [period for period, _, _ in world.charges()] == ["2026-12", "2027-01", "2027-02"]
    assert world.dues(customer).periods == ("2026-12", "2027-01", "2027-02")


def test_a_missed_month_is_charged_although_somebody_ran_a_later_one_by_hand(
    world: World, night: Platform
) -> None:
    subscribed(world)
    live(world, night, date(2026, 12, 31))
    world.on(2027, 3, 3).bill("2027-03")
    live(world, night, date(2027, 3, 3))
    assert [period for period, _, _ in world.charges()] == ["2026-12", "2027-01", "2027-02", "2027-03"]


def test_a_month_charged_by_hand_is_not_run_again(world: World, night: Platform) -> None:
    subscribed(world)
    live(world, night, date(2026, 12, 31))
    world.on(2027, 1, 5).bill("2027-01")
    live(world, night, date(2027, 2, 3))
    with world.database.reading() as session:
        runs = session.scalars(select(Run.period).order_by(Run.started_at, Run.period)).all()
    assert runs == ["2026-12", "2027-01", "2027-02"]


def test_a_branch_that_was_never_billed_begins_with_this_month(world: World, night: Platform) -> None:
    subscribed(world)
    live(world, night, date(2027, 2, 3))
    assert [period for period, _, _ in world.charges()] == ["2027-02"]


def test_a_month_whose_run_failed_is_charged_the_next_day(world: World, night: Platform) -> None:
    subscribed(world)
    live(world, night, date(2026, 12, 31))
    world.on(2027, 1, 31)
    branch_days(night)
    with world.transaction() as session:
        run = session.scalars(select(Run).where(Run.period == "2027-01")).one()
        run.state, run.finished_at = "failed", world.clock.now()
    live(world, night, date(2027, 2, 1))
    assert [period for period, _, _ in world.charges()] == ["2026-12", "2027-01", "2027-02"]


class TestOnPostgresql:
    """Two replicas come back in the same moment."""

    @pytest.fixture
    def world(self, postgres_url: str) -> Iterator[World]:
        database = Database(postgres_url)
        migrate(database, migrations_of("billing"), APPEND_ONLY)
        yield World(database)
        database.close()

    def test_a_year_is_read_there_too(self, world: World) -> None:
        customer = subscribed(world)
        world.bill("2026-12")
        world.pay(customer, "250.00")
        assert states(look(world, customer).rows[0].months) == "-----------P"

    def test_two_replicas_at_once_charge_each_missed_month_once(self, world: World, tmp_path: Path) -> None:
        subscribed(world)
        replicas = [replica(world, tmp_path / name) for name in ("a", "b")]
        live(world, replicas[0], date(2026, 12, 31))
        world.on(2027, 2, 3)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(branch_days, replicas))
        world.work()
        with world.database.reading() as session:
            counted = session.execute(
                select(Charge.period, func.count()).group_by(Charge.period).order_by(Charge.period)
            )
            assert [tuple(row) for row in counted] == [("2026-12", 1), ("2027-01", 1), ("2027-02", 1)]
            assert session.scalar(select(func.count()).select_from(Run)) == 3
