"""Payments, what they settled, and which of them were voided: three tables that are only added to."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.database import lock_key
from chassis.reactions import EventContext
from contracts.events import PaymentMade, PaymentVoided
from reports.projections.figures import note, paid
from reports.projections.newest import add_once
from reports.projections.people import keep_subscription
from reports.tables import CustomerCopy, Payment, PaymentAllocation, PaymentVoid


def payment_made(session: Session, event: PaymentMade, context: EventContext) -> None:
    """Keep the payment and its allocations, and where it left the subscriptions.

    Its customer and branch come by their own events, or by repair.
    """
    for subscription in event.subscriptions:
        keep_subscription(session, subscription)
    row = {
        "id": event.payment_id, "number": event.payment_number, "invoice_number": event.invoice.number,
        "branch_id": event.branch.id, "customer_id": event.customer.id, "amount_minor": event.amount.minor,
        "currency": event.amount.currency, "mode": event.mode.value, "reference": _reference(session, event),
        "paid_on": event.paid_on, "received_by": event.received_by,
    }  # fmt: skip
    _alone(session, event.payment_id)
    if add_once(session, Payment, [row]):
        add_once(session, PaymentAllocation, _allocations(event))
        if session.get(PaymentVoid, event.payment_id) is None:
            _note(session, event.payment_id, 1)


def _reference(session: Session, event: PaymentMade) -> str | None:
    """The reference that the payer gave, unless the payer was erased before their payment came."""
    if event.reference is None:
        return None
    payer = session.get(CustomerCopy, event.customer.id)
    return None if payer is not None and payer.card.get("erased") else event.reference


def payment_voided(session: Session, event: PaymentVoided, context: EventContext) -> None:
    """Keep that the payment no longer stands, whether or not the payment itself has come."""
    for subscription in event.subscriptions:
        keep_subscription(session, subscription)
    row = {"payment_id": event.payment_id, "voided_on": event.voided_on, "reason": event.reason}
    _alone(session, event.payment_id)
    if add_once(session, PaymentVoid, [row]):
        _note(session, event.payment_id, -1)


def _note(session: Session, payment_id: UUID, sign: int) -> None:
    """Count the payment, or take it back, when it is here."""
    payment = session.execute(select(Payment.__table__).where(Payment.id == payment_id)).first()
    if payment is not None:
        parts = select(PaymentAllocation.__table__).where(PaymentAllocation.payment_id == payment_id)
        note(session, paid(payment, session.execute(parts).all(), sign))


def _alone(session: Session, payment_id: UUID) -> None:
    """Let nobody look at this payment meanwhile: its void may be under way, and one of both must see the other."""
    lock_key(session, payment_id.int & 0x7FFF_FFFF_FFFF_FFFF)


def _allocations(event: PaymentMade) -> list[dict[str, Any]]:
    """One row per charge, even where a payment names a charge twice."""
    rows: dict[UUID, dict[str, Any]] = {}
    for allocation in event.allocations:
        row = rows.setdefault(
            allocation.charge_id,
            {
                "payment_id": event.payment_id, "charge_id": allocation.charge_id, "period": allocation.period,
                "service": allocation.service.value if allocation.service else None, "amount_minor": 0,
            },
        )  # fmt: skip
        row["amount_minor"] += allocation.amount.minor
    return list(rows.values())
