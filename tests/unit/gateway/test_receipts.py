"""After a payment: its receipt on a roll, its reversal, and the way to it by its number (C38, C39)."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contracts.actor import Role
from contracts.calls.billing import (
    GetDues,
    GetInvoice,
    GetPayment,
    ListSubscriptions,
    PreviewPayment,
    RecordPayment,
    SubscriptionList,
    VoidPayment,
)
from contracts.calls.customers import (
    BranchList,
    CheckSession,
    CustomerList,
    GetBranch,
    GetCustomer,
    ListBranches,
    ListCustomers,
)
from contracts.errors import Conflict, NotFound, Unavailable
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import TOKEN, ScriptedClient
from tests.unit.gateway.test_desk import DESK, field, preview, take
from tests.unit.gateway.test_pages import GOOD, submit

PAYMENT = "/payments/MAIN-P2026-000001"


@pytest.fixture
def desk(web: FlaskClient, bus: ScriptedClient) -> FlaskClient:
    """A manager's browser."""
    bus.tell(CheckSession, answers.issued(answers.me(Role.MANAGER)))
    bus.tell(GetCustomer, answers.customer())
    bus.tell(ListBranches, BranchList(items=(answers.branch(),)))
    bus.tell(GetDues, answers.dues())
    bus.tell(GetBranch, answers.branch())
    bus.tell(GetPayment, answers.payment())
    bus.tell(GetInvoice, answers.invoice())
    bus.tell(PreviewPayment, preview)
    bus.tell(ListSubscriptions, SubscriptionList(items=(), next=None))
    submit(web, "/sign-in", GOOD)
    return web


def become(desk: FlaskClient, bus: ScriptedClient, role: Role) -> None:
    bus.tell(CheckSession, answers.issued(answers.me(role)))
    desk.application.extensions["headend.sessions"].forget(TOKEN)


def test_a_roll_has_the_receipt_and_nothing_around_it(desk: FlaskClient) -> None:
    page = desk.get(f"{PAYMENT}/roll").text
    for words in (
        "MAIN-P2026-000001",
        "MAIN-2026-000001",
        "₹250.00",
        "November 2026",
        "<svg",
        'class="qr"',
        "roll.css",
    ):
        assert words in page, words
    assert "<nav" not in page and "Sign out" not in page and "style=" not in page and "VOID" not in page


