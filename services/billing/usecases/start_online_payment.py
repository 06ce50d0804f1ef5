"""A customer means to pay by themselves: check the amount, keep the intent; no money has moved yet."""

import secrets
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.copies import KnownCustomer, find_customer
from billing.domain.online_rules import OnlinePaymentWaiting, ProviderNotOffered, offered, pay_to
from billing.domain.payment_rules import check_positive
from billing.dues import open_dues
from billing.providers import Providers
from billing.queries.online import online_view, waiting_of
from billing.tables import OnlinePayment
from billing.usecases.settle_charges import allot
from chassis.audit import about
from chassis.clock import Clock
from chassis.idempotency import IdempotencyKeyReused, fingerprint
from contracts.actor import Actor, Role
from contracts.calls.online_payments import OnlinePaymentView, OnlineState, StartOnlinePayment
from contracts.errors import Forbidden
from contracts.money import Money

_READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def start_online_payment(
    session: Session, request: StartOnlinePayment, actor: Actor, clock: Clock, providers: Providers
) -> OnlinePaymentView:
    """Keep the intent. The customer's lock makes the second of two clicks wait for the first, which it then is.

    Raises NotFound, Forbidden and the refusals that the contract of StartOnlinePayment names.
    """
    customer = find_customer(session, request.customer_id, actor, lock=True)
    if actor.role is not Role.CUSTOMER:
        raise Forbidden("Only customers pay by themselves; take the payment at the desk.")
    said = fingerprint(request)
    earlier = session.scalars(
        select(OnlinePayment).where(
            OnlinePayment.caller == actor.subject, OnlinePayment.idempotency_key == request.idempotency_key
        )
    ).one_or_none()
    if earlier is not None and earlier.fingerprint != said:
        raise IdempotencyKeyReused(
            "This Idempotency-Key was used before for another payment; make a new key for a new payment.",
            field="Idempotency-Key",
        )
    return online_view(
        earlier or _start(session, request, customer, actor, said, clock, providers), customer, providers
    )


def _start(
    session: Session,
    request: StartOnlinePayment,
    customer: KnownCustomer,
    actor: Actor,
    said: str,
    clock: Clock,
    providers: Providers,
) -> OnlinePayment:
    branch = customer.branch
    accounts = pay_to(branch.card.policy, branch.currency)
    if request.provider not in offered(frozenset(providers), accounts):
        raise ProviderNotOffered(
            "Your branch does not offer this way to pay; please pay at your branch.", field="provider"
        )
    _refuse_second(session, customer)
    amount = Money.parse(request.amount, branch.currency)
    check_positive(amount)
    allot(amount, open_dues(session, customer.id, branch.currency), request.service_kind, branch)
    started = OnlinePayment(
        id=uuid4(), code=f"{branch.card.code}{''.join(secrets.choice(_READABLE) for _ in range(10))}",
        branch_id=branch.id, customer_id=customer.id, provider=request.provider.value,
        state=OnlineState.STARTED.value, amount_minor=amount.minor, currency=amount.currency,
        service=request.service_kind.value if request.service_kind else None, started_at=clock.now(),
        changed_at=clock.now(), caller=actor.subject, idempotency_key=request.idempotency_key, fingerprint=said,
    )  # fmt: skip
    session.add(started)
    session.flush()
    about(session, "online_payment", started.id, amount_minor=amount.minor)
    return started


def _refuse_second(session: Session, customer: KnownCustomer) -> None:
    """What is told but not confirmed does not lower the dues yet: without this it would be paid twice."""
    for one in waiting_of(session, customer.id):
        amount = Money.of(one.amount_minor, one.currency)
        raise OnlinePaymentWaiting(
            f"Your payment of {amount} under {one.reference} waits for your branch to confirm it; "
            "please wait for that before you pay again."
        )
