"""Payments: take, list, show, void."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field

from contracts.calls.billing import (
    GetPayment,
    ListPayments,
    PaymentPreview,
    PaymentRecorded,
    PreviewPayment,
    RecordPayment,
    VoidPayment,
)
from contracts.calls.billing import PaymentView as Payment
from contracts.cards import (
    Allocation,
    ChargeKind,
    FeeCategory,
    PaymentMode,
    Service,
    SubscriptionState,
    SubscriptionStatus,
)
from contracts.fields import Line, Period, Reason
from gateway.api.resource import answer, resource
from gateway.api.shapes import Amount, Body, CustomerPath, KeyHeader, PageQuery, Parameters
from gateway.rpc import ask

api = resource("payments", "payments", "Payments and what they settled")

Year = Annotated[int, Field(ge=2000, le=2100)]


class PaymentPath(Parameters):
    """Which payment."""

    number: str


class AllocationView(BaseModel):
    """The part of a payment that settled one charge; `open_after` is what was left of the charge."""

    charge_id: UUID
    subscription_id: UUID | None
    kind: ChargeKind
    category: FeeCategory
    service: Service | None
    period: Period
    amount: str
    charge_amount: str
    open_after: str

    @classmethod
    def of(cls, part: Allocation) -> Self:
        """From the card."""
        return cls(
            **part.model_dump(exclude={"amount", "charge_amount", "open_after"}),
            amount=part.amount.decimal_text(),
            charge_amount=part.charge_amount.decimal_text(),
            open_after=part.open_after.decimal_text(),
        )


class PaidSubscriptionView(BaseModel):
    """Where a subscription stands after the payment."""

    id: UUID
    service: Service
    plan_id: UUID
    plan_code: str
    plan_name: str
    status: SubscriptionStatus
    started_on: date
    expires_on: date


class PaymentView(BaseModel):
    """A payment; all its amounts are in `currency`."""

    id: UUID
    payment_number: str
    invoice_number: str
    customer_id: UUID
    branch_id: UUID
    amount: str
    currency: str
    mode: PaymentMode
    reference: str | None
    paid_on: date
    paid_at: datetime
    received_by: str
    allocations: list[AllocationView]
    voided: bool
    void_reason: str | None

    @classmethod
    def of(cls, payment: Payment) -> Self:
        """From the call's answer."""
        return cls(**_fields(payment))


class RecordedPaymentView(PaymentView):
    """A payment just taken or voided, with the customer's subscriptions as they stand now."""

    subscriptions: list[PaidSubscriptionView]

    @classmethod
    def of_recorded(cls, payment: PaymentRecorded) -> Self:
        """From the call's answer."""
        states = [_state(state) for state in payment.subscriptions]
        return cls(**_fields(payment), subscriptions=states)


class PaymentPreviewView(BaseModel):
    """What a payment would settle; all its amounts are in `currency`. `addressed` is the most that is taken.

    Sent along as `seen`, the `fingerprint` makes sure that the payment settles what is shown here and nothing else.
    """

    customer_id: UUID
    amount: str
    addressed: str
    currency: str
    fingerprint: str
    allocations: list[AllocationView]
    subscriptions: list[PaidSubscriptionView]

    @classmethod
    def of(cls, preview: PaymentPreview) -> Self:
        """From the call's answer."""
        return cls(
            customer_id=preview.customer_id,
            amount=preview.amount.decimal_text(),
            addressed=preview.addressed.decimal_text(),
            currency=preview.amount.currency,
            fingerprint=preview.fingerprint,
            allocations=[AllocationView.of(part) for part in preview.allocations],
            subscriptions=[_state(state) for state in preview.subscriptions],
        )


def _state(state: SubscriptionState) -> PaidSubscriptionView:
    return PaidSubscriptionView.model_validate(state.model_dump())


def _fields(payment: Payment) -> dict[str, Any]:
    return {
        **payment.model_dump(exclude={"amount", "allocations", "subscriptions", "replayed"}),
        "amount": payment.amount.decimal_text(),
        "currency": payment.amount.currency,
        "allocations": [AllocationView.of(part) for part in payment.allocations],
    }


class PaymentList(BaseModel):
    """Payments, newest first."""

    items: list[PaymentView]
    next: str | None


class PaymentQuery(PageQuery):
    """Payments of which year."""

    year: Year | None = None


class PaymentBody(Body):
    """A payment. `reference` is demanded when online; without `service` the oldest months of all are paid first."""

    amount: Amount
    mode: Literal["cash", "online"]
    reference: Annotated[Line, Field(max_length=80)] | None = None
    service: Service | None = None
    seen: Annotated[Line, Field(max_length=64)] | None = Field(
        None,
        description="`fingerprint` of a preview: 409 when the payment would settle something else by now",
    )


class PreviewQuery(Parameters):
    """A payment that somebody thinks of; without `amount` all that is open."""

    amount: Amount | None = None
    service: Service | None = None


class VoidBody(Body):
    """Why the payment is void."""

    reason: Reason


@api.get("/customers/<uuid:customer_id>/payments", responses={200: PaymentList})
def list_payments(path: CustomerPath, query: PaymentQuery) -> Response:
    """A customer's payments."""
    found = ask(ListPayments(customer_id=path.customer_id, **query.given()))
    return answer(PaymentList(items=[PaymentView.of(payment) for payment in found.items], next=found.next))


@api.get("/customers/<uuid:customer_id>/payments/preview", responses={200: PaymentPreviewView})
def preview_payment(path: CustomerPath, query: PreviewQuery) -> Response:
    """What a payment would settle and how the subscriptions would stand; nothing is changed."""
    found = ask(PreviewPayment(customer_id=path.customer_id, amount=query.amount, service_kind=query.service))
    return answer(PaymentPreviewView.of(found))


@api.post("/customers/<uuid:customer_id>/payments", responses={201: RecordedPaymentView})
def take_payment(path: CustomerPath, header: KeyHeader, body: PaymentBody) -> Response:
    """Take a payment. The answer to a repeated key carries `Idempotent-Replayed: true`."""
    payment = ask(
        RecordPayment(
            customer_id=path.customer_id,
            amount=body.amount,
            mode=PaymentMode(body.mode),
            reference=body.reference,
            service_kind=body.service,
            seen=body.seen,
            idempotency_key=header.key,
        )
    )
    view = RecordedPaymentView.of_recorded(payment)
    return answer(view, 201, location=f"/payments/{payment.payment_number}", replayed=payment.replayed)


@api.get("/payments/<document:number>", responses={200: PaymentView})
def show_payment(path: PaymentPath) -> Response:
    """One payment by its number."""
    return answer(PaymentView.of(ask(GetPayment(payment_number=path.number))))


@api.post("/payments/<document:number>/void", responses={200: RecordedPaymentView})
def void_payment(path: PaymentPath, body: VoidBody) -> Response:
    """Void a payment: it is reversed, its months open again, its numbers stay and are marked."""
    payment = ask(VoidPayment(payment_number=path.number, reason=body.reason))
    return answer(RecordedPaymentView.of_recorded(payment))
