"""The figures of the staff's first page."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field

from contracts.calls.dashboard import DashboardView, GetDashboard, MoneyFigures
from contracts.cards import PaymentMode, Service, SubscriptionStatus
from contracts.fields import Period
from gateway.api.resource import answer, resource
from gateway.api.shapes import Query
from gateway.rpc import ask

api = resource("dashboard", "dashboard", "Counts, renewals and money of the month")


class CountedStatus(BaseModel):
    """How many subscriptions of a service have a status."""

    service: Service
    status: SubscriptionStatus
    count: int


class CountedRenewals(BaseModel):
    """Active subscriptions that expire today, and from today to `days_ahead` days later."""

    service: Service
    today: int
    ahead: int


class ReceivedView(BaseModel):
    """Received this month for a service (null: fees of no service), by mode."""

    service: Service | None
    mode: PaymentMode
    amount: str
    currency: str


class PendingView(BaseModel):
    """Open of a service: of this month's charges, and of earlier months'."""

    service: Service | None
    this_month: str
    before: str
    currency: str


class DayView(BaseModel):
    """Taken on a day."""

    day: date
    amount: str
    currency: str


class MoneyView(BaseModel):
    """Amounts of the month so far."""

    received: list[ReceivedView]
    pending: list[PendingView]
    days: list[DayView]

    @classmethod
    def of(cls, money: MoneyFigures) -> Self:
        """From the call's answer."""
        return cls(
            received=[
                ReceivedView(service=one.service, mode=one.mode, amount=one.amount.decimal_text(),
                             currency=one.amount.currency)
                for one in money.received
            ],
            pending=[
                PendingView(service=one.service, this_month=one.this_month.decimal_text(),
                            before=one.before.decimal_text(), currency=one.this_month.currency)
                for one in money.pending
            ],
            days=[
                DayView(day=one.day, amount=one.amount.decimal_text(), currency=one.amount.currency)
                for one in money.days
            ],
        )  # fmt: skip


class FiguresView(BaseModel):
    """Figures as of a moment; `money` is null for those who see no takings.

    `counted` false: they are being counted for the first time and say nothing yet.
    """

    branch_id: UUID | None
    today: date
    month: Period
    days_ahead: int
    statuses: list[CountedStatus]
    renewals: list[CountedRenewals]
    money: MoneyView | None
    as_of: datetime
    counted: bool

    @classmethod
    def of(cls, figures: DashboardView) -> Self:
        """From the call's answer."""
        plain = figures.model_dump(exclude={"money"})
        return cls(**plain, money=MoneyView.of(figures.money) if figures.money else None)


class DashboardQuery(Query):
    """Which branch, and how far ahead to look for renewals."""

    branch_id: UUID | None = None
    days_ahead: Annotated[int, Field(ge=0, le=62)] = 7


@api.get("/dashboard", responses={200: FiguresView})
def show_dashboard(query: DashboardQuery) -> Response:
    """The figures of one branch, or of all of yours."""
    return answer(FiguresView.of(ask(GetDashboard(**query.given()))))
