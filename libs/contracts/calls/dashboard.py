"""The call behind the staff's first page: figures of one branch, or of all that the actor sees."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.calls import Call, View
from contracts.cards import PaymentMode, Service, SubscriptionStatus
from contracts.fields import Period
from contracts.money import Money

SERVICE = "reports"


class StatusCount(View):
    """How many subscriptions of a service have a status."""

    service: Service
    status: SubscriptionStatus
    count: int


class RenewalCount(View):
    """Active subscriptions of a service that expire today, and from today to so many days ahead, today included."""

    service: Service
    today: int
    ahead: int


class ReceivedAmount(View):
    """What payments of this month that stand have settled of one service (None: fees of no service), by mode."""

    service: Service | None
    mode: PaymentMode
    amount: Money


class PendingAmount(View):
    """What is open of one service: of this month's charges, and of those of the months before."""

    service: Service | None
    this_month: Money
    before: Money


class DayTakings(View):
    """What payments of one day that stand amount to."""

    day: date
    amount: Money


class MoneyFigures(View):
    """Amounts of this month; `days` has every day up to today, for each currency."""

    received: tuple[ReceivedAmount, ...]
    pending: tuple[PendingAmount, ...]
    days: tuple[DayTakings, ...]


class DashboardView(View):
    """Figures as of a moment. `money` None: the actor's role sees no takings (RULES, who may do what).

    `as_of`: everything that happened until then is counted. `counted` False: the figures are being counted for the
    first time, and say nothing yet.
    """

    branch_id: UUID | None
    today: date
    month: Period
    days_ahead: int
    statuses: tuple[StatusCount, ...]
    renewals: tuple[RenewalCount, ...]
    money: MoneyFigures | None
    as_of: datetime
    counted: bool


class GetDashboard(Call[DashboardView]):
    """The figures. Without a branch: all that the actor sees."""

    branch_id: UUID | None = None
    days_ahead: Annotated[int, Field(ge=0, le=62)] = 7
