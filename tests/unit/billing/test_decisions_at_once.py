"""Two decisions about the same money in the same moment, on PostgreSQL (TRUST, check 23): one of them holds."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from billing.tables import CashLine, Payment, PaymentVoid
from billing.triggers import APPEND_ONLY
from billing.usecases.decide_online_payment import mark_refunded, refuse_online_payment
from billing.usecases.void_payment import void_payment
from chassis.database import Database
from chassis.migrations import migrate, migrations_of
from contracts.actor import Role
from contracts.calls.billing import VoidPayment
from contracts.calls.online_payments import MarkRefunded, RefuseOnlinePayment
from contracts.cards import CustomerCard
from contracts.errors import Refusal
from contracts.events import PaymentVoided
from tests.unit.billing import online
from tests.unit.billing.builders import World
from tests.unit.billing.test_many_at_once import indebted


@pytest.fixture
def world(postgres_url: str) -> Iterator[World]:
    database = Database(postgres_url)
    migrate(database, migrations_of("billing"), APPEND_ONLY)
    yield World(database)
    database.close()


def in_one_moment(*acts: Callable[[], object]) -> list[object]:
    """What each act returned or refused; all begin when all stand ready."""
    ready = threading.Barrier(len(acts))

    def act(one: Callable[[], object]) -> object:
        ready.wait(10)
        try:
            return one()
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def owed(world: World, customer: CustomerCard) -> int:
    total = world.dues(customer).total
    assert total is not None
    return total.minor


def test_a_payment_is_voided_once_however_many_void_it(world: World) -> None:
    customer = indebted(world)
    paid = world.pay(customer, "500.00")
    request = VoidPayment(payment_number=paid.payment_number, reason="Taken twice")
    outcomes = in_one_moment(*[lambda: world.do(void_payment, request)] * 6)
    assert outcomes.count("payment_already_voided") == 5
    assert (world.count(PaymentVoid), len(world.told(PaymentVoided)), world.balance()) == (1, 1, 0)
    assert owed(world, customer) == 11 * 25_000


def test_a_payment_that_is_voided_while_another_comes_leaves_the_books_right(world: World) -> None:
    customer = indebted(world)
    paid = world.pay(customer, "2750.00")
    request = VoidPayment(payment_number=paid.payment_number, reason="Wrong customer")
    pays = [lambda: world.pay(customer, "250.00")] * 4
    outcomes = in_one_moment(lambda: world.do(void_payment, request), *pays)
    taken = sum(not isinstance(outcome, str) for outcome in outcomes[1:])
    assert owed(world, customer) == (11 - taken) * 25_000
    assert (world.count(Payment), world.count(PaymentVoid), world.balance()) == (1 + taken, 1, 0)


def test_money_that_is_confirmed_and_refused_at_once_is_one_of_both(world: World) -> None:
    customer = indebted(world)
    one = online.by_reference(world, customer)
    manager = online.cashier(customer, Role.MANAGER)
    refusal = RefuseOnlinePayment(online_payment_id=one.id, reason="No such money")
    confirm = [lambda: online.confirm(world, one.id, manager).state.value] * 3
    refuse = [lambda: online.do(world, refuse_online_payment, refusal, manager).state.value] * 3
    outcomes = in_one_moment(*confirm, *refuse)
    kept = {outcome for outcome in outcomes if outcome in ("settled", "refused")}
    assert len(kept) == 1, outcomes
    assert world.count(Payment) == (kept == {"settled"}) and world.balance() == 0


def test_money_is_given_back_once(world: World) -> None:
    customer = indebted(world)
    one = online.by_reference(world, customer)
    manager = online.cashier(customer, Role.MANAGER)
    world.pay(customer, "2750.00")
    assert online.confirm(world, one.id, manager).state.value == "unallocated"
    request = MarkRefunded(online_payment_id=one.id, reason="Handed back")
    outcomes = in_one_moment(*[lambda: online.do(world, mark_refunded, request, manager).state.value] * 6)
    assert outcomes.count("refunded") == 1
    assert world.count(CashLine) == 0 and world.balance() == 0
