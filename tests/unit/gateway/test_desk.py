"""The payment desk and the pages around it: find, look, take, receipt (C35, C37 to C43, C45, C48)."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from contracts.actor import Role
from contracts.calls.billing import (
    DuesView,
    GetDues,
    GetInvoice,
    GetPayment,
    ListPayments,
    ListSubscriptions,
    PaymentList,
    PaymentPreview,
    PreviewPayment,
    RecordPayment,
    SubscriptionList,
    SubscriptionView,
)
from contracts.calls.customers import (
    BranchList,
    CheckSession,
    CustomerList,
    GetCustomer,
    ListBranches,
    ListCustomers,
)
from contracts.calls.reports import Document, RenderInvoice
from contracts.errors import FieldError, Forbidden, Invalid, NotFound, RuleBroken
from contracts.money import Money
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_pages import GOOD, submit

DESK = f"/customers/{answers.CUSTOMER}/payment"


def field(page: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.text)
    assert found, f"no {name} in {page.text}"
    return found.group(1)


def preview(request: PreviewPayment) -> PaymentPreview:
    amount = Money.parse(request.amount or "250.00", "INR")
    if amount > answers.RUPEES:
        sentence = f"{amount} is more than what is open: {answers.RUPEES}. Take at most that."
        raise RuleBroken(
            sentence, errors=[FieldError(field="amount", code="payment_exceeds_dues", message=sentence)]
        )
    paid = answers.payment()
    return PaymentPreview(
        customer_id=answers.CUSTOMER, amount=amount, addressed=answers.RUPEES, allocations=paid.allocations,
        subscriptions=paid.subscriptions,
    )  # fmt: skip


def subscription() -> SubscriptionView:
    state = answers.payment().subscriptions[0]
    return SubscriptionView(
        **state.model_dump(exclude={"version"}), billed_from="2026-10", price=None, closed_on=None
    )


@pytest.fixture
def desk(web: FlaskClient, bus: ScriptedClient) -> FlaskClient:
    """A cashier's browser."""
    bus.tell(GetCustomer, answers.customer())
    bus.tell(GetDues, answers.dues())
    bus.tell(PreviewPayment, preview)
    bus.tell(RecordPayment, answers.payment())
    bus.tell(GetPayment, answers.payment())
    bus.tell(ListSubscriptions, SubscriptionList(items=(subscription(),), next=None))
    bus.tell(ListPayments, PaymentList(items=(answers.payment(),), next=None))
    bus.tell(ListCustomers, CustomerList(items=(answers.customer(),), next=None))
    bus.tell(ListBranches, BranchList(items=(answers.branch(),), next=None))
    assert submit(web, "/sign-in", GOOD).status_code == 303
    return web


def take(desk: FlaskClient, **changed: str) -> TestResponse:
    """Open the desk, change some fields, confirm."""
    page = desk.get(DESK)
    names = ("csrf_token", "key", "shown", "amount", "service")
    fields = {name: field(page, name) for name in names} | {"mode": "cash", "reference": ""} | changed
    return desk.post(DESK, data=fields)


def test_a_number_leads_to_its_customer_at_once(desk: FlaskClient) -> None:
    assert desk.get("/customers?search=1001").headers["Location"] == f"/customers/{answers.CUSTOMER}"


def test_several_are_listed_and_nobody_is_said(desk: FlaskClient, bus: ScriptedClient) -> None:
    other = answers.customer("Zhang <b>Wei").model_copy(update={"id": UUID(int=33), "crf": "2001"})
    bus.tell(ListCustomers, CustomerList(items=(answers.customer(), other), next="more"))
    page = desk.get("/customers?search=a")
    assert "Zhang &lt;b&gt;Wei" in page.text and "cursor=more" in page.text
    bus.tell(ListCustomers, CustomerList(items=(), next=None))
    assert "Nobody found" in desk.get("/customers?search=nobody").text


def test_the_hub_shows_what_is_open_and_leads_to_the_desk(desk: FlaskClient) -> None:
    page = desk.get(f"/customers/{answers.CUSTOMER}").text
    assert "₹250.00" in page and f'href="{DESK}"' in page and "30 Nov 2026" in page


def test_support_sees_that_there_are_dues_but_no_money(
    make_app: Callable[..., Flask], bus: ScriptedClient, desk: FlaskClient
) -> None:
    bus.tell(CheckSession, answers.issued(answers.me(Role.SUPPORT)))
    bus.tell(GetDues, DuesView(customer_id=answers.CUSTOMER, has_dues=True, total=None, minimum_payment=None,
                               periods=(), charges=()))  # fmt: skip
    web = make_app().test_client()
    submit(web, "/sign-in", GOOD)
    asked = bus.count(ListPayments)
    page = web.get(f"/customers/{answers.CUSTOMER}").text
    assert "Has dues" in page and "₹" not in page and DESK not in page
    assert bus.count(ListPayments) == asked


def test_one_look_and_one_key(desk: FlaskClient, bus: ScriptedClient) -> None:
    page = desk.get(DESK)
    assert field(page, "amount") == field(page, "shown") == "250.00"
    assert re.search(
        r"<button[^>]*autofocus[^>]*>Take ₹250.00 from Fish &amp; Chips &lt;Ltd</button>", page.text
    )
    assert "paid until 30 Nov 2026" in page.text
    taken = take(desk)
    assert (taken.status_code, taken.headers["Location"]) == (303, "/payments/MAIN-P2026-000001")
    asked = bus.last(RecordPayment)
    assert (asked.amount, asked.mode, asked.reference, asked.service_kind) == ("250.00", "cash", None, None)


