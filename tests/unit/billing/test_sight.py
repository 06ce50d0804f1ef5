"""What is hidden is missed in the same words as what does not exist, so that nobody can count others' papers."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from billing.queries.payments import get_invoice, get_payment
from billing.usecases.move_subscription import move_subscription
from billing.usecases.void_payment import void_payment
from chassis.clock import Clock
from contracts.actor import Actor, Role
from contracts.calls.billing import GetInvoice, GetPayment, MoveSubscription, PaymentView, VoidPayment
from contracts.cards import InvoiceSnapshot, SubscriptionStatus
from contracts.errors import NotFound, RefusalEnvelope
from tests.unit.billing.builders import World, staff


def read_payment(session: Session, request: GetPayment, actor: Actor, _clock: Clock) -> PaymentView:
    return get_payment(session, request, actor)


def read_invoice(session: Session, request: GetInvoice, actor: Actor, _clock: Clock) -> InvoiceSnapshot:
    return get_invoice(session, request, actor)


def refusal(world: World, use: Callable[..., Any], request: object, actor: Actor) -> RefusalEnvelope:
    with pytest.raises(NotFound) as refused:
        world.do(use, request, actor)
    return refused.value.envelope()


def test_hidden_and_unknown_are_one_answer(world: World) -> None:
    branch, stranger = world.branch(), staff(Role.MANAGER, world.branch("EAST"))
    customer = world.customer(branch)
    subscription = world.subscription(customer, world.plan(branch), date(2026, 11, 1))
    world.bill("2026-11")
    paid = world.pay(customer, "250.00")
    closed: dict[str, Any] = {"to": SubscriptionStatus.CLOSED, "reason": "as a test"}
    uses: tuple[tuple[Callable[..., Any], object, object], ...] = (
        (read_payment, GetPayment(payment_number=paid.payment_number), GetPayment(payment_number="X-1")),
        (read_invoice, GetInvoice(number=paid.invoice_number), GetInvoice(number="X-1")),
        (
            void_payment,
            VoidPayment(payment_number=paid.payment_number, reason="test"),
            VoidPayment(payment_number="X-1", reason="test"),
        ),
        (
            move_subscription,
            MoveSubscription(subscription_id=subscription.id, **closed),
            MoveSubscription(subscription_id=customer.id, **closed),
        ),
    )
    for use, hidden, unknown in uses:
        assert refusal(world, use, hidden, stranger) == refusal(world, use, unknown, stranger)
