"""Customers pay by themselves: a look, the provider, the receipt; double click, back and reload are one payment."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from chassis.callbacks import is_signed, signature_of
from chassis.keys import KeyFolder
from contracts.calls.billing import GetDues, PaymentPreview, PreviewPayment
from contracts.calls.online_payments import (
    GetOnlineOptions,
    GetOnlinePayment,
    GiveReference,
    OnlineOptions,
    OnlinePaymentView,
    OnlineProvider,
    OnlineState,
    PayTo,
    SettleOnlinePayment,
    StartOnlinePayment,
)
from contracts.errors import Forbidden, NotFound, RuleBroken, Unavailable
from contracts.money import Money
from gateway.pages.my.qr import epc_text, upi_link
from gateway.pages.simulated import SECRET
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_desk import field
from tests.unit.gateway.test_my_details import as_customer
from tests.unit.gateway.test_pages import GOOD, csrf_of, submit

ONLINE = UUID(int=77)
PATH = f"/my/pay/{ONLINE}"
UPI = PayTo(account_name="Main Cable & Co", upi_id="main.cable@okbank")


def online(**fields: Any) -> OnlinePaymentView:
    given = {
        "id": ONLINE, "code": "MAIN7K3QF9ZDAB", "provider": OnlineProvider.MANUAL, "state": OnlineState.STARTED,
        "customer_id": answers.CUSTOMER, "customer_name": "Fish & Chips <Ltd", "crf": "1001",
        "branch_id": answers.BRANCH, "amount": answers.RUPEES, "service_kind": None, "reference": None, "problem": None,
        "received": None, "payment_number": None, "decided_by": None, "started_at": answers.AT,
        "changed_at": answers.AT, "redirect_to": None, "pay_to": UPI,
    }  # fmt: skip
    return OnlinePaymentView.model_validate({**given, **fields})


def options(*providers: OnlineProvider, **fields: Any) -> OnlineOptions:
    return OnlineOptions(
        customer_id=answers.CUSTOMER, providers=providers, pay_to=UPI, **{"waiting": (), **fields}
    )


def shown(request: PreviewPayment) -> PaymentPreview:
    paid = answers.payment()
    return PaymentPreview(
        customer_id=answers.CUSTOMER, amount=Money.parse(request.amount or "250.00", "INR"),
        addressed=answers.RUPEES, allocations=paid.allocations, subscriptions=paid.subscriptions,
    )  # fmt: skip


@pytest.fixture
def mine(web: FlaskClient, bus: ScriptedClient) -> FlaskClient:
    as_customer(bus)
    bus.tell(GetDues, answers.dues())
    bus.tell(GetOnlineOptions, options(OnlineProvider.SIMULATED, OnlineProvider.MANUAL))
    bus.tell(PreviewPayment, shown)
    bus.tell(StartOnlinePayment, online())
    bus.tell(GetOnlinePayment, online())
    submit(web, "/sign-in", GOOD)
    return web


def press(web: FlaskClient, **fields: str) -> Any:
    page = web.get("/my/pay")
    form = {name: field(page, name) for name in ("amount", "shown", "key")}
    return web.post("/my/pay", data={**form, "provider": "manual", "csrf_token": csrf_of(page), **fields})


def test_what_the_amount_pays_is_shown_before_anything_is_started(
    mine: FlaskClient, bus: ScriptedClient
) -> None:
    page = mine.get("/my/pay").text
    assert "Pay ₹250.00" in page and "November 2026" in page and "paid until" in page
    assert bus.count(StartOnlinePayment) == 0


def test_a_payment_by_reference_goes_on_to_where_it_is_to_be_paid(
    mine: FlaskClient, bus: ScriptedClient
) -> None:
    assert press(mine).headers["Location"] == PATH
    asked = bus.last(StartOnlinePayment)
    assert (asked.amount, asked.provider, asked.customer_id) == (
        "250.00",
        OnlineProvider.MANUAL,
        answers.CUSTOMER,
    )
    page = mine.get(PATH).text
    assert "main.cable@okbank" in page and "MAIN7K3QF9ZDAB" in page and 'href="upi://pay?pa=' in page


def test_a_redirecting_provider_is_where_the_customer_goes(mine: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(StartOnlinePayment, online(redirect_to="/simulated-provider?payment=1"))
    assert press(mine, provider="simulated").headers["Location"] == "/simulated-provider?payment=1"


def test_another_amount_is_shown_before_it_is_started(mine: FlaskClient, bus: ScriptedClient) -> None:
    page = press(mine, amount="300")
    assert page.status_code == 200 and "Look again" in page.text
    assert bus.count(StartOnlinePayment) == 0


def test_the_same_page_sent_twice_carries_the_same_key(mine: FlaskClient, bus: ScriptedClient) -> None:
    page = mine.get("/my/pay")
    form = {name: field(page, name) for name in ("amount", "shown", "key")}
    for _ in range(2):
        mine.post("/my/pay", data={**form, "provider": "manual", "csrf_token": csrf_of(page)})
    keys = [asked.idempotency_key for asked, _ in bus.asked if isinstance(asked, StartOnlinePayment)]
    assert len(keys) == 2 and len(set(keys)) == 1


def test_what_a_rule_refuses_is_said(mine: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(PreviewPayment, RuleBroken("₹1.00 is below the smallest payment.", field="amount"))
    page = mine.get("/my/pay?amount=1")
    assert page.status_code == 422 and "below the smallest payment" in page.text


def test_where_nothing_is_offered_the_branch_is_named(mine: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetOnlineOptions, options())
    assert "Please pay at your branch" in mine.get("/my/pay").text


def test_what_waits_is_said_instead_of_paying_twice(mine: FlaskClient, bus: ScriptedClient) -> None:
    waiting = online(state=OnlineState.AWAITING, reference="UPI-4711")
    bus.tell(GetOnlineOptions, options(OnlineProvider.MANUAL, waiting=(waiting,)))
    page = mine.get("/my/pay").text
    assert "UPI-4711" in page and 'name="amount"' not in page


def test_a_reference_is_given_once_and_then_waits(mine: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GiveReference, online(state=OnlineState.AWAITING))
    sent = mine.post(
        f"{PATH}/reference", data={"reference": " UPI-4711 ", "csrf_token": csrf_of(mine.get(PATH))}
    )
    assert (sent.status_code, bus.last(GiveReference).reference) == (303, "UPI-4711")
    bus.tell(GetOnlinePayment, online(state=OnlineState.AWAITING, reference="UPI-4711"))
    page = mine.get(PATH).text
    assert "Your branch looks for the money" in page and 'name="reference"' not in page


def test_a_used_reference_is_said_beside_the_field(mine: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GiveReference, RuleBroken("On another payment already.", field="reference"))
    page = mine.post(f"{PATH}/reference", data={"reference": "UPI-1", "csrf_token": csrf_of(mine.get(PATH))})
    assert page.status_code == 422 and 'id="reference-error">On another payment already.' in page.text


def test_back_to_a_payment_that_was_made_leads_to_its_receipt(mine: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetOnlinePayment, online(state=OnlineState.SETTLED, payment_number="MAIN-P2026-000001"))
    assert mine.get(PATH).headers["Location"] == "/payments/MAIN-P2026-000001"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (OnlineState.REFUSED, "No money was taken"), (OnlineState.UNALLOCATED, "Your money has come"),
        (OnlineState.REFUNDED, "given the money back"),
    ],
)  # fmt: skip
def test_each_end_is_said(mine: FlaskClient, bus: ScriptedClient, state: OnlineState, words: str) -> None:
    bus.tell(GetOnlinePayment, online(state=state, problem="because"))
    assert words in mine.get(PATH).text


def test_somebody_elses_payment_is_not_found(mine: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetOnlinePayment, NotFound("There is no such online payment."))
    for path in (PATH, f"{PATH}/upi.svg"):
        assert mine.get(path).status_code == 404


def test_staff_have_no_page_to_pay(web: FlaskClient) -> None:
    submit(web, "/sign-in", GOOD)
    for path in ("/my/pay", PATH, f"{PATH}/upi.svg"):
        assert web.get(path).status_code == 403


def test_the_code_is_a_picture_of_our_own(mine: FlaskClient) -> None:
    picture = mine.get(f"{PATH}/upi.svg")
    assert picture.mimetype == "image/svg+xml" and picture.data.startswith(b"<svg")
    assert mine.get(f"{PATH}/epc.svg").status_code == 404


def test_a_upi_code_says_everything_and_escapes_it() -> None:
    assert upi_link(online()) == (
        "upi://pay?pa=main.cable%40okbank&pn=Main%20Cable%20%26%20Co&am=250.00&cu=INR&tr=MAIN7K3QF9ZDAB"
        "&tn=1001%20MAIN7K3QF9ZDAB"
    )
    assert upi_link(online(amount=Money.parse("250.00", "EUR"))) is None


def test_an_epc_code_is_written_as_the_banks_read_it() -> None:
    sepa = PayTo(account_name="Main Cable", iban="DE89370400440532013000", bic="COBADEFFXXX")
    one = online(amount=Money.parse("12.30", "EUR"), pay_to=sepa)
    assert epc_text(one) == (
        "BCD\n002\n1\nSCT\nCOBADEFFXXX\nMain Cable\nDE89370400440532013000\nEUR12.30\n\n\nMAIN7K3QF9ZDAB 1001"
    )
    assert epc_text(online(pay_to=sepa)) is None


# --- the simulated provider ----------------------------------------------------------------------------------
KEY = b"k" * 32


@pytest.fixture
def simulated(app: Flask) -> FlaskClient:
    app.extensions[SECRET] = KEY
    return app.test_client()


def started(**lies: str) -> str:
    fields = {"payment": str(ONLINE), "code": "MAIN7K3QF9ZDAB", "amount_minor": "25000", "currency": "INR"}
    return "/simulated-provider?" + urlencode({**fields, "signature": signature_of(KEY, fields), **lies})


@pytest.mark.parametrize(("outcome", "is_paid"), [("paid", True), ("failed", False)])
def test_the_simulated_provider_signs_what_happened_and_sends_the_customer_back(
    simulated: FlaskClient, bus: ScriptedClient, outcome: str, is_paid: bool
) -> None:
    bus.tell(SettleOnlinePayment, online())
    page = simulated.get(started())
    assert "no money moves" in page.text and "₹250.00" in page.text
    sent = simulated.post(started(), data={"outcome": outcome, "csrf_token": csrf_of(page)})
    assert sent.headers["Location"] == PATH
    said = bus.last(SettleOnlinePayment)
    assert (said.is_paid, said.amount_minor, said.online_payment_id) == (is_paid, 25000, ONLINE)
    assert is_signed(KEY, said.signed_fields(), said.signature)


@pytest.mark.parametrize("lie", [{"amount_minor": "1"}, {"currency": "USD"}, {"payment": str(UUID(int=1))}])
def test_an_altered_amount_is_refused(
    simulated: FlaskClient, bus: ScriptedClient, lie: dict[str, str]
) -> None:
    assert simulated.get(started(**lie)).status_code == 403
    assert bus.count(SettleOnlinePayment) == 0


def test_without_the_setting_there_is_no_simulated_provider(web: FlaskClient) -> None:
    assert web.get(started()).status_code == 404


def test_with_the_setting_billing_and_the_page_share_a_secret(make_app: Any, tmp_path: Any) -> None:
    keys = KeyFolder(tmp_path / "keys")
    keys.make_missing(("billing",))
    assert make_app(payment_provider="simulated").extensions[SECRET] == keys.simulated_provider()


def test_billing_away_is_said_and_may_be_tried_again(simulated: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(SettleOnlinePayment, Unavailable("Billing is away."))
    page = simulated.get(started())
    assert simulated.post(started(), data={"outcome": "paid", "csrf_token": csrf_of(page)}).status_code == 503


def test_a_provider_calls_back_through_the_api(web: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(SettleOnlinePayment, online(state=OnlineState.SETTLED))
    body = {"online_payment_id": str(ONLINE), "is_paid": True, "amount_minor": 25000, "currency": "INR",
            "reference": "SIM-1", "at": 1_795_000_000, "signature": "ab"}  # fmt: skip
    path = "/api/v1/online-payments/callbacks/simulated"
    assert web.post(path, json=body).get_json() == {"state": "settled"}
    assert bus.last(SettleOnlinePayment).signed_fields()["at"] == "1795000000"
    bus.tell(SettleOnlinePayment, Forbidden("The signature is not the provider's."))
    assert web.post(path, json=body).status_code == 403
    assert web.post(path.replace("simulated", "nobody"), json=body).status_code in (400, 404)
