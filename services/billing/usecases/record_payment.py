"""Take a payment: allocate it, settle charges, write the books, issue the invoice, tell everybody (RULES,
payments).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from billing.copies import KnownCustomer, find_customer
from billing.domain.allocation import Part, allocate, total_open
from billing.domain.invoicing import invoice_line, invoice_on_payment
from billing.domain.journal import EntryKind, payment_lines
from billing.domain.numbers import Series
from billing.domain.payment_rules import (
    OnlinePaymentNotOffered,
    ReferenceUsed,
    StillRunning,
    check_amount,
    check_mode,
    check_positive,
)
from billing.dues import Due, of_service, open_dues
from billing.ledger import add_entry, add_lines, next_numbers
from billing.standing import Standing, write_standings
from billing.tables import AllocationRow, Invoice, Payment
from billing.usecases.settle_charges import paid_standings, settle
from chassis.clock import Clock
from chassis.idempotency import IdempotencyKeyReused, fingerprint
from chassis.outbox import emit
from contracts.actor import Actor, Right, Role
from contracts.calls.billing import PaymentRecorded, RecordPayment
from contracts.cards import Allocation, InvoiceSnapshot, PaymentMode
from contracts.events import PaymentMade
from contracts.money import Money


@dataclass(frozen=True)
class _Taken:
    """A payment that fulfils every rule, with its parts; nothing is written yet."""

    id: UUID
    customer: KnownCustomer
    amount: Money
    today: date
    now: datetime
    parts: tuple[tuple[Due, Part], ...]

    @property
    def allocations(self) -> tuple[Allocation, ...]:
        """The parts as others see them."""
        return tuple(due.allocation(part) for due, part in self.parts)


def record_payment(session: Session, request: RecordPayment, actor: Actor, clock: Clock) -> PaymentRecorded:
    """Take a payment and issue its invoice. The same key with the same request gives the same answer,
    `replayed`.

    Raises NotFound, Forbidden and the refusals that the contract of RecordPayment names.
    """
    customer = find_customer(session, request.customer_id, actor, lock=True)
    _check_may_take(actor)
    said = fingerprint(request)
    earlier = _earlier(session, actor, request.idempotency_key, said)
    if earlier is not None:
        return earlier
    dues = open_dues(session, customer.id, customer.branch.currency)
    taken = _checked(session, request, customer, dues, clock)
    settled = [part for _, part in taken.parts]
    before, after = paid_standings(session, dues, settled, taken.today, customer.branch.expiry_policy)
    settle(session, [(part.charge.id, part.amount.minor) for part in settled])
    write_standings(
        session, before, after, today=taken.today, reason="Payment taken.", actor=actor, clock=clock
    )
    entry_id = _write_entry(session, taken, request.mode, actor, clock)
    answer, invoice = _issue(session, taken, after, request, actor)
    _store(session, taken, answer, invoice, entry_id, (actor.subject, request.idempotency_key, said))
    emit(session, _event(taken, answer, invoice), clock)
    return answer


def _check_may_take(actor: Actor) -> None:
    if actor.role is Role.CUSTOMER:
        raise OnlinePaymentNotOffered(
            "Paying online by yourself is not offered yet; please pay at your branch."
        )
    actor.require(Right.TAKE_PAYMENTS)


def _earlier(session: Session, actor: Actor, key: str, said: str) -> PaymentRecorded | None:
    """The answer that this caller's key got before. The customer's lock makes the second of two wait for
    the first.
    """
    found = session.execute(
        select(Payment.fingerprint, Payment.answer).where(
            Payment.caller == actor.subject, Payment.idempotency_key == key
        )
    ).first()
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
) -> _Taken:
    branch, service = customer.branch, request.service_kind
    amount = Money.parse(request.amount, branch.currency)
    check_positive(amount)
    check_mode(request.mode, request.reference)
    addressed = {due.charge.id: due for due in of_service(dues, service)}
    charges = [due.charge for due in addressed.values()]
    check_amount(amount, total_open(charges, branch.currency), branch.minimum_payment, service)
    if request.mode is PaymentMode.ONLINE:
        _check_reference(session, branch.id, request.reference)
    parts = tuple((addressed[part.charge.id], part) for part in allocate(amount, charges))
    return _Taken(uuid4(), customer, amount, branch.today(clock), clock.now(), parts)


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


def _write_entry(session: Session, taken: _Taken, mode: PaymentMode, actor: Actor, clock: Clock) -> UUID:
    entry_id = add_entry(
        session,
        kind=EntryKind.PAYMENT,
        branch_id=taken.customer.branch.id,
        currency=taken.amount.currency,
        business_date=taken.today,
        actor=actor,
        clock=clock,
        source_id=taken.id,
    )
    lines = payment_lines(taken.customer.id, mode, [(part, due.category) for due, part in taken.parts])
    add_lines(session, entry_id, lines)
    return entry_id


def _issue(
    session: Session, taken: _Taken, after: Sequence[Standing], request: RecordPayment, actor: Actor
) -> tuple[PaymentRecorded, InvoiceSnapshot]:
    branch = taken.customer.branch.card
    payment_number, number = next_numbers(session, branch, taken.today, Series.PAYMENT, Series.INVOICE)
    names = [due.subscription.plan_name if due.subscription else "" for due, _ in taken.parts]
    invoice = invoice_on_payment(
        number=number,
        payment_number=payment_number,
        branch=branch,
        customer=taken.customer.card,
        lines=[invoice_line(one, name) for one, name in zip(taken.allocations, names, strict=True)],
        total=taken.amount,
        mode=request.mode,
        reference=request.reference,
        received_by=actor.name,
        issued_on=taken.today,
        issued_at=taken.now,
    )
    answer = PaymentRecorded(
        id=taken.id,
        payment_number=payment_number,
        invoice_number=number,
        customer_id=taken.customer.id,
        branch_id=branch.id,
        amount=taken.amount,
        mode=request.mode,
        reference=request.reference,
        paid_on=taken.today,
        paid_at=taken.now,
        received_by=actor.name,
        allocations=taken.allocations,
        voided=False,
        void_reason=None,
        subscriptions=tuple(one.state() for one in after),
    )
    return answer, invoice


def _store(
    session: Session,
    taken: _Taken,
    answer: PaymentRecorded,
    invoice: InvoiceSnapshot,
    entry_id: UUID,
    key: tuple[str, str, str],
) -> None:
    shared = {
        "branch_id": answer.branch_id,
        "customer_id": answer.customer_id,
        "currency": taken.amount.currency,
    }
    caller, idempotency_key, said = key
    payment = {
        **shared,
        "id": taken.id,
        "number": answer.payment_number,
        "amount_minor": taken.amount.minor,
        "mode": answer.mode.value,
        "reference": answer.reference,
        "paid_on": taken.today,
        "paid_at": taken.now,
        "entry_id": entry_id,
        "caller": caller,
        "idempotency_key": idempotency_key,
        "fingerprint": said,
        "answer": answer.model_dump(mode="json"),
    }
    try:
        session.execute(insert(Payment), [payment])
    except IntegrityError as error:
        raise _clash(error) from None
    session.execute(insert(AllocationRow), _allocation_rows(taken))
    issued = {
        **shared,
        "id": uuid4(),
        "number": invoice.number,
        "payment_id": taken.id,
        "issued_on": taken.today,
        "total_minor": taken.amount.minor,
        "snapshot": invoice.model_dump(mode="json"),
    }
    session.execute(insert(Invoice), [issued])


def _allocation_rows(taken: _Taken) -> list[dict[str, object]]:
    return [
        {
            "payment_id": taken.id,
            "charge_id": part.charge.id,
            "position": position,
            "amount_minor": part.amount.minor,
        }
        for position, (_, part) in enumerate(taken.parts, start=1)
    ]


def _clash(error: IntegrityError) -> Exception:
    """Two requests for different customers met on one key or one reference; the other one was first."""
    if "idempotency_key" in str(error.orig):
        return StillRunning(
            "A request with this Idempotency-Key is being carried out; try again in a moment."
        )
    if "reference" in str(error.orig):
        return ReferenceUsed(
            "This reference is on another payment already; check the number.", field="reference"
        )
    return error


def _event(taken: _Taken, answer: PaymentRecorded, invoice: InvoiceSnapshot) -> PaymentMade:
    return PaymentMade(
        payment_id=taken.id,
        payment_number=answer.payment_number,
        customer=taken.customer.card,
        branch=taken.customer.branch.card,
        amount=taken.amount,
        mode=answer.mode,
        reference=answer.reference,
        paid_on=taken.today,
        received_by=answer.received_by,
        allocations=answer.allocations,
        subscriptions=answer.subscriptions,
        invoice=invoice,
    )