def test_a_void_receipt_says_so_on_the_roll_too(desk: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(
        GetPayment, answers.payment().model_copy(update={"voided": True, "void_reason": "Twice <taken>"})
    )
    page = desk.get(f"{PAYMENT}/roll").text
    assert "VOID" in page and "Twice &lt;taken&gt;" in page and "Thank you" not in page
    assert "Void this payment" not in desk.get(PAYMENT).text


def test_before_a_payment_is_void_the_page_names_it_and_what_opens_again(
    desk: FlaskClient, bus: ScriptedClient
) -> None:
    assert f'href="{PAYMENT}/void"' in desk.get(PAYMENT).text
    page = desk.get(f"{PAYMENT}/void").text
    for words in (
        "Void ₹250.00 of Fish &amp; Chips",
        "November 2026",
        "Opens again",
        "MAIN-2026-000001",
        "Hand ₹250.00 back",
    ):
        assert words in page, words
    assert bus.count(VoidPayment) == 0


def test_a_manager_voids_with_a_reason_and_sees_the_marked_receipt(
    desk: FlaskClient, bus: ScriptedClient
) -> None:
    bus.tell(VoidPayment, answers.payment().model_copy(update={"voided": True, "void_reason": "Twice taken"}))
    done = submit(desk, f"{PAYMENT}/void", {"reason": "Twice \n taken"})
    assert (done.status_code, done.headers["Location"]) == (303, PAYMENT)
    assert bus.last(VoidPayment).reason == "Twice taken"
    assert "the customer is told" in desk.get(PAYMENT).text


@pytest.mark.parametrize("reason", ["", "  ", "x"])
def test_without_a_reason_nothing_is_void(desk: FlaskClient, bus: ScriptedClient, reason: str) -> None:
    page = submit(desk, f"{PAYMENT}/void", {"reason": reason})
    assert (page.status_code, bus.count(VoidPayment)) == (422, 0)
    assert 'id="reason-error"' in page.text


def test_what_is_void_already_is_said(desk: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(VoidPayment, Conflict("Payment MAIN-P2026-000001 was voided on 2026-11-20 already."))
    page = submit(desk, f"{PAYMENT}/void", {"reason": "Twice taken"})
    assert page.status_code == 409 and "was voided on 2026-11-20 already" in page.text


@pytest.mark.parametrize("role", [Role.CASHIER, Role.SUPPORT, Role.TECHNICIAN, Role.CUSTOMER])
def test_only_managers_void(desk: FlaskClient, bus: ScriptedClient, role: Role) -> None:
    become(desk, bus, role)
    assert desk.get(f"{PAYMENT}/void").status_code == 403
    assert "Void this payment" not in desk.get(PAYMENT).text
    assert bus.count(VoidPayment) == 0


# --- the way by a number -------------------------------------------------------------------------------------
@pytest.mark.parametrize("typed", ["MAIN-2026-000001", " main-2026-000001 "])
def test_the_number_of_a_paper_leads_to_its_customer(
    desk: FlaskClient, bus: ScriptedClient, typed: str
) -> None:
    found = desk.get("/customers", query_string={"search": typed})
    assert (found.status_code, found.headers["Location"]) == (303, f"/customers/{answers.CUSTOMER}")
    assert bus.last(GetInvoice).number == "MAIN-2026-000001"
    bus.tell(GetInvoice, NotFound("There is no such invoice."))
    assert desk.get("/customers", query_string={"search": typed}).status_code == 303


def test_a_number_that_no_paper_has_is_searched_for(desk: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetInvoice, NotFound("There is no such invoice."))
    bus.tell(GetPayment, NotFound("There is no such payment."))
    bus.tell(ListCustomers, CustomerList(items=(), next=None))
    assert "Nobody found" in desk.get("/customers?search=MAIN-2026-000009").text
    bus.tell(GetPayment, Unavailable("Away."))
    assert desk.get("/customers?search=MAIN-2026-000009").status_code == 503


def test_support_who_sees_no_money_looks_up_no_paper(desk: FlaskClient, bus: ScriptedClient) -> None:
    become(desk, bus, Role.SUPPORT)
    bus.tell(ListCustomers, CustomerList(items=(), next=None))
    assert desk.get("/customers?search=MAIN-2026-000001").status_code == 200
    assert bus.count(GetInvoice) == 0


def test_a_crf_number_with_a_year_leads_to_its_months(desk: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ListCustomers, CustomerList(items=(answers.customer(),), next=None))
    found = desk.get("/customers?search=1001+2025")
    assert found.headers["Location"] == f"/customers/{answers.CUSTOMER}/months?year=2025"


# --- look and confirm ----------------------------------------------------------------------------------------
def test_the_desk_sends_along_what_was_looked_at(
    make_app: Callable[..., Flask], desk: FlaskClient, bus: ScriptedClient
) -> None:
    bus.tell(PreviewPayment, lambda asked: preview(asked).model_copy(update={"fingerprint": "f" * 64}))
    bus.tell(RecordPayment, answers.payment())
    assert take(desk, seen=field(desk.get(DESK), "seen")).status_code == 303
    assert bus.last(RecordPayment).seen == "f" * 64


class DuesChanged(Conflict):
    """As billing says it."""

    code = "dues_changed"


def test_when_the_dues_changed_the_desk_shows_what_it_pays_now(
    desk: FlaskClient, bus: ScriptedClient
) -> None:
    bus.tell(RecordPayment, DuesChanged("The dues changed since you looked; look again."))
    page = take(desk)
    assert page.status_code == 409
    assert "The dues changed since you looked." in page.text and "Take ₹250.00 from" in page.text
