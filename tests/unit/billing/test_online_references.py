"""Payments by a reference number: the customer gives it, staff confirm or refuse it."""

from uuid import UUID

import pytest

from billing.domain.online_rules import (
    OnlinePaymentDecided,
    OnlinePaymentWaiting,
    ProviderNotOffered,
)
from billing.domain.payment_rules import ReferenceUsed
from billing.queries.online import get_online_options, list_online_payments
from billing.tables import Payment
from billing.usecases.decide_online_payment import (
    give_reference,
    refuse_online_payment,
)
from contracts.actor import Actor, Role
from contracts.calls import online_payments as calls
from contracts.calls.online_payments import OnlineProvider, OnlineState
from contracts.cards import CustomerCard, PaymentMode
from contracts.errors import Forbidden, NotFound
from contracts.events import PaymentMade
from tests.unit.billing.builders import World, customer_actor, staff
from tests.unit.billing.online import (
    BOTH,
    by_reference,
    cashier,
    confirm,
    do,
    start,
    with_upi,
)


def test_a_reference_waits_until_staff_confirm_it(world: World, deepa: CustomerCard) -> None:
    one = by_reference(world, deepa)
    assert (one.state, one.reference, world.count(Payment)) == (OnlineState.AWAITING, "UPI-4711", 0)
    done = confirm(world, one.id, cashier(deepa))
    assert (done.state, done.decided_by) == (OnlineState.SETTLED, "Carla")
    (made,) = world.told(PaymentMade)
    assert (made.reference, made.received_by) == ("UPI-4711", "Carla")


def test_confirming_twice_is_confirming_once(world: World, deepa: CustomerCard) -> None:
    one = by_reference(world, deepa)
    first = confirm(world, one.id, cashier(deepa))
    assert confirm(world, one.id, cashier(deepa, Role.MANAGER)) == first
    assert world.count(Payment) == 1


def test_what_was_refused_is_not_confirmed(world: World, deepa: CustomerCard) -> None:
    one = by_reference(world, deepa)
    request = calls.RefuseOnlinePayment(online_payment_id=one.id, reason="No such transfer")
    refused = do(world, refuse_online_payment, request, cashier(deepa))
    assert (refused.state, refused.problem) == (OnlineState.REFUSED, "No such transfer")
    with pytest.raises(OnlinePaymentDecided):
        confirm(world, one.id, cashier(deepa))


def test_confirmed_after_the_dues_were_paid_otherwise_it_is_kept_for_refunding(
    world: World, deepa: CustomerCard
) -> None:
    one = by_reference(world, deepa)
    world.pay(deepa, "1700.00")
    assert confirm(world, one.id, cashier(deepa)).state is OnlineState.UNALLOCATED


def test_a_reference_that_the_desk_took_down_before_is_not_taken_twice(
    world: World, deepa: CustomerCard
) -> None:
    one = by_reference(world, deepa)
    world.pay(deepa, "500.00", mode=PaymentMode.ONLINE, reference="UPI-4711")
    with pytest.raises(ReferenceUsed):
        confirm(world, one.id, cashier(deepa))
    assert world.count(Payment) == 1


def test_a_reference_is_given_by_one_customer_only(world: World, deepa: CustomerCard) -> None:
    by_reference(world, deepa)
    with world.transaction() as session:
        from billing.copies import find_branch

        branch = find_branch(session, deepa.branch_id).card
    other = world.customer(branch, "Eliza Das", crf="102")
    world.subscription(other, world.plan(branch), world.clock.today("UTC").replace(day=1))
    world.bill("2026-11")
    one = start(world, other, "250.00", provider=OnlineProvider.MANUAL)
    request = calls.GiveReference(online_payment_id=one.id, reference="UPI-4711")
    with pytest.raises(ReferenceUsed):
        do(world, give_reference, request, customer_actor(other))
    with pytest.raises(NotFound):
        do(world, give_reference, request, customer_actor(deepa))


def test_while_one_waits_no_other_is_started(world: World, deepa: CustomerCard) -> None:
    by_reference(world, deepa)
    with pytest.raises(OnlinePaymentWaiting):
        start(world, deepa, key="k2")


def test_without_an_account_there_is_no_payment_by_reference(world: World, deepa: CustomerCard) -> None:
    request = calls.GetOnlineOptions(customer_id=deepa.id)

    def options() -> calls.OnlineOptions:
        with world.transaction() as session:
            return get_online_options(session, request, customer_actor(deepa), BOTH)

    assert options().providers == (OnlineProvider.SIMULATED,)
    with pytest.raises(ProviderNotOffered):
        start(world, deepa, provider=OnlineProvider.MANUAL)
    with_upi(world, deepa)
    assert options().providers == (OnlineProvider.SIMULATED, OnlineProvider.MANUAL)
    assert options().pay_to.upi_id == "main.cable@okbank"


def test_staff_list_what_is_of_their_branches_and_customers_their_own(
    world: World, deepa: CustomerCard
) -> None:
    one = by_reference(world, deepa)
    request = calls.ListOnlinePayments(state=OnlineState.AWAITING)

    def seen(actor: Actor) -> list[UUID]:
        with world.transaction() as session:
            return [item.id for item in list_online_payments(session, request, actor, BOTH).items]

    assert seen(cashier(deepa)) == seen(customer_actor(deepa)) == [one.id]
    assert seen(staff(Role.CASHIER, world.branch("EAST"))) == []
    with pytest.raises(Forbidden):
        seen(cashier(deepa, Role.SUPPORT))


def test_staff_of_another_branch_cannot_confirm_and_support_may_not(
    world: World, deepa: CustomerCard
) -> None:
    one = by_reference(world, deepa)
    with pytest.raises(NotFound):
        confirm(world, one.id, staff(Role.CASHIER, world.branch("EAST")))
    for actor in (cashier(deepa, Role.SUPPORT), customer_actor(deepa)):
        with pytest.raises(Forbidden):
            confirm(world, one.id, actor)
    with pytest.raises(Forbidden):
        start(world, deepa, actor=cashier(deepa))
