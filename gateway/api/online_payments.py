"""Payments that customers make by themselves, what staff decide about them, and what providers tell us."""

from datetime import UTC, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field

from contracts.calls.online_payments import (
    ConfirmOnlinePayment,
    GetOnlineOptions,
    GetOnlinePayment,
    GiveReference,
    ListOnlinePayments,
    MarkRefunded,
    OnlineProvider,
    OnlineState,
    RefuseOnlinePayment,
    SettleOnlinePayment,
    StartOnlinePayment,
)
from contracts.calls.online_payments import OnlinePaymentView as Online
from contracts.cards import Service
from contracts.fields import Line, Reason
from gateway.api.resource import answer, resource
from gateway.api.shapes import Amount, Body, CustomerPath, KeyHeader, PageQuery, Parameters, Whole, YesNo
from gateway.rpc import ask, ask_anonymously

api = resource("online_payments", "online payments", "Payments that customers make by themselves")
callbacks = resource(
    "callbacks", "online payments", "Payments that customers make by themselves", open_to_all=True
)

Reference = Annotated[Line, Field(min_length=4, max_length=80)]


class OnlinePaymentPath(Parameters):
    """Which online payment."""

    online_payment_id: UUID


class PayToView(BaseModel):
    """The branch's accounts that customers may pay to; empty where there is none."""

    account_name: str
    upi_id: str
    iban: str
    bic: str


class OnlinePaymentView(BaseModel):
    """An online payment; `amount` and `received` are in their currencies."""

    id: UUID
    code: str
    provider: OnlineProvider
    state: OnlineState
    customer_id: UUID
    customer_name: str
    crf: str
    branch_id: UUID
    amount: str
    currency: str
    service: Service | None
    reference: str | None
    problem: str | None
    received: str | None
    received_currency: str | None
    payment_number: str | None
    decided_by: str | None
    started_at: datetime
    changed_at: datetime
    redirect_to: str | None
    pay_to: PayToView

    @classmethod
    def of(cls, one: Online) -> Self:
        """From the call's answer."""
        fields: dict[str, Any] = one.model_dump(exclude={"amount", "received", "service_kind"})
        return cls(
            **fields,
            amount=one.amount.decimal_text(),
            currency=one.amount.currency,
            service=one.service_kind,
            received=one.received.decimal_text() if one.received else None,
            received_currency=one.received.currency if one.received else None,
        )


class OnlinePaymentList(BaseModel):
    """Online payments, who has waited longest first."""

    items: list[OnlinePaymentView]
    next: str | None


class OnlineOptionsView(BaseModel):
    """How a customer may pay by themselves, and what of theirs waits for confirmation."""

    customer_id: UUID
    providers: list[OnlineProvider]
    pay_to: PayToView
    waiting: list[OnlinePaymentView]


class OnlinePaymentQuery(PageQuery):
    """Online payments in which state, of which branch."""

    state: OnlineState | None = None
    branch_id: UUID | None = None


class OnlinePaymentBody(Body):
    """What the customer means to pay, and how; without `service` the oldest months of all are paid first."""

    amount: Amount
    provider: OnlineProvider
    service: Service | None = None


class ReferenceBody(Body):
    """The number under which the customer paid, as the bank or the app shows it."""

    reference: Reference


class DecisionBody(Body):
    """Why, or how."""

    reason: Reason


class CallbackBody(Body):
    """What the provider says, with `at` in seconds since 1970. The signature is HMAC-SHA256 in hex over the other
    fields and the provider's name, as docs/decisions/0009-online-payments.md says.
    """

    online_payment_id: UUID
    is_paid: YesNo
    amount_minor: Annotated[Whole, Field(ge=0)]
    currency: Annotated[Line, Field(min_length=3, max_length=3)]
    reference: Annotated[Line, Field(min_length=1, max_length=80)]
    at: Annotated[Whole, Field(ge=0, le=4_000_000_000)]
    signature: Annotated[str, Field(max_length=64)]


class CallbackPath(Parameters):
    """Which provider."""

    provider: OnlineProvider


