"""A customer's invoices by month, their payments by year, and the first page (C28 to C31, C47, C58 to C60)."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contracts.calls.billing import (
    DuesView,
    GetDues,
    GetInvoice,
    GetPayment,
    InvoiceList,
    InvoiceView,
    ListInvoices,
    ListPayments,
    ListSubscriptions,
    PaymentList,
    SubscriptionList,
    SubscriptionView,
)
from contracts.calls.customers import GetCustomer
from contracts.calls.online_payments import GetOnlineOptions, OnlineProvider, OnlineState
from contracts.calls.reports import Document, RenderInvoice
from contracts.cards import PaymentMode, Service, SubscriptionStatus
from contracts.errors import Failed, NotFound, Refusal, RuleBroken, Unavailable
from gateway.pages.my.home import service_cards
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_my_details import as_customer
from tests.unit.gateway.test_my_pay import online, options
from tests.unit.gateway.test_pages import GOOD, submit

INVOICE = "/my/invoices/MAIN-2026-000001"


def listed() -> InvoiceView:
    issued = answers.invoice()
    return InvoiceView(
        number=issued.number, customer_id=answers.CUSTOMER, branch_id=answers.BRANCH, issued_on=issued.issued_on,
        total=issued.total, payment_number=issued.payment_number, payment_mode=PaymentMode.CASH, voided=False,
        lines=issued.lines,
    )  # fmt: skip


def subscription(service: Service = Service.CABLE_TV, **fields: object) -> SubscriptionView:
    given = {
        "id": answers.SUBSCRIPTION, "customer_id": answers.CUSTOMER, "branch_id": answers.BRANCH,
        "plan_id": answers.PLAN, "plan_code": "TV", "plan_name": "TV Classic", "service": service,
        "status": SubscriptionStatus.ACTIVE, "started_on": date(2026, 1, 1), "billed_from": "2026-01",
        "expires_on": date(2026, 11, 30), "price": None, "closed_on": None,
    }  # fmt: skip
    return SubscriptionView.model_validate({**given, **fields})


@pytest.fixture
def mine(web: FlaskClient, bus: ScriptedClient) -> FlaskClient:
    as_customer(bus)
    bus.tell(ListInvoices, InvoiceList(items=(listed(),)))
    bus.tell(GetInvoice, answers.invoice())
    bus.tell(RenderInvoice, Document(content=b"%PDF-1.4", file_name="invoice.pdf"))
    bus.tell(ListPayments, PaymentList(items=(answers.payment(),)))
    bus.tell(GetCustomer, answers.customer())
    bus.tell(GetDues, answers.dues())
    bus.tell(ListSubscriptions, SubscriptionList(items=(subscription(),)))
    bus.tell(GetOnlineOptions, options(OnlineProvider.SIMULATED))
    submit(web, "/sign-in", GOOD)
    return web


def test_the_transactions_of_the_chosen_month_are_listed(mine: FlaskClient, bus: ScriptedClient) -> None:
    page = mine.get("/my/invoices?year=2026&month=11").text
    asked = bus.last(ListInvoices)
    assert (asked.customer_id, asked.year, asked.month) == (answers.CUSTOMER, 2026, 11)
    for words in (
        "MAIN-P2026-000001",
        "Cable TV, November 2026",
        "₹250.00",
        "MAIN-2026-000001",
        f'href="{INVOICE}"',
    ):
        assert words in page


@pytest.mark.parametrize("asked", ["", "?year=x&month=y", "?year=99&month=13", "?year=²&month=٣"])
def test_without_a_month_that_can_be_meant_it_is_this_one(
    make_this_day: FlaskClient, bus: ScriptedClient, asked: str
) -> None:
    make_this_day.get(f"/my/invoices{asked}")
    assert (bus.last(ListInvoices).year, bus.last(ListInvoices).month) == (2026, 11)


@pytest.fixture
def make_this_day(make_app: Callable[..., Flask], mine: FlaskClient) -> FlaskClient:
    web = make_app(today="2026-11-22").test_client()
    submit(web, "/sign-in", GOOD)
    return web


def test_a_month_without_invoices_leads_to_the_one_before(mine: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ListInvoices, InvoiceList(items=()))
    page = mine.get("/my/invoices?year=2026&month=1").text
    assert "There is no invoice of this month" in page and "year=2025&amp;month=12" in page


def test_an_invoice_is_read_on_a_page_printed_and_kept(mine: FlaskClient) -> None:
    page = mine.get(INVOICE).text
    for words in ("MAIN-2026-000001", "1 Quay Street", "November 2026", "₹250.00", f"{INVOICE}/file"):
        assert words in page
    assert mine.get(f"{INVOICE}/file").headers["Content-Disposition"].startswith("inline")
    kept = mine.get(f"{INVOICE}/file?keep=1")
    assert kept.headers["Content-Disposition"].startswith("attachment") and kept.data == b"%PDF-1.4"


@pytest.mark.parametrize(
    ("error", "status"),
    [(Unavailable("Reports is away."), 503), (Failed("An error."), 500), (RuleBroken("No font."), 422)],
)
@pytest.mark.parametrize("path", [f"{INVOICE}/file", "/invoices/MAIN-2026-000001.pdf"])
def test_a_file_that_cannot_be_drawn_has_a_page_that_explains_and_tries_again(
    mine: FlaskClient, bus: ScriptedClient, error: Refusal, status: int, path: str
) -> None:
    bus.tell(RenderInvoice, error)
    page = mine.get(path)
    assert page.status_code == status
    assert "Your invoice is safe" in page.text and f'href="{INVOICE}/file"' in page.text
    bus.tell(RenderInvoice, Document(content=b"%PDF-1.4", file_name="invoice.pdf"))
    assert mine.get(f"{INVOICE}/file").status_code == 200


@pytest.mark.parametrize("path", [INVOICE, f"{INVOICE}/file", "/invoices/MAIN-2026-000001.pdf"])
def test_somebody_elses_invoice_is_not_found(mine: FlaskClient, bus: ScriptedClient, path: str) -> None:
    bus.tell(GetInvoice, NotFound("There is no such invoice."))
    assert mine.get(path).status_code == 404
    assert bus.count(RenderInvoice) == 0


def test_somebody_elses_payment_is_not_found(mine: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetPayment, NotFound("There is no such payment."))
    assert mine.get("/payments/MAIN-P2026-000002").status_code == 404


def test_a_customers_payments_stand_on_a_page_without_tabs(mine: FlaskClient, bus: ScriptedClient) -> None:
    page = mine.get("/my/payments?year=2026").text
    assert (bus.last(ListPayments).customer_id, bus.last(ListPayments).year) == (answers.CUSTOMER, 2026)
    assert "Payments of 2026" in page and "MAIN-P2026-000001" in page and 'class="tabs"' not in page
    bus.tell(ListPayments, PaymentList(items=()))
    assert "You paid nothing in 2025." in mine.get("/my/payments?year=2025").text


@pytest.mark.parametrize("path", ["/my/invoices", "/my/payments"])
def test_staff_have_no_such_page(web: FlaskClient, path: str) -> None:
    submit(web, "/sign-in", GOOD)
    assert web.get(path).status_code == 403


def test_each_service_shows_status_expiry_dues_and_plan(mine: FlaskClient) -> None:
    page = mine.get("/").text
    for words in ("Cable TV", "Active", "Nov 30, 2026", "TV Classic", "₹250.00", "1 month", "Pay ₹250.00"):
        assert words in page


def test_what_waits_for_confirmation_is_said_and_not_paid_twice(
    mine: FlaskClient, bus: ScriptedClient
) -> None:
    waiting = online(state=OnlineState.AWAITING, reference="UPI-4711")
    bus.tell(GetOnlineOptions, options(OnlineProvider.MANUAL, waiting=(waiting,)))
    page = mine.get("/").text
    assert "UPI-4711" in page and 'href="/my/pay"' not in page


def test_a_customer_without_anything_is_told_what_comes_next(mine: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ListSubscriptions, SubscriptionList(items=()))
    bus.tell(ListPayments, PaymentList(items=()))
    nothing = DuesView(
        customer_id=answers.CUSTOMER, has_dues=False, total=answers.RUPEES.zero("INR"), minimum_payment=None,
        periods=(), charges=(),
    )  # fmt: skip
    bus.tell(GetDues, nothing)
    page = mine.get("/").text
    for words in ("You have no service yet", "Nothing is open", "Nothing was paid yet"):
        assert words in page
    assert 'href="/my/pay"' not in page


def test_a_closed_service_without_dues_is_left_out() -> None:
    closed = subscription(status=SubscriptionStatus.CLOSED)
    assert len(service_cards([closed], answers.dues())) == 1
    assert service_cards([closed.model_copy(update={"id": answers.REPORT})], answers.dues()) == []
