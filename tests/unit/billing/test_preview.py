"""What a payment would pay, shown before it is taken (C42; issue: the months covered and the new expiry)."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.domain.payment_rules import (
    DuesChanged,
    NothingToPay,
    PaymentBelowMinimum,
    PaymentExceedsDues,
)
from billing.tables import JournalEntry, Payment
from billing.usecases.preview_payment import preview_payment
from billing.usecases.record_payment import record_payment
from contracts.actor import Actor, Role
from contracts.calls.billing import PaymentPreview, PreviewPayment, RecordPayment
from contracts.cards import CustomerCard, PaymentMode, Service
from contracts.errors import Forbidden, NotFound
from contracts.money import Money, NotAnAmount
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


def a_payment(customer: CustomerCard, amount: str, seen: str | None, key: str = "k") -> RecordPayment:
    return RecordPayment(
        customer_id=customer.id, amount=amount, mode=PaymentMode.CASH, seen=seen, idempotency_key=key
    )


def test_what_was_looked_at_is_taken(world: World, deepa: CustomerCard) -> None:
    looked = preview(world, deepa, amount="850.00")
    taken = world.do(record_payment, a_payment(deepa, "850.00", looked.fingerprint))
    assert taken.allocations == looked.allocations


def test_a_payment_of_other_months_than_were_looked_at_is_refused(world: World, deepa: CustomerCard) -> None:
    looked = preview(world, deepa, amount="850.00")
    world.pay(deepa, "250.00")  # a colleague takes October's cable TV meanwhile
    with pytest.raises(DuesChanged, match="look again"):
        world.do(record_payment, a_payment(deepa, "850.00", looked.fingerprint))
    assert world.dues(deepa).total == Money.parse("1450.00", "INR")
    again = preview(world, deepa, amount="850.00")
    assert again.fingerprint != looked.fingerprint
    world.do(record_payment, a_payment(deepa, "850.00", again.fingerprint))


def test_a_month_charged_between_look_and_payment_changes_nothing_that_was_seen(
    world: World, deepa: CustomerCard
) -> None:
    looked = preview(world, deepa, amount="850.00")
    world.bill("2026-12")
    assert (
        world.do(record_payment, a_payment(deepa, "850.00", looked.fingerprint)).allocations
        == looked.allocations
    )


def test_a_repeated_payment_is_answered_alike_whatever_its_taker_saw(
    world: World, deepa: CustomerCard
) -> None:
    looked = preview(world, deepa, amount="850.00")
    world.do(record_payment, a_payment(deepa, "850.00", looked.fingerprint))
    for seen in (looked.fingerprint, None):
        assert world.do(record_payment, a_payment(deepa, "850.00", seen)).replayed


def test_customers_see_what_an_online_payment_of_theirs_would_pay(world: World, deepa: CustomerCard) -> None:
    assert preview(world, deepa, "500.00", actor=customer_actor(deepa)).amount.minor == 50000
