"""Customers' pages: list, record, tabs, subscriptions, fees (C12, C32 to C34, C43, C45)."""

import csv
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from contracts.actor import Role
from contracts.calls import Call, Done
from contracts.calls.billing import (
    AddSubscription,
    GetDues,
    InvoiceList,
    ListInvoices,
    ListPayments,
    ListPlans,
    ListSubscriptions,
    MoveSubscription,
    PaymentList,
    PlanList,
    RaiseFee,
    SubscriptionList,
)
from contracts.calls.customers import (
    AddCustomer,
    BranchList,
    ChangeCustomer,
    CheckSession,
    CustomerHistory,
    CustomerList,
    DeactivateCustomer,
    EraseCustomer,
    FieldChange,
    GetCustomer,
    GetCustomerHistory,
    HistoryKind,
    HistoryView,
    InviteCustomer,
    ListBranches,
    ListCustomers,
    RestoreCustomer,
)
from contracts.calls.notify import ListMessages, MessageList, MessageView, ResendMessage
from contracts.cards import CustomerState, SubscriptionStatus
from contracts.errors import Conflict, FieldError, RuleBroken
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_desk import field, subscription
from tests.unit.gateway.test_pages import GOOD, csrf_of, submit

HUB = f"/customers/{answers.CUSTOMER}"
MOVE = f"{HUB}/subscriptions/{answers.SUBSCRIPTION}"


def message(state: str = "failed") -> MessageView:
    return MessageView(
        id=UUID(int=9), customer_id=answers.CUSTOMER, branch_id=answers.BRANCH, channel="email",
        template="payment_made", recipient="a@example.com", subject="Payment of ₹250.00", state=state, attempts=1,
        problem="The mail server refused the address.", message_id="<1@x>", created_at=answers.AT,
        next_attempt_at=None, sent_at=None, repeated=False,
    )  # fmt: skip


@pytest.fixture
def bus(bus: ScriptedClient) -> ScriptedClient:
    history = HistoryView(
        at=answers.AT, kind=HistoryKind.CHANGED, by_name="Asha Rao", reason="",
        changes=(FieldChange(field="street", before="Old <Road", after="New Road"),),
    )  # fmt: skip
    one = subscription().model_copy(update={"id": answers.SUBSCRIPTION})
    script: dict[type[Call[Any]], Any] = {
        ListBranches: BranchList(items=(answers.branch(), answers.branch("EAST", answers.OTHER_BRANCH))),
        ListCustomers: CustomerList(items=(answers.customer(),)),
        GetCustomer: answers.customer(), GetDues: answers.dues(), AddCustomer: answers.customer(),
        ChangeCustomer: answers.customer(), DeactivateCustomer: answers.customer(),
        RestoreCustomer: answers.customer(), EraseCustomer: answers.customer(), InviteCustomer: Done(),
        ListSubscriptions: SubscriptionList(items=(one,)), ListPayments: PaymentList(items=()),
        ListPlans: PlanList(items=(answers.plan(),)), AddSubscription: one, MoveSubscription: one,
        RaiseFee: answers.dues().charges[0], ListInvoices: InvoiceList(items=()),
        ListMessages: MessageList(items=(message(),)), ResendMessage: message("queued"),
        GetCustomerHistory: CustomerHistory(items=(history,)),
    }  # fmt: skip
    for kind, answer in script.items():
        bus.tell(kind, answer)
    return bus


def becomes(bus: ScriptedClient, role: Role) -> None:
    bus.tell(
        CheckSession, answers.issued(answers.me(role, None if role is Role.ADMIN else (answers.BRANCH,)))
    )


@pytest.fixture
def admin(web: FlaskClient, bus: ScriptedClient) -> FlaskClient:
    becomes(bus, Role.ADMIN)
    assert submit(web, "/sign-in", GOOD).status_code == 303
    return web


