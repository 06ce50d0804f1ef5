"""Reverse a payment (RULES, payments: void): a reversing entry, the months open again, the numbers stay."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from billing.cash import VOID, cash_line, desk_for_void
from billing.copies import KnownCustomer, find_customer
from billing.domain.journal import Account, EntryKind, JournalLine, reversed_lines
from billing.domain.payment_rules import PaymentAlreadyVoided
from billing.ledger import add_entry, add_lines
from billing.queries.payments import payment_by_number
from billing.standing import Standing, recomputed, standings, write_standings
from billing.tables import CashLine, JournalLineRow, Payment, PaymentVoid
from billing.usecases.settle_charges import settle
from chassis.audit import about
from chassis.clock import Clock
from chassis.outbox import emit
from contracts.actor import Actor, Right
from contracts.calls.billing import PaymentRecorded, VoidPayment
from contracts.cards import FeeCategory, Service
from contracts.events import PaymentVoided


def void_payment(session: Session, request: VoidPayment, actor: Actor, clock: Clock) -> PaymentRecorded:
    """Reverse a payment with a reason. Raises NotFound, Forbidden, PaymentAlreadyVoided."""
    payment = payment_by_number(session, request.payment_number)
    customer = find_customer(session, payment.customer_id, actor, lock=True, what="payment")
    actor.require_customer(payment.customer_id, payment.branch_id, "payment")
    actor.require(Right.VOID_PAYMENTS)
    _refuse_second_void(session, payment)
    answer = PaymentRecorded.model_validate(payment.answer)
    today = customer.branch.today(clock)
    entry_id = _reverse_entry(session, payment, customer, actor, clock)
    void = {"payment_id": payment.id, "entry_id": entry_id, "voided_on": today, "voided_at": clock.now()}
    session.execute(insert(PaymentVoid), [{**void, "voided_by": actor.subject, "reason": request.reason}])
    _hand_back(session, payment, actor)
    settle(session, [(part.charge_id, -part.amount.minor) for part in answer.allocations])
    touched = standings(
        session, {part.subscription_id for part in answer.allocations if part.subscription_id}
    )
    after = recomputed(session, touched, today, customer.branch.expiry_policy)
    write_standings(
        session,
        touched,
        after,
        today=today,
        reason=f"Payment {payment.number} voided.",
        actor=actor,
        clock=clock,
    )
    voided = _voided(answer, request.reason, after)
    emit(session, _event(payment, voided, customer, today), clock)
    about(session, "payment", payment.number, amount_minor=-payment.amount_minor)
    return voided


def _event(payment: Payment, voided: PaymentRecorded, customer: KnownCustomer, today: date) -> PaymentVoided:
    return PaymentVoided(
        payment_id=payment.id,
        payment_number=voided.payment_number,
        invoice_number=voided.invoice_number,
        customer=customer.card,
        branch_id=payment.branch_id,
        amount=voided.amount,
        voided_on=today,
        reason=voided.void_reason or "",
        allocations=voided.allocations,
        subscriptions=voided.subscriptions,
    )


def _voided(answer: PaymentRecorded, reason: str, after: Sequence[Standing]) -> PaymentRecorded:
    states = tuple(one.state() for one in after)
    return answer.model_copy(update={"voided": True, "void_reason": reason, "subscriptions": states})


def _hand_back(session: Session, payment: Payment, actor: Actor) -> None:
    """Cash leaves the desk that took it, or the voider's."""
    desk = desk_for_void(session, payment, actor)
    if desk is not None:
        session.execute(insert(CashLine), [cash_line(desk, payment.id, VOID, -payment.amount_minor)])


def _refuse_second_void(session: Session, payment: Payment) -> None:
    earlier = session.get(PaymentVoid, payment.id)
    if earlier is not None:
        raise PaymentAlreadyVoided(
            f"Payment {payment.number} was voided on {earlier.voided_on.isoformat()} already "
            f'("{earlier.reason}").'
        )


def _reverse_entry(
    session: Session, payment: Payment, customer: KnownCustomer, actor: Actor, clock: Clock
) -> UUID:
    entry_id = add_entry(
        session,
        kind=EntryKind.VOID,
        branch_id=payment.branch_id,
        currency=payment.currency,
        business_date=customer.branch.today(clock),
        actor=actor,
        clock=clock,
        source_id=payment.id,
        reverses=payment.entry_id,
    )
    rows = session.scalars(
        select(JournalLineRow)
        .where(JournalLineRow.entry_id == payment.entry_id)
        .order_by(JournalLineRow.line)
    )
    add_lines(session, entry_id, reversed_lines(_line(row) for row in rows))
    return entry_id


def _line(row: JournalLineRow) -> JournalLine:
    return JournalLine(
        Account(row.account),
        row.amount_minor,
        row.customer_id,
        row.charge_id,
        Service(row.service) if row.service else None,
        FeeCategory(row.category) if row.category else None,
    )
