"""Writing a payment that fulfils every rule: entry, numbers, the rows, and the event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from billing.copies import KnownCustomer
from billing.domain.allocation import Part
from billing.domain.invoicing import invoice_line, invoice_on_payment
from billing.domain.journal import EntryKind, payment_lines
from billing.domain.numbers import Series
from billing.domain.payment_rules import ReferenceUsed, StillRunning
from billing.dues import Due
from billing.ledger import add_entry, add_lines, next_numbers
from billing.standing import Standing
from billing.tables import AllocationRow, Invoice, Payment
from chassis.clock import Clock
from chassis.writes import add_rows
from contracts.actor import Actor
from contracts.calls.billing import PaymentRecorded, RecordPayment
from contracts.cards import Allocation, InvoiceSnapshot, PaymentMode
from contracts.events import PaymentMade
from contracts.money import Money


@dataclass(frozen=True)
class KeyUsed:
    """The idempotency key of a payment: whose it is, and the digest of what was asked."""

    caller: str
    key: str
    fingerprint: str


@dataclass(frozen=True)
class TakenPayment:
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


def write_payment_entry(
    session: Session, taken: TakenPayment, mode: PaymentMode, actor: Actor, clock: Clock
) -> UUID:
    """The journal entry of the payment. Returns its id."""
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


def issue_invoice(
    session: Session, taken: TakenPayment, after: Sequence[Standing], request: RecordPayment, actor: Actor
) -> tuple[PaymentRecorded, InvoiceSnapshot]:
    """Number the payment and its invoice: what the caller is told, and the invoice as issued."""
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


def store_payment(
    session: Session,
    taken: TakenPayment,
    answer: PaymentRecorded,
    invoice: InvoiceSnapshot,
    entry_id: UUID,
    used: KeyUsed,
) -> None:
    """Store the payment, its allocations and its invoice. An IntegrityError becomes what `clash` says."""
    shared = {
        "branch_id": answer.branch_id,
        "customer_id": answer.customer_id,
        "currency": taken.amount.currency,
    }
    add_rows(session, Payment, [{**shared, **_payment_row(taken, answer, entry_id, used)}])
    add_rows(session, AllocationRow, _allocation_rows(taken))
    issued = {
        **shared,
        "id": uuid4(),
        "number": invoice.number,
        "payment_id": taken.id,
        "issued_on": taken.today,
        "total_minor": taken.amount.minor,
        "snapshot": invoice,
    }
    add_rows(session, Invoice, [issued])


def _payment_row(
    taken: TakenPayment, answer: PaymentRecorded, entry_id: UUID, used: KeyUsed
) -> dict[str, Any]:
    return {
        "id": taken.id,
        "number": answer.payment_number,
        "amount_minor": taken.amount.minor,
        "mode": answer.mode.value,
        "reference": answer.reference,
        "paid_on": taken.today,
        "paid_at": taken.now,
        "entry_id": entry_id,
        "caller": used.caller,
        "idempotency_key": used.key,
        "fingerprint": used.fingerprint,
        "answer": answer,
    }


def _allocation_rows(taken: TakenPayment) -> list[dict[str, object]]:
    return [
        {
            "payment_id": taken.id,
            "charge_id": part.charge.id,
            "position": position,
            "amount_minor": part.amount.minor,
        }
        for position, (_, part) in enumerate(taken.parts, start=1)
    ]


def clash(error: IntegrityError) -> Exception:
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


def payment_made(taken: TakenPayment, answer: PaymentRecorded, invoice: InvoiceSnapshot) -> PaymentMade:
    """The event, with the whole invoice in it."""
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