def send(web: FlaskClient, path: str, **changed: str) -> TestResponse:
    """Open the page, change some of what its form holds, send it."""
    page = web.get(path)
    hidden = {name: field(page, name) for name in ("key", "version") if f'name="{name}"' in page.text}
    return web.post(path, data={**hidden, "csrf_token": csrf_of(page), **changed})


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("", {"search": "", "order": "name", "status": None, "area": None, "branch_id": None}),
        ("?status=deactivated&order=newest&area=Vijayanagar",
         {"status": "deactivated", "order": "newest", "area": "Vijayanagar"}),
        (f"?branch={answers.OTHER_BRANCH}", {"branch_id": answers.OTHER_BRANCH}),
        ("?status=gone&order=up&branch=x", {"status": None, "order": "name", "branch_id": None}),
    ],
)  # fmt: skip
def test_filters_are_in_the_address_and_nonsense_is_left_out(
    admin: FlaskClient, bus: ScriptedClient, query: str, asked: dict[str, Any]
) -> None:
    assert admin.get(f"/customers{query}").status_code == 200
    request = bus.last(ListCustomers)
    assert {name: getattr(request, name) for name in asked} == asked


def test_the_list_is_saved_as_csv_to_its_last_page_and_runs_nothing(
    admin: FlaskClient, bus: ScriptedClient
) -> None:
    pages = {
        None: CustomerList(items=(answers.customer("=cmd|' /C calc'!A1"),), next="more"),
        "more": CustomerList(items=(answers.customer("Zofia"),)),
    }
    bus.tell(ListCustomers, lambda request: pages[request.cursor])
    saved = admin.get("/customers/list.csv?status=active")
    rows = list(csv.reader(StringIO(saved.get_data(as_text=True).lstrip("\ufeff"))))
    assert [row[1] for row in rows] == ["Name", "'=cmd|' /C calc'!A1", "Zofia"]
    assert bus.last(ListCustomers).status == "active"
    assert saved.headers["Content-Disposition"].startswith("attachment")


def test_a_customer_is_added_and_shown(admin: FlaskClient, bus: ScriptedClient) -> None:
    added = send(admin, "/customers/new", name="Deepa", branch_id=str(answers.BRANCH), locale="en", mobile="")
    assert added.headers["Location"] == HUB
    asked = bus.last(AddCustomer)
    assert (asked.name, asked.crf, asked.mobile, asked.branch_id) == ("Deepa", None, None, answers.BRANCH)


def test_what_the_service_refuses_is_said_beside_the_field_and_the_rest_stays(
    admin: FlaskClient, bus: ScriptedClient
) -> None:
    taken = "Another customer has the CRF number 1001."
    bus.tell(AddCustomer, RuleBroken(taken, errors=[FieldError(field="crf", code="x", message=taken)]))
    answer = send(
        admin, "/customers/new", name="Deepa", branch_id=str(answers.BRANCH), locale="en", crf="1001"
    )
    assert answer.status_code == 422
    assert taken in answer.text and 'value="Deepa"' in answer.text


def test_a_record_is_changed(admin: FlaskClient, bus: ScriptedClient) -> None:
    changed = send(
        admin, f"{HUB}/edit", name="Deepa", branch_id=str(answers.BRANCH), locale="pl", street="A", email=""
    )
    assert changed.headers["Location"] == HUB
    asked = bus.last(ChangeCustomer)
    assert (asked.name, asked.locale, asked.street, asked.email) == ("Deepa", "pl", "A", None)


def test_a_record_that_was_changed_meanwhile_is_not_written_over(
    admin: FlaskClient, bus: ScriptedClient
) -> None:
    bus.tell(ChangeCustomer, Conflict("Somebody else changed these details in the meantime."))
    answer = send(admin, f"{HUB}/edit", name="Deepa", branch_id=str(answers.BRANCH), locale="en", version="7")
    assert "in the meantime" in answer.text and 'value="Deepa"' in answer.text
    assert field(answer, "version") == "1"
    assert bus.last(ChangeCustomer).expected_version == 7


@pytest.mark.parametrize(
    ("path", "kind", "fields"),
    [
        ("deactivate", DeactivateCustomer, {"reason": "moved away"}),
        ("erase", EraseCustomer, {"reason": "asked for it", "crf": "1001"}),
    ],
)
def test_what_ends_something_names_the_customer_and_asks_why(
    admin: FlaskClient, bus: ScriptedClient, path: str, kind: Any, fields: dict[str, str]
) -> None:
    gone = answers.customer().model_copy(update={"status": CustomerState.DEACTIVATED})
    bus.tell(GetCustomer, gone)
    assert "Fish &amp; Chips" in admin.get(f"{HUB}/{path}").text
    assert send(admin, f"{HUB}/{path}").status_code == 422
    assert bus.count(kind) == 0
    assert send(admin, f"{HUB}/{path}", **fields).headers["Location"] == HUB
    assert bus.last(kind).reason == fields["reason"]


