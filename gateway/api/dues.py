"""Dues: what a customer owes, and fees besides the monthly charge."""

from typing import Self
from uuid import UUID

from flask import Response
from pydantic import BaseModel

from contracts.calls.billing import DueCharge, DuesView, GetDues, RaiseFee
from contracts.cards import ChargeKind, FeeCategory, Service
from contracts.fields import Line, Period
from gateway.api.resource import answer, resource
from gateway.api.shapes import Amount, Body, CustomerPath, KeyHeader, text_of
from gateway.rpc import ask

api = resource("dues", "dues", "Open charges, and fees")


class OpenChargeView(BaseModel):
    """A charge of which `open` is left to pay."""

    id: UUID
    kind: ChargeKind
    category: FeeCategory
    service: Service | None
    subscription_id: UUID | None
    period: Period
    amount: str
    open: str

    @classmethod
    def of(cls, charge: DueCharge) -> Self:
        """From the call's answer."""
        return cls(
            **charge.model_dump(exclude={"amount", "open"}),
            amount=charge.amount.decimal_text(),
            open=charge.open.decimal_text(),
        )


class RaisedChargeView(OpenChargeView):
    """A fee that was raised."""

    customer_id: UUID
    currency: str


class CustomerDuesView(BaseModel):
    """What a customer owes. Who may not see amounts gets `total` null and `charges` empty."""

    customer_id: UUID
    has_dues: bool
    total: str | None
    currency: str | None
    minimum_payment: str | None
    periods: list[Period]
    charges: list[OpenChargeView]

    @classmethod
    def of(cls, dues: DuesView) -> Self:
        """From the call's answer."""
        return cls(
            customer_id=dues.customer_id,
            has_dues=dues.has_dues,
            total=text_of(dues.total),
            currency=dues.total.currency if dues.total is not None else None,
            minimum_payment=text_of(dues.minimum_payment),
            periods=list(dues.periods),
            charges=[OpenChargeView.of(charge) for charge in dues.charges],
        )


class FeeBody(Body):
    """A fee, due from the first day of the business month."""

    category: FeeCategory
    amount: Amount
    subscription_id: UUID | None = None
    note: Line = ""


@api.get("/customers/<uuid:customer_id>/dues", responses={200: CustomerDuesView})
def show_dues(path: CustomerPath) -> Response:
    """What a customer owes, oldest month first, cable TV before broadband."""
    return answer(CustomerDuesView.of(ask(GetDues(customer_id=path.customer_id))))


@api.post("/customers/<uuid:customer_id>/charges", responses={201: RaisedChargeView})
def raise_fee(path: CustomerPath, header: KeyHeader, body: FeeBody) -> Response:
    """Raise one fee on a customer."""
    charge = ask(RaiseFee(customer_id=path.customer_id, idempotency_key=header.key, **body.given()))
    view = RaisedChargeView(
        **OpenChargeView.of(charge).model_dump(),
        customer_id=path.customer_id,
        currency=charge.amount.currency,
    )
    return answer(view, 201, location=f"/customers/{path.customer_id}/dues")
