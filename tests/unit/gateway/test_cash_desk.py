"""The cash desk's pages: open, count, close; the day sheet on the screen and as a file; managers see all cashiers."""

import csv
from datetime import date
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from contracts.actor import Role
from contracts.calls.cash import (
    CashierDay,
    CashierDays,
    CashSession,
    CloseCashSession,
    DaySheet,
    GetCashSession,
    GetDaySheet,
    GetOwnCashSession,
    ListDaySheets,
    OpenCashSession,
    OwnCashSession,
    SheetPayment,
    SheetTotal,
    SheetVoid,
)
from contracts.calls.customers import BranchList, CheckSession, ListBranches
from contracts.cards import PaymentMode, Service
from contracts.errors import Conflict, FieldError, NotFound, RuleBroken
from contracts.money import Money
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import BEARER, TOKEN, ScriptedClient
from tests.unit.gateway.test_desk import field
from tests.unit.gateway.test_pages import GOOD, submit

SESSION = UUID(int=21)
DESK = f"/cash-desk/{SESSION}"
NOTHING = Money.zero("INR")


def rupees(text: str) -> Money:
    return Money.parse(text, "INR")


def a_desk(expected: str = "1250.00", counted: str | None = None, cashier: str = "staff:1") -> CashSession:
    difference = rupees(counted) - rupees(expected) if counted else None
    return CashSession(
        id=SESSION, branch_id=answers.BRANCH, cashier=cashier, cashier_name="Asha <Rao>",
        business_date=answers.AT.date(), opened_at=answers.AT, opening=rupees("1000.00"),
        cash_in=rupees("250.00"), voids=NOTHING,
        expected=rupees(expected), closed_at=answers.AT if counted else None, closed_by="Asha" if counted else None,
        counted=rupees(counted) if counted else None, difference=difference, note="Small <coins>" if difference else "",
    )  # fmt: skip


def a_sheet(cashier: str = "staff:1") -> DaySheet:
    paid = SheetPayment(
        payment_number="MAIN-2026-000001", invoice_number="MAIN-2026-000001", customer_id=answers.CUSTOMER, crf="1001",
        customer_name="=HYPERLINK(1)", mode=PaymentMode.CASH, reference=None, amount=rupees("250.00"),
        paid_at=answers.AT, voided_on=None, at_desk=True,
    )  # fmt: skip
    void = SheetVoid(
        payment_number="MAIN-2026-000007", customer_id=answers.CUSTOMER, crf="1001", customer_name="Fish & Chips",
        mode=PaymentMode.CASH, amount=rupees("100.00"), paid_on=date(2026, 11, 20), reason="-1 Twice",
    )  # fmt: skip
    total = SheetTotal(
        mode=PaymentMode.CASH, service=Service.CABLE_TV, taken=rupees("250.00"), voided=rupees("100.00")
    )
    return DaySheet(
        branch_id=answers.BRANCH, branch_name="Main", time_zone="Asia/Kolkata", currency="INR", day=answers.AT.date(),
        today=answers.AT.date(), cashier=cashier, cashier_name="Asha Rao", payments=(paid,), voids=(void,),
        totals=(total,), sessions=(a_desk(),), as_of=answers.AT,
    )  # fmt: skip


@pytest.fixture
def desk(web: FlaskClient, bus: ScriptedClient) -> FlaskClient:
    """A cashier's browser; no desk is open."""
    bus.tell(ListBranches, BranchList(items=(answers.branch(),)))
    bus.tell(GetOwnCashSession, OwnCashSession(session=None))
    bus.tell(OpenCashSession, a_desk())
    bus.tell(GetCashSession, a_desk())
    bus.tell(CloseCashSession, a_desk(counted="1250.00"))
    bus.tell(GetDaySheet, a_sheet())
    submit(web, "/sign-in", GOOD)
    return web


def become(desk: FlaskClient, bus: ScriptedClient, role: Role) -> None:
    bus.tell(CheckSession, answers.issued(answers.me(role)))
    desk.application.extensions["headend.sessions"].forget(TOKEN)


def count(desk: FlaskClient, **fields: str) -> Any:
    page = desk.get(DESK)
    hidden = {name: field(page, name) for name in ("csrf_token", "key", "expected", "looked")}
    return desk.post(DESK, data={**hidden, "note": "", **fields})


def test_a_cashier_opens_the_desk_with_a_float(desk: FlaskClient, bus: ScriptedClient) -> None:
    page = desk.get("/cash-desk")
    assert "Open your cash desk" in page.text and 'aria-current="page">Cash desk' in page.text
    fields = {name: field(page, name) for name in ("csrf_token", "key", "branch_id")}
    done = desk.post("/cash-desk", data={**fields, "opening": " 1000.00 "})
    assert (done.status_code, done.headers["Location"]) == (303, "/cash-desk")
    asked = bus.last(OpenCashSession)
    assert (asked.branch_id, asked.opening, asked.idempotency_key) == (
        answers.BRANCH,
        "1000.00",
        fields["key"],
    )


