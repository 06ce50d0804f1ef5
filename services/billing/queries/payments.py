"""Payments and invoices that an actor sees."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from billing.copies import find_customer
from billing.queries.cursors import cursor_of, key_of
from billing.tables import Invoice, Payment, PaymentVoid
from contracts.actor import Actor, Right
from contracts.calls.billing import (
    GetInvoice,
    GetPayment,
    InvoiceList,
    InvoiceView,
    ListInvoices,
    ListPayments,
    PaymentList,
    PaymentView,
)
from contracts.cards import InvoiceSnapshot
from contracts.errors import Invalid, NotFound


def payment_by_number(session: Session, number: str) -> Payment:
    """The payment; raises NotFound. Whether the actor sees it is the caller's to check."""
    payment = session.scalars(select(Payment).where(Payment.number == number)).first()
    if payment is None:
        raise NotFound("There is no such payment.")
    return payment


def get_payment(session: Session, request: GetPayment, actor: Actor) -> PaymentView:
    """One payment by its number. Raises NotFound, Forbidden."""
    payment = payment_by_number(session, request.payment_number)
    actor.require_customer(payment.customer_id, payment.branch_id, "payment")
    actor.require(Right.SEE_MONEY)
    void = session.get(PaymentVoid, payment.id)
    return _payment_view(payment.answer, void.reason if void else None)


def list_payments(session: Session, request: ListPayments, actor: Actor) -> PaymentList:
    """A customer's payments, newest first. Raises NotFound, Forbidden."""
    find_customer(session, request.customer_id, actor)
    actor.require(Right.SEE_MONEY)
    statement = (
        select(Payment.id, Payment.paid_at, Payment.answer, PaymentVoid.reason)
        .outerjoin(PaymentVoid, PaymentVoid.payment_id == Payment.id)
        .where(Payment.customer_id == request.customer_id)
        .order_by(Payment.paid_at.desc(), Payment.id.desc())
    )
    if request.year is not None:
        statement = statement.where(
            Payment.paid_on >= date(request.year, 1, 1), Payment.paid_on <= date(request.year, 12, 31)
        )
    if request.cursor:
        paid_at, payment_id = key_of(request.cursor, datetime.fromisoformat, UUID)
        earlier = (Payment.paid_at == paid_at) & (Payment.id < payment_id)
        statement = statement.where((Payment.paid_at < paid_at) | earlier)
    rows = session.execute(statement.limit(request.limit + 1)).all()
    page = rows[: request.limit]
    after = cursor_of(page[-1].paid_at.isoformat(), page[-1].id) if len(rows) > request.limit else None
    return PaymentList(items=tuple(_payment_view(row.answer, row.reason) for row in page), next=after)


def list_invoices(session: Session, request: ListInvoices, actor: Actor) -> InvoiceList:
    """Invoices that the actor sees, newest first. Raises NotFound, Forbidden."""
    statement = _seen(session, request, actor)
    if request.month is not None and request.year is None:
        raise Invalid("A month needs its year.", field="year")
    if request.year is not None:
        first, last = _span(request.year, request.month)
        statement = statement.where(Invoice.issued_on >= first, Invoice.issued_on < last)
    if request.cursor:
        day, number = key_of(request.cursor, date.fromisoformat, str)
        earlier = (Invoice.issued_on == day) & (Invoice.number < number)
        statement = statement.where((Invoice.issued_on < day) | earlier)
    rows = session.execute(statement.limit(request.limit + 1)).all()
    page = rows[: request.limit]
    after = cursor_of(page[-1].issued_on, page[-1].number) if len(rows) > request.limit else None
    return InvoiceList(items=tuple(_invoice_view(row) for row in page), next=after)


def get_invoice(session: Session, request: GetInvoice, actor: Actor) -> InvoiceSnapshot:
    """One invoice as issued, marked when its payment was voided. Raises NotFound, Forbidden."""
    found = session.execute(
        select(
            Invoice.customer_id, Invoice.branch_id, Invoice.snapshot, PaymentVoid.payment_id.label("voided")
        )
        .outerjoin(PaymentVoid, PaymentVoid.payment_id == Invoice.payment_id)
        .where(Invoice.number == request.number)
    ).first()
    if found is None:
        raise NotFound("There is no such invoice.")
    actor.require_customer(found.customer_id, found.branch_id, "invoice")
    actor.require(Right.SEE_MONEY)
    snapshot = InvoiceSnapshot.model_validate(found.snapshot)
    return snapshot.model_copy(update={"voided": found.voided is not None})


def _seen(session: Session, request: ListInvoices, actor: Actor) -> Select[Any]:
    statement = (
        select(
            Invoice.issued_on,
            Invoice.number,
            Invoice.snapshot,
            PaymentVoid.payment_id.label("voided"),
        )
        .outerjoin(PaymentVoid, PaymentVoid.payment_id == Invoice.payment_id)
        .order_by(Invoice.issued_on.desc(), Invoice.number.desc())
    )
    customer_id = request.customer_id or actor.customer_id
    if customer_id is not None:
        find_customer(session, customer_id, actor)
        statement = statement.where(Invoice.customer_id == customer_id)
    actor.require(Right.SEE_MONEY)
    if actor.customer_id is None and actor.branch_ids is not None:
        statement = statement.where(Invoice.branch_id.in_(list(actor.branch_ids)))
    return statement


def _span(year: int, month: int | None) -> tuple[date, date]:
    if month is None:
        return date(year, 1, 1), date(year + 1, 1, 1)
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def _payment_view(answer: dict[str, Any], void_reason: str | None) -> PaymentView:
    marks = {"voided": void_reason is not None, "void_reason": void_reason}
    return PaymentView.model_validate({**answer, **marks})


def _invoice_view(row: Any) -> InvoiceView:
    snapshot = InvoiceSnapshot.model_validate(row.snapshot)
    return InvoiceView(
        number=snapshot.number,
        customer_id=snapshot.customer_id,
        branch_id=snapshot.branch_id,
        issued_on=snapshot.issued_on,
        total=snapshot.total,
        payment_number=snapshot.payment_number,
        payment_mode=snapshot.payment_mode,
        voided=row.voided is not None,
        lines=snapshot.lines,
    )