def test_who_is_still_served_is_not_erased(admin: FlaskClient) -> None:
    page = admin.get(f"{HUB}/erase").text
    assert "deactivate them first" in page and "Erase for good" not in page


@pytest.mark.parametrize("path", ["restore", "invite"])
def test_small_things_are_done_at_once(admin: FlaskClient, path: str) -> None:
    token = csrf_of(admin.get(f"{HUB}/edit"))
    assert admin.post(f"{HUB}/{path}", data={"csrf_token": token}).headers["Location"] == HUB


@pytest.mark.parametrize(
    ("tab", "text"),
    [
        ("subscriptions", "Stop for the customer"),
        ("invoices", "No invoice yet"),
        ("messages", "The mail server refused the address."),
        ("history", "Street: Old &lt;Road, now New Road"),
    ],
)
def test_each_tab_shows_its_part(admin: FlaskClient, tab: str, text: str) -> None:
    page = admin.get(f"{HUB}/{tab}").text
    assert text in page
    assert page.count('aria-current="page"') == 2  # the place in the header and the tab


def test_a_subscription_is_added_once_however_often_one_clicks(
    admin: FlaskClient, bus: ScriptedClient
) -> None:
    page = admin.get(f"{HUB}/subscriptions/new")
    fields = {
        "csrf_token": csrf_of(page), "key": field(page, "key"), "plan_id": str(answers.PLAN),
        "started_on": "2026-11-01", "price": "",
    }  # fmt: skip
    for _ in range(2):
        assert admin.post(f"{HUB}/subscriptions/new", data=fields).status_code == 303
    keys = {request.idempotency_key for request, _ in bus.asked if isinstance(request, AddSubscription)}
    assert len(keys) == 1


def test_a_subscription_is_closed_after_being_named(admin: FlaskClient, bus: ScriptedClient) -> None:
    assert "Close Cable TV, " in admin.get(f"{MOVE}/closed").text
    assert send(admin, f"{MOVE}/closed", to="active", reason="moved away").status_code == 303
    assert bus.last(MoveSubscription).to is SubscriptionStatus.CLOSED


@pytest.mark.parametrize("path", [f"{MOVE}/nothing", f"{HUB}/subscriptions/{UUID(int=77)}/closed"])
def test_what_is_not_there_is_not_moved(admin: FlaskClient, path: str) -> None:
    assert admin.get(path).status_code == 404


def test_a_fee_is_charged(admin: FlaskClient, bus: ScriptedClient) -> None:
    assert send(admin, f"{HUB}/fees/new", category="late", amount="50", subscription_id="").status_code == 303
    asked = bus.last(RaiseFee)
    assert (asked.category, asked.amount, asked.subscription_id) == ("late", "50", None)


def test_failed_messages_are_found_and_sent_again(admin: FlaskClient, bus: ScriptedClient) -> None:
    page = admin.get("/messages?state=failed")
    assert bus.last(ListMessages).state == "failed" and "Send again" in page.text
    token = csrf_of(page)
    sent = admin.post(
        f"/messages/{UUID(int=9)}/resend", data={"csrf_token": token, "next": "/messages?state=failed"}
    )
    assert sent.headers["Location"] == "/messages?state=failed"


REFUSED = {
    Role.SUPPORT: ("/customers/new", "edit", "deactivate", "erase", "subscriptions/new", "fees/new"),
    Role.CASHIER: ("deactivate", "erase"),
    Role.MANAGER: ("erase",),
    Role.CUSTOMER: (
        "/customers", "/customers/list.csv", "/customers/new", "edit", "deactivate", "erase", "subscriptions/new",
        "messages", "invoices", "/messages",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("role", "path"), [(role, path) for role, paths in REFUSED.items() for path in paths]
)
def test_a_page_that_a_role_may_not_use_is_refused(
    web: FlaskClient, bus: ScriptedClient, role: Role, path: str
) -> None:
    becomes(bus, role)
    submit(web, "/sign-in", GOOD)
    assert web.get(path if path.startswith("/") else f"{HUB}/{path}").status_code == 403
