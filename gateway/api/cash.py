"""Cash desks and day sheets."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field

from contracts.calls.cash import (
    CashierDay,
    CashSession,
    CloseCashSession,
    DaySheet,
    GetCashSession,
    GetDaySheet,
    GetOwnCashSession,
    ListDaySheets,
    OpenCashSession,
    SheetPayment,
    SheetTotal,
    SheetVoid,
)
from contracts.cards import PaymentMode, Service
from contracts.errors import NotFound
from contracts.fields import Line
from gateway.api.resource import answer, resource
from gateway.api.shapes import Amount, Body, Day, KeyHeader, Parameters, Query, text_of
from gateway.rpc import ask

api = resource("cash", "cash-desk", "Cash desks with float and count, and the day sheets of cashiers")


class SessionPath(Parameters):
    """Which desk."""

    session_id: UUID


class SheetsPath(Parameters):
    """Which branch."""

    branch_id: UUID


class SheetQuery(Query):
    """Which day; today when none is given."""

    day: Day | None = None


class OneSheetQuery(SheetQuery):
    """Whose sheet; your own when nobody is named."""

    cashier: Annotated[Line, Field(max_length=200)] | None = None


class OpenBody(Body):
    """A desk is opened with what lies in it."""

    branch_id: UUID
    opening: Amount = "0"


class CloseBody(Body):
    """What was counted. With `expected`, what you looked at, nothing is closed when it has changed since (409)."""

    counted: Amount
    expected: Amount | None = None
    note: Annotated[Line, Field(max_length=200)] = ""


class CashSessionView(BaseModel):
    """A cash desk; all its amounts are in `currency`. expected = opening + cash_in - voids."""

    id: UUID
    branch_id: UUID
    cashier: str
    cashier_name: str
    business_date: date
    opened_at: datetime
    opening: str
    cash_in: str
    voids: str
    expected: str
    currency: str
    closed_at: datetime | None
    closed_by: str | None
    counted: str | None
    difference: str | None
    note: str

    @classmethod
    def of(cls, desk: CashSession) -> Self:
        """From the call's answer."""
        amounts = ("opening", "cash_in", "voids", "expected", "counted", "difference")
        shown = {name: text_of(getattr(desk, name)) for name in amounts}
        return cls(**desk.model_dump(exclude=set(amounts)), **shown, currency=desk.opening.currency)


class SheetPaymentView(BaseModel):
    """A payment of the day."""

    payment_number: str
    invoice_number: str
    customer_id: UUID
    crf: str
    customer_name: str
    mode: PaymentMode
    reference: str | None
    amount: str
    paid_at: datetime
    voided_on: date | None
    at_desk: bool


class SheetVoidView(BaseModel):
    """A payment voided on the day."""

    payment_number: str
    customer_id: UUID
    crf: str
    customer_name: str
    mode: PaymentMode
    amount: str
    paid_on: date
    reason: str


class SheetTotalView(BaseModel):
    """Taken and voided on the day of one service, in one mode."""

    mode: PaymentMode
    service: Service | None
    taken: str
    voided: str


class DaySheetView(BaseModel):
    """The day of one cashier in one branch; all amounts are in `currency`."""

    branch_id: UUID
    branch_name: str
    currency: str
    day: date
    cashier: str
    cashier_name: str
    payments: list[SheetPaymentView]
    voids: list[SheetVoidView]
    totals: list[SheetTotalView]
    sessions: list[CashSessionView]
    as_of: datetime

    @classmethod
    def of(cls, sheet: DaySheet) -> Self:
        """From the call's answer."""
        lists = {"payments", "voids", "totals", "sessions", "time_zone", "today"}
        return cls(
            **sheet.model_dump(exclude=lists),
            payments=[SheetPaymentView(**_texts(one, "amount")) for one in sheet.payments],
            voids=[SheetVoidView(**_texts(one, "amount")) for one in sheet.voids],
            totals=[SheetTotalView(**_texts(one, "taken", "voided")) for one in sheet.totals],
            sessions=[CashSessionView.of(one) for one in sheet.sessions],
        )


class CashierDayView(BaseModel):
    """A cashier's day in one line."""

    cashier: str
    cashier_name: str
    payments: int
    cash: str
    online: str
    voided: str
    sessions: list[CashSessionView]

    @classmethod
    def of(cls, one: CashierDay) -> Self:
        """From the call's answer."""
        shown = _texts(one, "cash", "online", "voided")
        return cls(**(shown | {"sessions": [CashSessionView.of(desk) for desk in one.sessions]}))


class CashierDaysView(BaseModel):
    """Everybody who took payments or opened a desk on the day."""

    branch_id: UUID
    day: date
    items: list[CashierDayView]


def _texts(view: SheetPayment | SheetVoid | SheetTotal | CashierDay, *amounts: str) -> dict[str, Any]:
    plain = view.model_dump(exclude={*amounts, "sessions"})
    return plain | {name: getattr(view, name).decimal_text() for name in amounts}


@api.post("/cash-sessions", responses={201: CashSessionView})
def open_session(header: KeyHeader, body: OpenBody) -> Response:
    """Open your cash desk; you have one at a time."""
    desk = ask(OpenCashSession(idempotency_key=header.key, **body.given()))
    return answer(CashSessionView.of(desk), 201, location=f"/cash-sessions/{desk.id}")


@api.get("/cash-sessions/current", responses={200: CashSessionView})
def show_own_session() -> Response:
    """The desk that you have open; 404 when there is none."""
    own = ask(GetOwnCashSession()).session
    if own is None:
        raise NotFound("You have no cash desk open.")
    return answer(CashSessionView.of(own))


@api.get("/cash-sessions/<uuid:session_id>", responses={200: CashSessionView})
def show_session(path: SessionPath) -> Response:
    """One cash desk."""
    return answer(CashSessionView.of(ask(GetCashSession(session_id=path.session_id))))


@api.post("/cash-sessions/<uuid:session_id>/close", responses={200: CashSessionView})
def close_session(path: SessionPath, header: KeyHeader, body: CloseBody) -> Response:
    """Close a desk with what was counted; what is over or short is posted to the books and needs a note."""
    desk = ask(CloseCashSession(session_id=path.session_id, idempotency_key=header.key, **body.given()))
    return answer(CashSessionView.of(desk))


@api.get("/branches/<uuid:branch_id>/cashiers", responses={200: CashierDaysView})
def list_cashiers(path: SheetsPath, query: SheetQuery) -> Response:
    """The cashiers of a branch's day (managers)."""
    found = ask(ListDaySheets(branch_id=path.branch_id, day=query.day))
    items = [CashierDayView.of(one) for one in found.items]
    return answer(CashierDaysView(branch_id=found.branch_id, day=found.day, items=items))


@api.get("/branches/<uuid:branch_id>/day-sheet", responses={200: DaySheetView})
def show_day_sheet(path: SheetsPath, query: OneSheetQuery) -> Response:
    """Your day in a branch, or a colleague's (managers)."""
    sheet = ask(GetDaySheet(branch_id=path.branch_id, day=query.day, cashier=query.cashier))
    return answer(DaySheetView.of(sheet))
