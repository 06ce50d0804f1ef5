"""A customer's year: what was charged and paid, month by month."""

from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field

from contracts.calls.years import GetYear, MonthState, YearFee, YearMonth, YearView
from contracts.cards import FeeCategory, PaymentMode, Service, SubscriptionStatus
from contracts.fields import Period
from gateway.api.resource import answer, resource
from gateway.api.shapes import Parameters, text_of
from gateway.rpc import ask

api = resource("years", "years", "A customer's year, month by month")


class YearPath(Parameters):
    """Whose year, and which."""

    customer_id: UUID
    year: Annotated[int, Field(ge=1950, le=2100)]


class PaidPartView(BaseModel):
    """What one payment settled of a month or fee."""

    payment_number: str
    invoice_number: str
    paid_on: date
    mode: PaymentMode
    reference: str | None
    received_by: str
    amount: str


class MonthView(BaseModel):
    """A month of a subscription, or the month of a fee. Amounts are null where nothing was charged."""

    period: Period
    state: MonthState
    amount: str | None
    open: str | None
    before_import: str | None
    parts: list[PaidPartView]

    @classmethod
    def of(cls, month: YearMonth) -> Self:
        """From the call's answer."""
        return cls(
            period=month.period,
            state=month.state,
            amount=text_of(month.amount),
            open=text_of(month.open),
            before_import=text_of(month.before_import),
            parts=[
                PaidPartView(**part.model_dump(exclude={"amount"}), amount=part.amount.decimal_text())
                for part in month.parts
            ],
        )


class YearSubscriptionView(BaseModel):
    """A subscription with its twelve months."""

    subscription_id: UUID
    service: Service
    plan_name: str
    status: SubscriptionStatus
    months: list[MonthView]


class YearFeeView(BaseModel):
    """A fee."""

    charge_id: UUID
    category: FeeCategory
    service: Service | None
    note: str
    month: MonthView

    @classmethod
    def of(cls, fee: YearFee) -> Self:
        """From the call's answer."""
        return cls(**_plain(fee, "month"), month=MonthView.of(fee.month))


class CustomerYearView(BaseModel):
    """A customer's year; all amounts are in `currency`."""

    customer_id: UUID
    year: int
    subscriptions: list[YearSubscriptionView]
    fees: list[YearFeeView]
    charged: str
    paid: str
    open: str
    currency: str

    @classmethod
    def of(cls, year: YearView) -> Self:
        """From the call's answer."""
        return cls(
            customer_id=year.customer_id,
            year=year.year,
            subscriptions=[
                YearSubscriptionView(
                    **_plain(row, "months"), months=[MonthView.of(month) for month in row.months]
                )
                for row in year.rows
            ],
            fees=[YearFeeView.of(fee) for fee in year.fees],
            charged=year.charged.decimal_text(),
            paid=year.paid.decimal_text(),
            open=year.open.decimal_text(),
            currency=year.charged.currency,
        )


def _plain(view: BaseModel, *but: str) -> dict[str, Any]:
    return view.model_dump(exclude=set(but))


@api.get("/customers/<uuid:customer_id>/years/<int:year>", responses={200: CustomerYearView})
def show_year(path: YearPath) -> Response:
    """Twelve months of each subscription, and the fees of the year."""
    return answer(CustomerYearView.of(ask(GetYear(customer_id=path.customer_id, year=path.year))))
