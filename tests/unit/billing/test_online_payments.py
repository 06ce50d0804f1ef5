"""Payments that customers make by themselves: recorded once when the money has come, refused or kept otherwise."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.online_rules import (
    MOVES,
    CallbackRefused,
    OnlinePaymentDecided,
    may_move,
)
from billing.domain.payment_rules import NothingToPay, PaymentBelowMinimum, PaymentExceedsDues
from billing.tables import OnlinePayment, Payment
from billing.usecases.decide_online_payment import (
    mark_refunded,
)
from chassis.callbacks import canonical, is_signed, signature_of
from chassis.idempotency import IdempotencyKeyReused
from contracts.actor import Role
from contracts.calls import online_payments as calls
from contracts.calls.online_payments import OnlineProvider, OnlineState
from contracts.cards import CustomerCard, PaymentMode
from contracts.errors import Forbidden, NotFound
from contracts.events import PaymentMade
from tests.unit.billing.builders import World
from tests.unit.billing.online import (
    SECRET,
    cashier,
    do,
    said,
    settle,
    start,
    with_upi,
)


def test_money_that_came_is_a_payment_like_any_other(world: World, deepa: CustomerCard) -> None:
    one = start(world, deepa)
    assert one.state is OnlineState.STARTED and world.count(Payment) == 0
    done = settle(world, said(world, one))
    assert (done.state, done.decided_by) == (OnlineState.SETTLED, "Simulated provider")
    (made,) = world.told(PaymentMade)
    assert (made.payment_number, made.mode, made.reference) == (
        done.payment_number, PaymentMode.ONLINE, f"SIM-{one.code}",
    )  # fmt: skip
    assert made.amount == one.amount and world.balance() == 0


def test_said_again_it_is_taken_once(world: World, deepa: CustomerCard) -> None:
    one = start(world, deepa)
    request = said(world, one)
    first, second = settle(world, request), settle(world, request)
    third = settle(world, said(world, one, reference="SIM-OTHER"))
    assert first == second == third and world.count(Payment) == 1


def test_a_second_click_is_the_same_payment(world: World, deepa: CustomerCard) -> None:
    assert start(world, deepa) == start(world, deepa)
    assert world.count(OnlinePayment) == 1
    with pytest.raises(IdempotencyKeyReused):
        start(world, deepa, "600.00")


@pytest.mark.parametrize(
    ("amount", "refusal"), [("1700.01", PaymentExceedsDues), ("249.99", PaymentBelowMinimum)]
)
def test_the_limits_are_those_of_every_payment(
    world: World, deepa: CustomerCard, amount: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        start(world, deepa, amount)
    assert world.count(OnlinePayment) == 0


def test_without_dues_nothing_is_started(world: World, deepa: CustomerCard) -> None:
    world.pay(deepa, "1700.00")
    with pytest.raises(NothingToPay):
        start(world, deepa)


@pytest.mark.parametrize(
    "lie",
    [
        {"signature": "0" * 64}, {"amount_minor": 1}, {"currency": "USD"}, {"is_paid": False}, {"reference": "X"},
    ],
)  # fmt: skip
def test_what_was_altered_after_signing_is_refused(
    world: World, deepa: CustomerCard, lie: dict[str, Any]
) -> None:
    one = start(world, deepa)
    with pytest.raises(CallbackRefused):
        settle(world, said(world, one).model_copy(update=lie))
    assert world.count(Payment) == 0


def test_another_secret_signs_nothing(world: World, deepa: CustomerCard) -> None:
    one = start(world, deepa)
    with pytest.raises(CallbackRefused):
        settle(world, said(world, one, secret=b"x" * 32))


@pytest.mark.parametrize("minutes", [-11, 11])
def test_what_was_signed_long_ago_is_refused(world: World, deepa: CustomerCard, minutes: int) -> None:
    one = start(world, deepa)
    at = world.clock.now() - timedelta(minutes=minutes)
    with pytest.raises(CallbackRefused):
        settle(world, said(world, one, at=at))


def test_nobody_calls_back_for_a_payment_by_reference(world: World, deepa: CustomerCard) -> None:
    with_upi(world, deepa)
    one = start(world, deepa, provider=OnlineProvider.MANUAL)
    for provider in OnlineProvider:
        with pytest.raises(CallbackRefused):
            settle(world, said(world, one, provider=provider))


def test_an_unknown_payment_is_not_found(world: World, deepa: CustomerCard) -> None:
    one = start(world, deepa)
    with pytest.raises(NotFound):
        settle(world, said(world, one, online_payment_id=UUID(int=1)))


@pytest.mark.parametrize("lie", [{"amount_minor": 100}, {"currency": "USD"}])
def test_another_amount_that_the_provider_signs_is_kept_and_not_recorded(
    world: World, deepa: CustomerCard, lie: dict[str, Any]
) -> None:
    done = settle(world, said(world, start(world, deepa), **lie))
    assert done.state is OnlineState.UNALLOCATED and done.received is not None
    assert world.count(Payment) == 0


def test_money_that_comes_after_the_dues_were_paid_otherwise_is_kept_for_refunding(
    world: World, deepa: CustomerCard
) -> None:
    one = start(world, deepa)
    world.pay(deepa, "1700.00")
    done = settle(world, said(world, one))
    assert done.state is OnlineState.UNALLOCATED and done.problem and "Nothing is open" in done.problem
    assert world.count(Payment) == 1 and world.balance() == 0
    manager = cashier(deepa, Role.MANAGER)
    request = calls.MarkRefunded(online_payment_id=one.id, reason="Sent back by UPI 99")
    with pytest.raises(Forbidden):
        do(world, mark_refunded, request, cashier(deepa))
    assert do(world, mark_refunded, request, manager).state is OnlineState.REFUNDED
    with pytest.raises(OnlinePaymentDecided):
        do(world, mark_refunded, request, manager)
    assert settle(world, said(world, one)).state is OnlineState.REFUNDED


def test_a_no_of_the_provider_ends_it_and_a_late_yes_is_taken(world: World, deepa: CustomerCard) -> None:
    one = start(world, deepa)
    assert settle(world, said(world, one, is_paid=False)).state is OnlineState.REFUSED
    assert settle(world, said(world, one)).state is OnlineState.SETTLED
    assert settle(world, said(world, one, is_paid=False)).state is OnlineState.SETTLED


@given(
    st.dictionaries(st.text(max_size=9), st.text(max_size=9)), st.dictionaries(st.text(max_size=9), st.text())
)
def test_two_sets_of_fields_never_read_alike(one: dict[str, str], other: dict[str, str]) -> None:
    assert (canonical(one) == canonical(other)) == (one == other)
    assert is_signed(SECRET, one, signature_of(SECRET, one))
    assert is_signed(SECRET, one, signature_of(SECRET, other)) == (one == other)


def test_from_money_that_came_no_way_leads_to_refused() -> None:
    assert set(MOVES) == set(OnlineState)
    for came in (OnlineState.SETTLED, OnlineState.UNALLOCATED, OnlineState.REFUNDED):
        assert not any(may_move(came, to) for to in (OnlineState.REFUSED, OnlineState.STARTED))