def test_a_float_that_is_none_is_said_beside_it(desk: FlaskClient, bus: ScriptedClient) -> None:
    sentence = '"x" is not an amount'
    bus.tell(
        OpenCashSession,
        RuleBroken(sentence, errors=[FieldError(field="opening", code="x", message=sentence)]),
    )
    page = submit(desk, "/cash-desk", {"opening": "x", "key": "k", "branch_id": str(answers.BRANCH)})
    assert page.status_code == 422 and 'id="opening-error"' in page.text


def test_an_open_desk_says_what_should_lie_in_it(desk: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetOwnCashSession, OwnCashSession(session=a_desk()))
    page = desk.get("/cash-desk").text
    for words in ("Your cash desk", "₹1,000.00", "₹250.00", "₹1,250.00", "Count and close"):
        assert words in page, words


def test_a_count_that_is_right_closes_at_once(desk: FlaskClient, bus: ScriptedClient) -> None:
    done = count(desk, counted="1250")
    assert done.status_code == 303 and done.headers["Location"].startswith("/cash-desk/sheet?branch=")
    asked = bus.last(CloseCashSession)
    assert (asked.counted, asked.expected, asked.session_id) == ("1250", "1250.00", SESSION)


def test_a_difference_is_named_before_it_is_posted(desk: FlaskClient, bus: ScriptedClient) -> None:
    look = count(desk, counted="1200.00")
    assert (look.status_code, bus.count(CloseCashSession)) == (200, 0)
    assert "₹50.00 less than the ₹1,250.00 expected" in look.text
    assert "Close the desk with a difference of -₹50.00" in look.text
    bus.tell(CloseCashSession, a_desk(counted="1200.00"))
    hidden = {name: field(look, name) for name in ("csrf_token", "key", "expected", "looked", "counted")}
    assert desk.post(DESK, data={**hidden, "note": "A coin fell"}).status_code == 303
    assert bus.last(CloseCashSession).note == "A coin fell"
    again = desk.post(DESK, data={**hidden, "counted": "1199.00", "note": ""})
    assert again.status_code == 200 and "₹51.00 less" in again.text


def test_a_missing_note_is_said_beside_it_and_the_difference_stays(
    desk: FlaskClient, bus: ScriptedClient
) -> None:
    sentence = "Say in the note why."
    bus.tell(
        CloseCashSession, RuleBroken(sentence, errors=[FieldError(field="note", code="n", message=sentence)])
    )
    page = count(desk, counted="1200.00", looked="1200.00")
    assert page.status_code == 422 and 'id="note-error"' in page.text
    assert field(page, "looked") == "1200.00"


def test_a_desk_that_moved_is_shown_anew(desk: FlaskClient, bus: ScriptedClient) -> None:
    moved = [a_desk(), a_desk(), a_desk("1500.00")]
    bus.tell(GetCashSession, lambda asked: moved.pop(0) if len(moved) > 1 else moved[0])
    bus.tell(CloseCashSession, Conflict("Since you looked the desk has moved."))
    page = count(desk, counted="1250.00")
    assert page.status_code == 409
    assert "₹250.00 less than the ₹1,500.00" in page.text and field(page, "expected") == "1500.00"


@pytest.mark.parametrize("typed", ["", "abc", "1,2"])
def test_what_is_no_count_is_said_beside_it(desk: FlaskClient, bus: ScriptedClient, typed: str) -> None:
    page = count(desk, counted=typed)
    assert page.status_code in (400, 422) and 'id="counted-error"' in page.text
    assert bus.count(CloseCashSession) == 0


def test_a_closed_desk_offers_no_count(desk: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetCashSession, a_desk(counted="1200.00"))
    page = desk.get(DESK).text
    assert "Small &lt;coins&gt;" in page and "-₹50.00" in page and "Count and close" not in page


def test_the_day_sheet_has_all_that_a_till_roll_would(desk: FlaskClient) -> None:
    page = desk.get("/cash-desk/sheet").text
    for words in (
        "Day sheet of 21 Nov 2026", "MAIN-2026-000001", "1001", "₹250.00", "in all", "₹150.00", "Voided on this day",
        "-1 Twice", "Float", "₹1,250.00", "Still open", "Checked", "sheet.csv?branch=",
    ):  # fmt: skip
        assert words in page, words


