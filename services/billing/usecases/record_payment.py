"""Take a payment: allocate it, settle charges, write the books, issue the invoice, tell everybody (RULES,
payments).
"""

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from billing.cash import PAYMENT, cash_line, desk_for_payment
from billing.copies import KnownCustomer, find_customer
from billing.domain.payment_rules import (
    OnlinePaymentNotOffered,
    ReferenceUsed,
    check_mode,
    check_positive,
    check_seen,
)
from billing.dues import Due, open_dues
from billing.standing import write_standings
from billing.tables import CashLine, Payment
from billing.usecases.settle_charges import allot, paid_standings, settle
from billing.usecases.store_payment import (
    KeyUsed,
    TakenPayment,
    clash,
    issue_invoice,
    payment_made,
    store_payment,
    write_payment_entry,
)
from chassis.audit import about
from chassis.clock import Clock
from chassis.database import count_after_commit
from chassis.idempotency import IdempotencyKeyReused, fingerprint
from chassis.kill_points import reach
from chassis.metrics import PAYMENTS
from chassis.outbox import emit
from chassis.writes import add_rows, together
from contracts.actor import Actor, Right, Role
from contracts.calls.billing import PaymentRecorded, RecordPayment
from contracts.cards import PaymentMode
from contracts.money import Money


def record_payment(session: Session, request: RecordPayment, actor: Actor, clock: Clock) -> PaymentRecorded:
    """Take a payment and issue its invoice. The same key with the same request gives the same answer,
    `replayed`.

    Raises NotFound, Forbidden and the refusals that the contract of RecordPayment names.
    """
    customer = find_customer(session, request.customer_id, actor, lock=True)
    check_may_take(actor)
    said = fingerprint(request, "seen")  # the same payment, whatever its taker had looked at
    earlier = _earlier(session, actor, request.idempotency_key, said)
    if earlier is not None:
        return earlier
    dues = open_dues(session, customer.id, customer.branch.currency)
    taken = _checked(session, request, customer, dues, clock)
    desk = desk_for_payment(session, request.mode, actor, customer.branch)
    settled = [part for _, part in taken.parts]
    before, after = paid_standings(dues, settled, taken.today, customer.branch.expiry_policy)
    try:
        with together(session):
            settle(session, [(part.charge.id, part.amount.minor) for part in settled])
            write_standings(
                session, before, after, today=taken.today, reason="Payment taken.", actor=actor, clock=clock
            )
            entry_id = write_payment_entry(session, taken, request.mode, actor, clock)
            answer, invoice = issue_invoice(
                session, taken, after, request, actor
            )  # late: it locks the numbers
            used = KeyUsed(actor.subject, request.idempotency_key, said)
            store_payment(session, taken, answer, invoice, entry_id, used)
            if desk is not None:
                add_rows(session, CashLine, [cash_line(desk, taken.id, PAYMENT, taken.amount.minor)])
            emit(session, payment_made(taken, answer, invoice), clock)
            about(session, "payment", answer.payment_number, amount_minor=taken.amount.minor)
    except IntegrityError as error:
        raise clash(error) from None
    count_after_commit(session, PAYMENTS.labels(request.mode.value, customer.branch.card.code))
    reach("payment.before_commit")
    return answer


def check_may_take(actor: Actor) -> None:
    """Whether the actor takes payments at all. Raises Forbidden, OnlinePaymentNotOffered."""
    if actor.role is Role.CUSTOMER:
        raise OnlinePaymentNotOffered(
            "Start an online payment to pay by yourself; only money that has come is recorded here."
        )
    actor.require(Right.TAKE_PAYMENTS)


_OF_KEY = select(Payment.fingerprint, Payment.answer).where(
    Payment.caller == bindparam("caller"), Payment.idempotency_key == bindparam("key")
)


def _earlier(session: Session, actor: Actor, key: str, said: str) -> PaymentRecorded | None:
    """The answer that this caller's key got before. The customer's lock makes the second of two wait for
    the first.
    """
    found = session.connection().execute(_OF_KEY, {"caller": actor.subject, "key": key}).first()
    if found is None:
        return None
    if found.fingerprint != said:
        raise IdempotencyKeyReused(
            "This Idempotency-Key was used before for another payment; make a new key for a new payment.",
            field="Idempotency-Key",
        )
    return PaymentRecorded.model_validate(found.answer).model_copy(update={"replayed": True})


def _checked(
    session: Session, request: RecordPayment, customer: KnownCustomer, dues: Sequence[Due], clock: Clock
) -> TakenPayment:
    branch = customer.branch
    amount = Money.parse(request.amount, branch.currency)
    check_positive(amount)
    check_mode(request.mode, request.reference)
    parts = allot(amount, dues, request.service_kind, branch)
    check_seen(request.seen, [part for _, part in parts])
    if request.mode is PaymentMode.ONLINE:
        _check_reference(session, branch.id, request.reference)
    return TakenPayment(uuid4(), customer, amount, branch.today(clock), clock.now(), parts)


def _check_reference(session: Session, branch_id: UUID, reference: str | None) -> None:
    number = session.scalar(
        select(Payment.number).where(
            Payment.branch_id == branch_id,
            Payment.mode == PaymentMode.ONLINE.value,
            Payment.reference == reference,
        )
    )
    if number is not None:
        raise ReferenceUsed(
            f'The reference "{reference}" is on payment {number} already; check the number.',
            field="reference",
        )
