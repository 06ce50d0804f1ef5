"""Calls of the cash desk: opened with a float, closed with a count, and the day sheet of each cashier."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.calls import Call, View
from contracts.calls.billing import AmountText
from contracts.cards import PaymentMode, Service
from contracts.fields import IdempotencyKey, Line
from contracts.money import Money

SERVICE = "billing"

Cashier = Annotated[str, Field(min_length=1, max_length=200)]
"""Whose desk or sheet: the `subject` of an actor."""


class CashSession(View):
    """A cash desk from opening to closing.

    `expected` = opening + cash_in - voids; `difference` = counted - expected.
    """

    id: UUID
    branch_id: UUID
    cashier: Cashier
    cashier_name: str
    business_date: date
    opened_at: datetime
    opening: Money
    cash_in: Money
    voids: Money
    """Cash handed back for payments that were voided."""
    expected: Money
    closed_at: datetime | None
    closed_by: str | None
    counted: Money | None
    difference: Money | None
    note: str


class OwnCashSession(View):
    """The desk that the actor has open; None when there is none."""

    session: CashSession | None


class GetOwnCashSession(Call[OwnCashSession]):
    """The open desk of the actor."""


class GetCashSession(Call[CashSession]):
    """One session: one's own, or in one's branches for those who make reports."""

    session_id: UUID


class OpenCashSession(Call[CashSession]):
    """Open one's cash desk with what lies in it. Raises CashSessionOpen: a cashier has one at a time."""

    branch_id: UUID
    opening: AmountText = "0"
    idempotency_key: IdempotencyKey | None = None


class CloseCashSession(Call[CashSession]):
    """Close a desk with what was counted; a difference is posted to the books.

    `expected` is what was looked at: when it has changed since, nothing is closed. Raises CashSessionClosed,
    ExpectedChanged, NoteRequired (there is a difference, and no note says why).
    """

    session_id: UUID
    counted: AmountText
    expected: AmountText | None = None
    note: Annotated[Line, Field(max_length=200)] = ""
    idempotency_key: IdempotencyKey | None = None


class SheetPayment(View):
    """A payment of the day. `voided_on`: it was voided, on that day or a later one."""

    payment_number: str
    invoice_number: str
    customer_id: UUID
    crf: str
    customer_name: str
    mode: PaymentMode
    reference: str | None
    amount: Money
    paid_at: datetime
    voided_on: date | None
    at_desk: bool
    """Taken at an open cash desk."""


class SheetVoid(View):
    """A payment that was voided on the day, whenever it was taken."""

    payment_number: str
    customer_id: UUID
    crf: str
    customer_name: str
    mode: PaymentMode
    amount: Money
    paid_on: date
    reason: str


class SheetTotal(View):
    """What was taken and what was voided on the day of one service (None: fees of no service), in one mode."""

    mode: PaymentMode
    service: Service | None
    taken: Money
    voided: Money


class DaySheet(View):
    """The day of one cashier in one branch, with or without a desk opened."""

    branch_id: UUID
    branch_name: str
    time_zone: str
    currency: str
    day: date
    today: date
    cashier: Cashier
    cashier_name: str
    payments: tuple[SheetPayment, ...]
    voids: tuple[SheetVoid, ...]
    totals: tuple[SheetTotal, ...]
    sessions: tuple[CashSession, ...]
    as_of: datetime


class GetDaySheet(Call[DaySheet]):
    """A cashier's day: one's own, or, for those who make reports, anybody's of their branches. Without a day: today."""

    branch_id: UUID
    day: date | None = None
    cashier: Cashier | None = None


class CashierDay(View):
    """A cashier's day in one line."""

    cashier: Cashier
    cashier_name: str
    payments: int
    cash: Money
    online: Money
    voided: Money
    """Of these payments, what does not stand any more."""
    sessions: tuple[CashSession, ...]


class CashierDays(View):
    """Everybody who took payments or opened a desk on a day in a branch, by name."""

    branch_id: UUID
    day: date
    items: tuple[CashierDay, ...]


class ListDaySheets(Call[CashierDays]):
    """The cashiers of a branch's day, for those who make reports. Without a day: today."""

    branch_id: UUID
    day: date | None = None
