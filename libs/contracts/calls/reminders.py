"""Calls of the billing service: customers with dues, promises to pay, and reminders before they are sent."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.calls import Call, Page, View
from contracts.calls.billing import DebtorFilter, PromiseView
from contracts.cards import ReminderStage
from contracts.events import DuesOutstanding
from contracts.fields import Line, Period
from contracts.money import Money

SERVICE = "billing"


class PromiseAnswer(View):
    """The promise that holds now; None when there is none, or its day has passed."""

    promise: PromiseView | None


class DebtorView(View):
    """A customer with dues that are due."""

    customer_id: UUID
    branch_id: UUID
    crf: str
    name: str
    area: str
    has_email: bool
    total: Money
    oldest: Period
    """The oldest pending month."""
    last_reminded: date | None
    promise: PromiseView | None
    stage: ReminderStage | None
    """What a reminder would be now; None while the dues are younger than the branch's first stage."""


class DebtorList(Page):
    """Who owes longest first. With `minimum_amount` in the filter a page may have few items or none and a `next`: so
    many customers were looked at, and the next page goes on behind them.
    """

    items: tuple[DebtorView, ...]


class ListDebtors(Call[DebtorList]):
    """Customers of the actor's branches with dues that are due."""

    filter: DebtorFilter = DebtorFilter()
    cursor: Annotated[str, Field(max_length=400)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class DebtorSums(View):
    """How many customers, and what they owe together, one sum per currency. `complete` False: there are more than was
    asked for, and nothing was counted.
    """

    customers: int
    totals: tuple[Money, ...]
    complete: bool = True


class SumDebtors(Call[DebtorSums]):
    """The sums of a filtered list: this looks at every customer of it, so without `at_most` ask it only when somebody
    wants to know. `at_most` counts nothing where more customers would have to be looked at.
    """

    filter: DebtorFilter = DebtorFilter()
    at_most: Annotated[int, Field(ge=1)] | None = None


class ReminderPreview(View):
    """What a run would do now: `customers` would be reminded of `totals`, `left_out` of the chosen would not."""

    customers: int
    totals: tuple[Money, ...]
    left_out: int
    """They have a promise that holds, were reminded lately, or owe only younger months than the first stage."""
    complete: bool = True
    """False: there are more customers than was asked for, and nothing was counted."""


class PreviewReminders(Call[ReminderPreview]):
    """What StartDunningRun with the same choice would do now; nothing is sent. `at_most` as in SumDebtors."""

    filter: DebtorFilter = DebtorFilter()
    customer_ids: Annotated[tuple[UUID, ...], Field(max_length=500)] = ()
    force: bool = False
    at_most: Annotated[int, Field(ge=1)] | None = None


class ReminderDraft(View):
    """The event that would be emitted for a customer now; None when nothing is due."""

    event: DuesOutstanding | None


class DraftReminder(Call[ReminderDraft]):
    """The reminder of one customer as it would be now, for a look at its mail (notify.PreviewMessage)."""

    customer_id: UUID


class GetPromise(Call[PromiseAnswer]):
    """The promise of a customer that holds now."""

    customer_id: UUID


class PromiseToPay(Call[PromiseAnswer]):
    """Note down that a customer promised to pay; an earlier promise is replaced. Raises PromiseOutOfReach."""

    customer_id: UUID
    promised_until: date
    note: Line = ""


class WithdrawPromise(Call[PromiseAnswer]):
    """The promise does not hold any more: reminders go on. Raises NoPromise."""

    customer_id: UUID