def test_a_sheet_as_a_file_runs_no_formula(desk: FlaskClient) -> None:
    answer = desk.get("/cash-desk/sheet.csv")
    assert answer.mimetype == "text/csv"
    assert "day-sheet-2026-11-21-Asha Rao.csv" in answer.headers["Content-Disposition"]
    head, paid, void = csv.reader(StringIO(answer.data.decode("utf-8-sig")))
    assert (head[0], paid[3], paid[6]) == ("Payment", "'=HYPERLINK(1)", "250.00")
    assert (void[6], void[8]) == ("-100.00", "'-1 Twice")


@pytest.mark.parametrize(
    ("asked", "day"),
    [("", None), ("?day=2026-11-03", date(2026, 11, 3)), ("?day=x", None), ("?branch=x", None)],
)
def test_branch_and_day_are_in_the_address(
    desk: FlaskClient, bus: ScriptedClient, asked: str, day: date | None
) -> None:
    assert desk.get(f"/cash-desk/sheet{asked}").status_code == 200
    assert (bus.last(GetDaySheet).branch_id, bus.last(GetDaySheet).day) == (answers.BRANCH, day)


def test_who_has_no_branch_is_told_so(desk: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ListBranches, BranchList(items=()))
    assert "You have no branch yet" in desk.get("/cash-desk/sheet").text
    assert "You have no branch yet" in desk.get("/cash-desk").text


def test_a_manager_sees_all_cashiers_of_the_day(desk: FlaskClient, bus: ScriptedClient) -> None:
    become(desk, bus, Role.MANAGER)
    one = CashierDay(cashier="staff:2", cashier_name="Ravi & Co", payments=3, cash=rupees("750.00"), online=NOTHING,
                     voided=NOTHING, sessions=(a_desk(cashier="staff:2"),))  # fmt: skip
    other = one.model_copy(update={"cashier": "staff:3", "cashier_name": "Maya", "sessions": ()})
    bus.tell(ListDaySheets, CashierDays(branch_id=answers.BRANCH, day=answers.AT.date(), items=(one, other)))
    page = desk.get("/cash-desk/days").text
    for words in ("Ravi &amp; Co", "cashier=staff:2", "₹1,500.00", "open, ₹1,250.00 expected", "none opened"):
        assert words in page, words
    bus.tell(ListDaySheets, CashierDays(branch_id=answers.BRANCH, day=answers.AT.date(), items=()))
    assert "Nobody took a payment" in desk.get("/cash-desk/days").text


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.TECHNICIAN, Role.CUSTOMER])
def test_who_takes_no_payments_has_no_cash_desk(desk: FlaskClient, bus: ScriptedClient, role: Role) -> None:
    become(desk, bus, role)
    for path in ("/cash-desk", DESK, "/cash-desk/sheet", "/cash-desk/sheet.csv", "/cash-desk/days"):
        assert desk.get(path).status_code == 403
    assert 'href="/cash-desk"' not in desk.get("/password").text


def test_a_cashier_sees_no_list_of_colleagues(desk: FlaskClient, bus: ScriptedClient) -> None:
    assert desk.get("/cash-desk/days").status_code == 403
    assert "All cashiers" not in desk.get("/cash-desk").text


def test_a_hidden_desk_is_not_found(desk: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetCashSession, NotFound("There is no such cash desk."))
    assert desk.get(DESK).status_code == 404


def test_the_api_opens_closes_and_shows_the_day(desk: FlaskClient, bus: ScriptedClient) -> None:
    key = {**BEARER, "Idempotency-Key": "k"}
    made = desk.post(
        "/api/v1/cash-sessions", headers=key, json={"branch_id": str(answers.BRANCH), "opening": 1000}
    )
    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1/cash-sessions/{SESSION}")
    assert bus.last(OpenCashSession).idempotency_key == "k"
    body = {"counted": "1250.00", "expected": "1250.00"}
    closed: Any = desk.post(f"/api/v1/cash-sessions/{SESSION}/close", headers=key, json=body).json
    assert (closed["difference"], closed["currency"]) == ("0.00", "INR")
    assert desk.get("/api/v1/cash-sessions/current", headers=BEARER).status_code == 404
    bus.tell(GetOwnCashSession, OwnCashSession(session=a_desk()))
    current: Any = desk.get("/api/v1/cash-sessions/current", headers=BEARER).json
    assert (current["expected"], current["counted"]) == ("1250.00", None)
    sheet: Any = desk.get(f"/api/v1/branches/{answers.BRANCH}/day-sheet?day=2026-11-21", headers=BEARER).json
    assert (sheet["totals"][0]["voided"], sheet["sessions"][0]["opening"]) == ("100.00", "1000.00")
    assert desk.post("/api/v1/cash-sessions", headers=BEARER, json={}).status_code == 400
