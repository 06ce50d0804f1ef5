"""Online payments as customers, providers and staff make them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from billing.providers import Providers
from billing.providers.manual import ManualReference
from billing.providers.simulated import SimulatedProvider
from billing.usecases.decide_online_payment import (
    confirm_online_payment,
    give_reference,
)
from billing.usecases.keep_customer import keep_branch
from billing.usecases.settle_online_payment import settle_online_payment
from billing.usecases.start_online_payment import start_online_payment
from chassis.callbacks import signature_of
from contracts.actor import Actor, Role
from contracts.calls import online_payments as calls
from contracts.calls.online_payments import OnlinePaymentView, OnlineProvider
from contracts.cards import CustomerCard
from tests.unit.billing.builders import World, customer_actor

SECRET = b"s" * 32
BOTH: Providers = {
    OnlineProvider.MANUAL: ManualReference(),
    OnlineProvider.SIMULATED: SimulatedProvider(SECRET),
}


def do(world: World, verb: Callable[..., Any], request: object, actor: Actor | None) -> Any:
    with world.transaction() as session:
        if actor is None:
            return verb(session, request, world.clock, BOTH)
        return verb(session, request, actor, world.clock, BOTH)


def start(
    world: World, customer: CustomerCard, amount: str = "500.00", key: str = "k1",
    provider: OnlineProvider = OnlineProvider.SIMULATED, actor: Actor | None = None, **fields: Any,
) -> OnlinePaymentView:  # fmt: skip
    request = calls.StartOnlinePayment(
        customer_id=customer.id, amount=amount, provider=provider, idempotency_key=key, **fields
    )
    found: OnlinePaymentView = do(world, start_online_payment, request, actor or customer_actor(customer))
    return found


def said(
    world: World, one: OnlinePaymentView, secret: bytes = SECRET, **fields: Any
) -> calls.SettleOnlinePayment:
    """What the simulated provider says, signed."""
    request = calls.SettleOnlinePayment(
        **{
            "provider": OnlineProvider.SIMULATED, "online_payment_id": one.id, "is_paid": True,
            "amount_minor": one.amount.minor, "currency": one.amount.currency, "reference": f"SIM-{one.code}",
            "at": world.clock.now(), "signature": "", **fields,
        }
    )  # fmt: skip
    return request.model_copy(update={"signature": signature_of(secret, request.signed_fields())})


def settle(world: World, request: calls.SettleOnlinePayment) -> OnlinePaymentView:
    found: OnlinePaymentView = do(world, settle_online_payment, request, None)
    return found


def with_upi(world: World, customer: CustomerCard) -> None:
    """The customer's branch has an account to pay to."""
    from billing.copies import find_customer

    with world.transaction() as session:
        card = find_customer(session, customer.id).branch.card
        policy = card.policy.model_copy(update={"upi_id": "main.cable@okbank", "account_name": "Main Cable"})
        keep_branch(session, card.model_copy(update={"version": card.version + 1, "policy": policy}))


def by_reference(world: World, customer: CustomerCard, reference: str = "UPI-4711") -> OnlinePaymentView:
    """Started by hand, with its reference given."""
    with_upi(world, customer)
    one = start(world, customer, provider=OnlineProvider.MANUAL)
    request = calls.GiveReference(online_payment_id=one.id, reference=reference)
    found: OnlinePaymentView = do(world, give_reference, request, customer_actor(customer))
    return found


def cashier(customer: CustomerCard, role: Role = Role.CASHIER) -> Actor:
    return Actor(subject=f"staff:{role}", name="Carla", role=role, branch_ids=frozenset({customer.branch_id}))


def confirm(world: World, one_id: UUID, actor: Actor) -> OnlinePaymentView:
    request = calls.ConfirmOnlinePayment(online_payment_id=one_id)
    found: OnlinePaymentView = do(world, confirm_online_payment, request, actor)
    return found