def test_a_double_click_brings_the_same_key(desk: FlaskClient, bus: ScriptedClient) -> None:
    page = desk.get(DESK)
    fields = {name: field(page, name) for name in ("csrf_token", "key", "shown", "amount", "service")}
    for _ in range(2):
        assert desk.post(DESK, data={**fields, "mode": "cash"}).status_code == 303
    keys = [request.idempotency_key for request, _ in bus.asked if isinstance(request, RecordPayment)]
    assert len(keys) == 2 and len(set(keys)) == 1
    assert field(desk.get(DESK), "key") != fields["key"]


def test_only_what_was_shown_is_taken(desk: FlaskClient, bus: ScriptedClient) -> None:
    again = take(desk, amount="100")
    assert (again.status_code, bus.count(RecordPayment)) == (200, 0)
    assert "Look again" in again.text and "Take ₹100.00 from" in again.text
    assert field(again, "shown") == "100.00"


def test_the_same_amount_written_otherwise_was_shown(desk: FlaskClient) -> None:
    assert take(desk, amount=" 250 ").status_code == 303


def test_an_amount_that_cannot_be_taken_is_said_beside_it(desk: FlaskClient, bus: ScriptedClient) -> None:
    page = take(desk, amount="300")
    assert (page.status_code, bus.count(RecordPayment)) == (422, 0)
    assert 'id="amount-error"' in page.text and "Take at most that." in page.text
    assert field(page, "amount") == "300"


@pytest.mark.parametrize("typed", ["abc", "sNaN", "NaN", "1e999"])
def test_what_is_no_amount_is_said_beside_it(desk: FlaskClient, bus: ScriptedClient, typed: str) -> None:
    sentence = f'"{typed}" is not an amount; write it like "250.00".'
    errors = [FieldError(field="amount", code="not_an_amount", message=sentence)]
    bus.tell(
        PreviewPayment,
        lambda asked: preview(asked) if asked.amount is None else Invalid(sentence, errors=errors),
    )
    page = take(desk, amount=typed)
    assert (page.status_code, bus.count(RecordPayment)) == (400, 0)
    assert 'id="amount-error"' in page.text and field(page, "amount") == typed


def test_who_may_not_take_payments_is_refused_at_the_desk(desk: FlaskClient, bus: ScriptedClient) -> None:
    hidden = {"total": None, "minimum_payment": None, "charges": (), "periods": ()}
    bus.tell(GetDues, answers.dues().model_copy(update=hidden))
    bus.tell(PreviewPayment, Forbidden("Your role (support) may not do this; ask a colleague who may."))
    page = desk.get(DESK)
    assert page.status_code == 403 and "Nothing is open" not in page.text


def test_a_payment_that_was_taken_before_is_not_called_new(desk: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(RecordPayment, answers.payment(replayed=True))
    receipt = desk.get(take(desk).headers["Location"]).text
    assert "taken already" in receipt and "The payment is taken." not in receipt


def test_what_billing_refuses_is_said_beside_the_field(desk: FlaskClient, bus: ScriptedClient) -> None:
    sentence = "An online payment needs its reference number."
    errors = [FieldError(field="reference", code="reference_required", message=sentence)]
    bus.tell(RecordPayment, RuleBroken(sentence, errors=errors))
    page = take(desk, mode="online")
    assert (page.status_code, page.text.count(sentence)) == (422, 1)
    assert 'id="reference-error"' in page.text


class KeyReused(RuleBroken):
    """As billing says it."""

    code = "idempotency_key_reused"


def test_a_page_that_took_a_payment_takes_no_other(desk: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(RecordPayment, KeyReused("This Idempotency-Key was used before for another payment."))
    key = field(desk.get(DESK), "key")
    page = take(desk, key=key)
    assert page.status_code == 422 and "has taken a payment already" in page.text
    assert field(page, "key") != key


def test_where_nothing_is_open_nothing_can_be_taken(desk: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetDues, answers.dues().model_copy(update={"charges": (), "has_dues": False}))
    page = desk.get(DESK)
    assert "Nothing is open" in page.text and '<button type="submit" autofocus' not in page.text
    assert bus.count(PreviewPayment) == 0


def test_the_desk_of_a_hidden_customer_is_not_there(desk: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetCustomer, NotFound("There is no such customer."))
    assert desk.get(DESK).status_code == 404


def test_a_customer_finds_no_list_of_customers(make_app: Callable[..., Flask], bus: ScriptedClient) -> None:
    bus.tell(CheckSession, answers.issued(answers.me(Role.CUSTOMER)))
    web = make_app().test_client()
    submit(web, "/sign-in", GOOD)
    assert web.get("/customers?search=1001").status_code == 403
    assert bus.count(ListCustomers) == 0


def test_the_receipt_names_everything_and_opens_the_invoice(desk: FlaskClient, bus: ScriptedClient) -> None:
    page = desk.get("/payments/MAIN-P2026-000001").text
    for words in (
        "MAIN-P2026-000001",
        "₹250.00",
        "Asha Rao",
        "November 2026",
        "/invoices/MAIN-2026-000001.pdf",
    ):
        assert words in page
    bus.tell(GetInvoice, answers.invoice())
    bus.tell(RenderInvoice, Document(content=b"%PDF-1.4", media_type="application/pdf", file_name="x.pdf"))
    invoice = desk.get("/invoices/MAIN-2026-000001.pdf")
    assert (invoice.mimetype, invoice.data) == ("application/pdf", b"%PDF-1.4")


def test_before_the_first_whole_month_nothing_is_paid_until_a_day(
    desk: FlaskClient, bus: ScriptedClient
) -> None:
    begun = subscription().model_copy(update={"expires_on": subscription().started_on})
    bus.tell(ListSubscriptions, SubscriptionList(items=(begun,), next=None))
    page = desk.get("/payments/MAIN-P2026-000001").text
    assert "not paid yet" in page and "paid until" not in page
