"""Online payments to confirm: the list for the desk, and what is decided there."""

import pytest
from flask.testing import FlaskClient

from contracts.actor import Role
from contracts.calls import Call
from contracts.calls.customers import ActorIssued, CheckSession
from contracts.calls.online_payments import (
    ConfirmOnlinePayment,
    GetOnlinePayment,
    ListOnlinePayments,
    MarkRefunded,
    OnlinePaymentList,
    OnlineState,
    RefuseOnlinePayment,
)
from contracts.errors import Conflict
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_my_pay import ONLINE, online
from tests.unit.gateway.test_pages import GOOD, csrf_of, submit

PATH = f"/online-payments/{ONLINE}"


def signed_in_as(web: FlaskClient, bus: ScriptedClient, role: Role) -> None:
    bus.tell(CheckSession, ActorIssued(actor_token="signed-actor", me=answers.me(role)))
    submit(web, "/sign-in", GOOD)


@pytest.fixture
def desk(web: FlaskClient, bus: ScriptedClient) -> FlaskClient:
    bus.tell(GetOnlinePayment, online(state=OnlineState.AWAITING, reference="UPI-4711"))
    bus.tell(ListOnlinePayments, OnlinePaymentList(items=(online(state=OnlineState.AWAITING),)))
    signed_in_as(web, bus, Role.MANAGER)
    return web


def test_what_waits_is_listed_first(desk: FlaskClient, bus: ScriptedClient) -> None:
    page = desk.get("/online-payments").text
    assert bus.last(ListOnlinePayments).state is OnlineState.AWAITING
    assert "Fish &amp; Chips &lt;Ltd" in page and "MAIN7K3QF9ZDAB" in page and "₹250.00" in page


def test_an_empty_list_says_what_comes_here(desk: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ListOnlinePayments, OnlinePaymentList(items=()))
    assert "Nothing waits." in desk.get("/online-payments").text
    assert "no online payment in this state" in desk.get("/online-payments?state=refused").text


def test_the_amount_the_name_and_the_number_are_named_before_confirming(desk: FlaskClient) -> None:
    page = desk.get(PATH).text
    assert "Confirm ₹250.00 from Fish &amp; Chips &lt;Ltd" in page and "UPI-4711" in page


def test_confirming_says_the_receipt(desk: FlaskClient, bus: ScriptedClient) -> None:
    done = online(state=OnlineState.SETTLED, payment_number="MAIN-P2026-000001")
    bus.tell(ConfirmOnlinePayment, done)
    sent = desk.post(f"{PATH}/confirm", data={"csrf_token": csrf_of(desk.get(PATH))})
    assert sent.status_code == 303
    assert "its receipt is MAIN-P2026-000001" in desk.get("/online-payments").text


def test_who_is_too_late_sees_why(desk: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ConfirmOnlinePayment, Conflict("This payment is refused already."))
    page = desk.post(f"{PATH}/confirm", data={"csrf_token": csrf_of(desk.get(PATH))})
    assert (page.status_code, "This payment is refused already." in page.text) == (409, True)


@pytest.mark.parametrize(("path", "call"), [("refuse", RefuseOnlinePayment), ("refunded", MarkRefunded)])
def test_refusing_and_giving_back_need_a_reason(
    desk: FlaskClient, bus: ScriptedClient, path: str, call: type[Call[OnlinePaymentList]]
) -> None:
    bus.tell(call, online(state=OnlineState.REFUSED))
    token = csrf_of(desk.get(PATH))
    assert desk.post(f"{PATH}/{path}", data={"csrf_token": token, "reason": ""}).status_code == 422
    assert bus.count(call) == 0
    assert desk.post(f"{PATH}/{path}", data={"csrf_token": token, "reason": "not there"}).status_code == 303
    assert bus.last(call).reason == "not there"


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.TECHNICIAN, Role.CUSTOMER])
def test_who_takes_no_payments_has_no_such_page(web: FlaskClient, bus: ScriptedClient, role: Role) -> None:
    signed_in_as(web, bus, role)
    for path in ("/online-payments", PATH):
        assert web.get(path).status_code == 403
    assert bus.count(ListOnlinePayments) == 0