class CallbackView(BaseModel):
    """What became of the payment."""

    state: OnlineState


@api.get("/customers/<uuid:customer_id>/online-payments/options", responses={200: OnlineOptionsView})
def show_options(path: CustomerPath) -> Response:
    """How this customer may pay by themselves."""
    found = ask(GetOnlineOptions(customer_id=path.customer_id))
    view = OnlineOptionsView(
        customer_id=found.customer_id,
        providers=list(found.providers),
        pay_to=PayToView.model_validate(found.pay_to.model_dump()),
        waiting=[OnlinePaymentView.of(one) for one in found.waiting],
    )
    return answer(view)


@api.post("/customers/<uuid:customer_id>/online-payments", responses={201: OnlinePaymentView})
def start_online_payment(path: CustomerPath, header: KeyHeader, body: OnlinePaymentBody) -> Response:
    """Start to pay (customers). No money has moved yet; `redirect_to` and `pay_to` say where it is to go."""
    one = ask(
        StartOnlinePayment(
            customer_id=path.customer_id,
            amount=body.amount,
            provider=body.provider,
            service_kind=body.service,
            idempotency_key=header.key,
        )
    )
    return answer(OnlinePaymentView.of(one), 201, location=f"/online-payments/{one.id}")


@api.get("/online-payments", responses={200: OnlinePaymentList})
def list_online_payments(query: OnlinePaymentQuery) -> Response:
    """Online payments of your branches; of customers their own."""
    found = ask(ListOnlinePayments(**query.given()))
    return answer(
        OnlinePaymentList(items=[OnlinePaymentView.of(one) for one in found.items], next=found.next)
    )


@api.get("/online-payments/<uuid:online_payment_id>", responses={200: OnlinePaymentView})
def show_online_payment(path: OnlinePaymentPath) -> Response:
    """One online payment."""
    return answer(OnlinePaymentView.of(ask(GetOnlinePayment(online_payment_id=path.online_payment_id))))


@api.post("/online-payments/<uuid:online_payment_id>/reference", responses={200: OnlinePaymentView})
def give_reference(path: OnlinePaymentPath, body: ReferenceBody) -> Response:
    """Say under which number you paid (customers); your branch looks for the money then."""
    asked = GiveReference(online_payment_id=path.online_payment_id, reference=body.reference)
    return answer(OnlinePaymentView.of(ask(asked)))


@api.post("/online-payments/<uuid:online_payment_id>/confirmation", responses={200: OnlinePaymentView})
def confirm_online_payment(path: OnlinePaymentPath) -> Response:
    """The money is there: the payment is recorded, once; where nothing is open any more it is `unallocated`."""
    return answer(OnlinePaymentView.of(ask(ConfirmOnlinePayment(online_payment_id=path.online_payment_id))))


@api.post("/online-payments/<uuid:online_payment_id>/refusal", responses={200: OnlinePaymentView})
def refuse_online_payment(path: OnlinePaymentPath, body: DecisionBody) -> Response:
    """There is no such money."""
    asked = RefuseOnlinePayment(online_payment_id=path.online_payment_id, reason=body.reason)
    return answer(OnlinePaymentView.of(ask(asked)))


@api.post("/online-payments/<uuid:online_payment_id>/refund", responses={200: OnlinePaymentView})
def mark_refunded(path: OnlinePaymentPath, body: DecisionBody) -> Response:
    """Money that was kept as `unallocated` was given back (managers); `reason` says how."""
    asked = MarkRefunded(online_payment_id=path.online_payment_id, reason=body.reason)
    return answer(OnlinePaymentView.of(ask(asked)))


@callbacks.post("/online-payments/callbacks/<provider>", responses={200: CallbackView})
def settle_online_payment(path: CallbackPath, body: CallbackBody) -> Response:
    """For payment providers: what became of a payment, signed. Said twice, it is carried out once."""
    at = datetime.fromtimestamp(body.at, UTC)
    done = ask_anonymously(
        SettleOnlinePayment(provider=path.provider, at=at, **body.model_dump(exclude={"at"}))
    )
    return answer(CallbackView(state=done.state))
