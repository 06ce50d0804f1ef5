"""Raise one fee on a customer: installation, relocation, late, ... (RULES, periods and charges)."""

from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from billing.copies import KnownCustomer, find_customer
from billing.domain.journal import ChargedLine, EntryKind, charge_lines
from billing.domain.payment_rules import check_positive
from billing.ledger import add_entry, add_lines
from billing.tables import Charge, Subscription
from chassis import idempotency
from chassis.audit import about
from chassis.clock import Clock
from chassis.outbox import emit
from contracts.actor import Actor, Right
from contracts.calls.billing import DueCharge, RaiseFee
from contracts.cards import ChargeKind, Service
from contracts.errors import NotFound
from contracts.events import ChargesRaised, RaisedCharge
from contracts.fields import period_of
from contracts.money import Money


def raise_fee(session: Session, request: RaiseFee, actor: Actor, clock: Clock) -> DueCharge:
    """Raise a fee, due from the first day of the business month.

    Raises NotFound, Forbidden, NotAnAmount, AmountNotPositive.
    """
    customer = find_customer(session, request.customer_id, actor, lock=True)
    actor.require(Right.MANAGE_SUBSCRIPTIONS)
    scope = f"{actor.subject}:raise_fee"
    earlier = idempotency.claim(session, scope, request.idempotency_key, request, DueCharge, clock)
    if earlier is not None:
        return earlier
    amount = Money.parse(request.amount, customer.branch.currency)
    check_positive(amount)
    due = DueCharge(
        id=uuid4(),
        kind=ChargeKind.FEE,
        category=request.category,
        service=_service(session, request.subscription_id, customer),
        subscription_id=request.subscription_id,
        period=period_of(customer.branch.today(clock)),
        amount=amount,
        open=amount,
    )
    _store(session, due, customer, request.note, actor, clock)
    idempotency.remember(session, scope, request.idempotency_key, due)
    about(session, "charge", due.id, category=due.category.value, amount_minor=amount.minor)
    return due


def _service(session: Session, subscription_id: UUID | None, customer: KnownCustomer) -> Service | None:
    if subscription_id is None:
        return None
    subscription = session.get(Subscription, subscription_id)
    if subscription is None or subscription.customer_id != customer.id:
        raise NotFound("There is no such subscription.", field="subscription_id")
    return Service(subscription.service)


def _store(
    session: Session, due: DueCharge, customer: KnownCustomer, note: str, actor: Actor, clock: Clock
) -> None:
    branch_id, currency = customer.branch.id, due.amount.currency
    entry_id = add_entry(
        session,
        kind=EntryKind.FEE,
        branch_id=branch_id,
        currency=currency,
        business_date=customer.branch.today(clock),
        actor=actor,
        clock=clock,
        source_id=due.id,
    )
    told = {
        "id": due.id,
        "customer_id": customer.id,
        "subscription_id": due.subscription_id,
        "kind": due.kind.value,
        "category": due.category.value,
        "service": due.service.value if due.service else None,
        "period": due.period,
        "amount_minor": due.amount.minor,
        "settled_minor": 0,
    }
    stored = {"branch_id": branch_id, "currency": currency, "note": note, "entry_id": entry_id}
    session.execute(insert(Charge), [{**told, **stored, "raised_at": clock.now()}])
    line = ChargedLine(due.id, customer.id, due.service, due.category, due.amount.minor)
    add_lines(session, entry_id, charge_lines([line]))
    charge = RaisedCharge.model_validate(told)
    emit(session, ChargesRaised(branch_id=branch_id, currency=currency, charges=(charge,)), clock)
