"""What must hold on PostgreSQL when many desks, runs and jobs act in the same moment."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import select

from billing.copies import find_branch
from billing.tables import Charge, Invoice, OnlinePayment, Payment, Reminder
from billing.triggers import APPEND_ONLY
from billing.usecases.advance_run import ChunkFailed, advance_run
from billing.usecases.refresh_statuses import refresh_statuses
from billing.usecases.start_run import start_billing_run, start_dunning_run
from chassis.database import Database
from chassis.migrations import migrate, migrations_of
from contracts.actor import Role
from contracts.calls.billing import PaymentRecorded, StartBillingRun, StartDunningRun
from contracts.cards import CustomerCard, Proration, Service
from contracts.errors import Refusal
from contracts.events import PaymentMade, SubscriptionChanged
from tests.unit.billing import online
from tests.unit.billing.builders import ADMIN, World


@pytest.fixture
def world(postgres_url: str) -> Iterator[World]:
    database = Database(postgres_url)
    migrate(database, migrations_of("billing"), APPEND_ONLY)
    yield World(database)
    database.close()


def at_once(times: int, act: Callable[[int], object]) -> list[object]:
    """What each of the acts returned or refused."""

    def tried(number: int) -> object:
        try:
            return act(number)
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(tried, range(times)))


def indebted(world: World) -> CustomerCard:
    """Owes 250.00 a month for cable TV from January to November 2026."""
    branch = world.branch()
    customer = world.customer(branch)
    world.subscription(customer, world.plan(branch), date(2026, 1, 1))
    for month in range(1, 12):
        world.bill(f"2026-{month:02d}")
    return customer


def test_one_key_clicked_many_times_is_one_payment(world: World) -> None:
    customer = indebted(world)
    answers = at_once(24, lambda _: world.pay(customer, "500.00", key="click"))
    taken = [answer for answer in answers if isinstance(answer, PaymentRecorded)]
    assert len(taken) == 24
    assert len({answer.payment_number for answer in taken}) == 1
    assert sum(not answer.replayed for answer in taken) == 1
    assert world.count(Payment) == world.count(Invoice) == len(world.told(PaymentMade)) == 1


def test_many_desks_never_take_more_than_is_open_and_number_without_gaps(world: World) -> None:
    customer = indebted(world)
    answers = at_once(16, lambda _: world.pay(customer, "250.00"))
    taken = [answer for answer in answers if isinstance(answer, PaymentRecorded)]
    assert (len(taken), answers.count("nothing_to_pay")) == (11, 5)
    assert sorted(one.invoice_number for one in taken) == [f"MAIN-2026-{n:06d}" for n in range(1, 12)]
    assert (world.balance(), world.balance(customer)) == (0, 0)


def test_desks_runs_and_the_status_job_do_not_overwrite_each_other(world: World) -> None:
    branch = world.branch()
    plan = world.plan(branch, Service.BROADBAND)
    customers = [world.customer(branch, crf=str(number)) for number in range(12)]
    subscriptions = [world.subscription(one, plan, date(2026, 11, 1)) for one in customers]
    world.do(start_billing_run, StartBillingRun(period="2026-11"))
    world.work()

    def act(number: int) -> object:
        if number % 3 == 0:
            with world.transaction() as session:
                card = find_branch(session, branch.id).card
                return refresh_statuses(session, card, None, actor=ADMIN, clock=world.clock)
        return world.pay(customers[number % 12], "250.00")

    at_once(24, act)
    for one in customers:
        if world.dues(one).has_dues:
            world.pay(one, "250.00")
    assert {world.status(one.id) for one in subscriptions} == {("active", date(2026, 11, 30))}
    versions = [
        (event.subscription.id, event.subscription.version) for event in world.told(SubscriptionChanged)
    ]
    assert len(versions) == len(set(versions))


def test_replicas_share_the_chunks_of_a_run_and_charge_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("billing.usecases.raise_charges.CHUNK", 3)
    branch = world.branch(proration=Proration.DAILY)
    plan = world.plan(branch)
    for number in range(10):
        world.subscription(world.customer(branch, crf=str(number)), plan, date(2026, 11, 1 + number % 3))
    world.do(start_billing_run, StartBillingRun(period="2026-11"))
    world.do(start_dunning_run, StartDunningRun())

    def advance(_: int) -> object:
        try:
            with world.transaction() as session:
                return advance_run(session, world.clock)
        except ChunkFailed as failed:
            raise AssertionError(repr(failed.__cause__)) from failed

    at_once(40, advance)
    world.work()
    world.do(start_dunning_run, StartDunningRun())
    world.work()
    with world.database.reading() as session:
        charged = session.scalars(select(Charge.subscription_id)).all()
    assert len(charged) == len(set(charged)) == world.count(Reminder) == 10
    assert world.balance() == 0


def test_a_provider_that_calls_back_many_times_at_once_is_paid_once(world: World) -> None:
    customer = indebted(world)
    one = online.start(world, customer)
    request = online.said(world, one)
    at_once(16, lambda _: online.settle(world, request))
    assert (world.count(Payment), len(world.told(PaymentMade))) == (1, 1)
    assert world.balance() == 0


def test_many_clicks_start_one_online_payment(world: World) -> None:
    customer = indebted(world)
    assert len({str(answer) for answer in at_once(16, lambda _: online.start(world, customer).id)}) == 1
    assert world.count(OnlinePayment) == 1


def test_two_of_staff_who_confirm_at_once_take_it_once(world: World) -> None:
    customer = indebted(world)
    one = online.by_reference(world, customer)
    roles = [Role.CASHIER, Role.MANAGER]
    at_once(8, lambda number: online.confirm(world, one.id, online.cashier(customer, roles[number % 2])))
    assert world.count(Payment) == 1


def test_the_desk_and_the_provider_at_once_never_take_more_than_is_open(world: World) -> None:
    customer = indebted(world)
    request = online.said(world, online.start(world, customer, "2750.00"))
    acts = (lambda: online.settle(world, request), lambda: world.pay(customer, "2750.00"))
    at_once(6, lambda number: acts[number % 2]())
    assert world.count(Payment) == 1 and world.balance(customer) == 0
