"""The call behind the year grid of a customer: twelve months of each subscription, and the fees."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.calls import Call, View
from contracts.cards import FeeCategory, PaymentMode, Service, SubscriptionStatus
from contracts.fields import Period
from contracts.money import Money

SERVICE = "billing"


class MonthState(StrEnum):
    """How a month, or a fee, stands."""

    NOT_CHARGED = "not_charged"
    OPEN = "open"
    PART_PAID = "part_paid"
    PAID = "paid"


class PaidPart(View):
    """What one payment that stands settled of a charge: when, how, who took it, and its papers."""

    payment_number: str
    invoice_number: str
    paid_on: date
    mode: PaymentMode
    reference: str | None
    received_by: str
    amount: Money


class YearMonth(View):
    """One month of a subscription. Amounts are None where nothing was charged.

    `before_import`: what was settled before these books began, of which no payment is known here.
    """

    period: Period
    state: MonthState
    amount: Money | None
    open: Money | None
    before_import: Money | None
    parts: tuple[PaidPart, ...]


class YearRow(View):
    """A subscription with its twelve months."""

    subscription_id: UUID
    service: Service
    plan_name: str
    status: SubscriptionStatus
    months: tuple[YearMonth, ...]


class YearFee(View):
    """A fee of the year."""

    charge_id: UUID
    category: FeeCategory
    service: Service | None
    note: str
    month: YearMonth


class YearView(View):
    """A customer's year; the sums are over everything charged for its months."""

    customer_id: UUID
    year: int
    this_period: Period
    """The business month of today, so that months to come can be told from months left out."""
    rows: tuple[YearRow, ...]
    fees: tuple[YearFee, ...]
    charged: Money
    paid: Money
    open: Money


class GetYear(Call[YearView]):
    """One year of one customer, the business year of today when none is named."""

    customer_id: UUID
    year: Annotated[int, Field(ge=1950, le=2100)] | None = None
