"""Customers with dues, promises to pay, and a look at reminders; they are sent by POST /dunning-runs."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field

from contracts.calls.billing import DebtorFilter
from contracts.calls.billing import PromiseView as Promise
from contracts.calls.notify import PreviewMessage
from contracts.calls.reminders import (
    DebtorView,
    DraftReminder,
    GetPromise,
    ListDebtors,
    PreviewReminders,
    PromiseToPay,
    SumDebtors,
    WithdrawPromise,
)
from contracts.cards import ReminderStage, Service
from contracts.errors import NotFound
from contracts.fields import Line, Period
from contracts.money import Money
from gateway.api.resource import answer, resource
from gateway.api.runs import DunningChoice, SumView
from gateway.api.shapes import Body, Cursor, CustomerPath, Day, Query, Search
from gateway.rpc import ask

api = resource("reminders", "reminders", "Who owes, who promised to pay, and reminders before they are sent")


class PromiseView(BaseModel):
    """A promise to pay; until its day has passed, nobody is reminded."""

    promised_until: date
    note: str
    made_by: str
    made_at: datetime

    @classmethod
    def of(cls, promise: Promise) -> Self:
        """From the call's answer."""
        return cls.model_validate(promise.model_dump())


class PromiseAnswerView(BaseModel):
    """The promise that holds now, or null."""

    promise: PromiseView | None

    @classmethod
    def of(cls, promise: Promise | None) -> Self:
        """From the call's answer."""
        return cls(promise=PromiseView.of(promise) if promise else None)


class DebtorItem(BaseModel):
    """A customer with dues that are due. `stage`: what a reminder would be now."""

    customer_id: UUID
    branch_id: UUID
    crf: str
    name: str
    area: str
    has_email: bool
    total: str
    currency: str
    oldest: Period
    last_reminded: date | None
    promise: PromiseView | None
    stage: ReminderStage | None

    @classmethod
    def of(cls, debtor: DebtorView) -> Self:
        """From the call's answer."""
        promise = PromiseView.of(debtor.promise) if debtor.promise else None
        told = debtor.model_dump(exclude={"total", "promise"})
        return cls(**told, total=debtor.total.decimal_text(), currency=debtor.total.currency, promise=promise)


class DebtorListView(BaseModel):
    """Who owes longest first."""

    items: list[DebtorItem]
    next: str | None


class DebtorSumsView(BaseModel):
    """How many, and what they owe together."""

    customers: int
    totals: list[SumView]


class ReminderPreviewView(DebtorSumsView):
    """What a dunning run would do now; `left_out` of the chosen would not be reminded."""

    left_out: int


class MailView(BaseModel):
    """The mail as it would be now."""

    recipient: str
    subject: str
    text: str
    html: str


class DebtorQuery(Query):
    """Which customers with dues."""

    branch_id: UUID | None = None
    area: Search = ""
    service: Service | None = None
    older_than_months: Annotated[int, Field(ge=0, le=600)] | None = None
    minimum_amount: Annotated[str, Field(max_length=30)] | None = None
    promised: bool | None = None
    not_reminded_days: Annotated[int, Field(ge=1, le=3650)] | None = None

    def filter(self) -> DebtorFilter:
        """The filter as billing takes it."""
        given = self.given()
        for name in ("cursor", "limit"):
            given.pop(name, None)
        if "service" in given:
            given["service_kind"] = given.pop("service")
        return DebtorFilter(**given)


class DebtorPage(DebtorQuery):
    """Which customers with dues, and where in their list."""

    cursor: Cursor | None = Field(None, description="`next` of the page before")
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class PromiseBody(Body):
    """A promise to pay."""

    promised_until: Day
    note: Line = ""


@api.get("/debtors", responses={200: DebtorListView})
def list_debtors(query: DebtorPage) -> Response:
    """Customers with dues that are due, who owes longest first.

    With `minimum_amount` a page may have few items or none and still a `next`: go on until there is none.
    """
    found = ask(ListDebtors(filter=query.filter(), cursor=query.cursor, limit=query.limit))
    return answer(DebtorListView(items=[DebtorItem.of(one) for one in found.items], next=found.next))


@api.get("/debtors/sums", responses={200: DebtorSumsView})
def sum_debtors(query: DebtorQuery) -> Response:
    """How many customers have dues, and what they owe together."""
    sums = ask(SumDebtors(filter=query.filter()))
    return answer(DebtorSumsView(customers=sums.customers, totals=_sums(sums.totals)))


@api.post("/dunning-runs/preview", responses={200: ReminderPreviewView})
def preview_run(body: DunningChoice) -> Response:
    """What a dunning run with this choice would do now; nothing is sent."""
    choice = body.choice()
    seen = ask(PreviewReminders(**choice))
    return answer(
        ReminderPreviewView(customers=seen.customers, totals=_sums(seen.totals), left_out=seen.left_out)
    )


@api.get("/customers/<uuid:customer_id>/reminder", responses={200: MailView})
def preview_mail(path: CustomerPath) -> Response:
    """The reminder that a customer would get now, in its own words; nothing is sent."""
    draft = ask(DraftReminder(customer_id=path.customer_id))
    if draft.event is None:
        raise NotFound("Nothing is due, so there is no reminder.")
    made = ask(PreviewMessage(template="dues_outstanding", event=draft.event.model_dump(mode="json")))
    return answer(MailView(**made.model_dump()))


@api.get("/customers/<uuid:customer_id>/promise", responses={200: PromiseAnswerView})
def show_promise(path: CustomerPath) -> Response:
    """The promise to pay that holds now."""
    return answer(PromiseAnswerView.of(ask(GetPromise(customer_id=path.customer_id)).promise))


@api.post("/customers/<uuid:customer_id>/promise", responses={200: PromiseAnswerView})
def promise_to_pay(path: CustomerPath, body: PromiseBody) -> Response:
    """Note down a promise to pay; it replaces an earlier one."""
    return answer(
        PromiseAnswerView.of(ask(PromiseToPay(customer_id=path.customer_id, **body.given())).promise)
    )


@api.delete("/customers/<uuid:customer_id>/promise", responses={200: PromiseAnswerView})
def withdraw_promise(path: CustomerPath) -> Response:
    """The promise does not hold any more."""
    return answer(PromiseAnswerView.of(ask(WithdrawPromise(customer_id=path.customer_id)).promise))


def _sums(totals: tuple[Money, ...]) -> list[Any]:
    return [SumView(amount=one.decimal_text(), currency=one.currency) for one in totals]
