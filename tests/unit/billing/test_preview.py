"""What a payment would pay, shown before it is taken (C42; issue: the months covered and the new expiry)."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.domain.payment_rules import (
    NothingToPay,
    PaymentBelowMinimum,
    PaymentExceedsDues,
)
from billing.tables import JournalEntry, Payment
from billing.usecases.preview_payment import preview_payment
from contracts.actor import Actor, Role
from contracts.calls.billing import PaymentPreview, PreviewPayment
from contracts.cards import CustomerCard, Service
from contracts.errors import Forbidden, NotFound
from contracts.money import NotAnAmount
from tests.unit.billing.builders import World, customer_actor, staff


def preview(
    world: World,
    customer: CustomerCard,
    amount: str | None = None,
    service: Service | None = None,
    actor: Actor | None = None,
) -> PaymentPreview:
    request = PreviewPayment(customer_id=customer.id, amount=amount, service_kind=service)
    return world.do(preview_payment, request, actor)


def test_without_an_amount_everything_is_paid(world: World, deepa: CustomerCard) -> None:
    shown = preview(world, deepa)
    assert (shown.amount.minor, shown.addressed.minor, len(shown.allocations)) == (170000, 170000, 4)
    assert {one.expires_on for one in shown.subscriptions} == {date(2026, 11, 30)}


def test_of_one_service_only_that_is_paid(world: World, deepa: CustomerCard) -> None:
    shown = preview(world, deepa, service=Service.CABLE_TV)
    assert (shown.amount.minor, {part.service for part in shown.allocations}) == (50000, {Service.CABLE_TV})


def test_a_preview_changes_nothing(world: World, deepa: CustomerCard) -> None:
    before = (world.count(JournalEntry), world.balance(deepa), world.charges())
    preview(world, deepa, "900.00")
    assert (world.count(JournalEntry), world.balance(deepa), world.charges()) == before
    assert world.count(Payment) == 0


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [("1700.01", PaymentExceedsDues), ("249.99", PaymentBelowMinimum), ("2.555", NotAnAmount)],
)
def test_what_would_not_be_taken_is_not_shown(
    world: World, deepa: CustomerCard, amount: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        preview(world, deepa, amount)


def test_without_dues_there_is_nothing_to_show(world: World, deepa: CustomerCard) -> None:
    world.pay(deepa, "1700.00")
    with pytest.raises(NothingToPay):
        preview(world, deepa)


def test_who_may_not_take_payments_sees_no_preview(world: World, deepa: CustomerCard) -> None:
    with pytest.raises(Forbidden):
        preview(
            world,
            deepa,
            actor=staff(Role.SUPPORT, world.branch("EAST")).model_copy(update={"branch_ids": None}),
        )
    with pytest.raises(NotFound):
        preview(world, deepa, actor=staff(Role.CASHIER, world.branch("WEST")))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(st.integers(25000, 60000), min_size=1, max_size=4),
    service=st.sampled_from([None, *Service]),
)
def test_what_is_shown_is_what_is_taken(
    world: World, deepa: CustomerCard, parts: list[int], service: Service | None
) -> None:
    for minor in parts:
        amount = f"{minor / 100:.2f}"
        try:
            shown = preview(world, deepa, amount, service)
        except (PaymentExceedsDues, PaymentBelowMinimum, NothingToPay) as refusal:
            with pytest.raises(type(refusal)):
                world.pay(deepa, amount, service=service)
            continue
        taken = world.pay(deepa, amount, service=service)
        assert shown.allocations == taken.allocations
        assert [one.model_copy(update={"version": 0}) for one in shown.subscriptions] == [
            one.model_copy(update={"version": 0}) for one in taken.subscriptions
        ]


def test_customers_see_what_an_online_payment_of_theirs_would_pay(world: World, deepa: CustomerCard) -> None:
    assert preview(world, deepa, "500.00", actor=customer_actor(deepa)).amount.minor == 50000
