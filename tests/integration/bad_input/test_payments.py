"""Payments that must not be taken: each is refused with a clear sentence, and nothing changes (RULES, payments)."""

import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from tests.stack.api import Api
from tests.stack.builders import PERIOD, Subscriber, add_plan, add_subscriber, bill, pay_all
from tests.stack.contents import refused, untouched
from tests.stack.embedded import Embedded

pytestmark = pytest.mark.slow

OWED, YEN_OWED = "600.00", "3000"


@dataclass(frozen=True)
class Ledger:
    """Who owes what: a customer of MAIN 600.00 rupees, one of the branch TOKYO 3000 yen."""

    rupees: Subscriber
    yen: str


@pytest.fixture(scope="module")
def ledger(admin: Api) -> Ledger:
    rupees = add_subscriber(admin, add_plan(admin, price=OWED))
    tokyo = {
        "code": "TOKYO",
        "name": "Tokyo",
        "currency": "JPY",
        "time_zone": "Asia/Tokyo",
        "minimum_payment": "500",
    }
    branch = admin.ok("POST", "/branches", json=tokyo)["id"]
    plan = {"code": "TV", "name": "TV", "service": "cable_tv", "price": YEN_OWED, "branch_id": branch}
    plan_id = admin.ok("POST", "/plans", json=plan)["id"]
    yen = admin.ok("POST", "/customers", json={"name": "Sato", "branch_id": branch})["id"]
    admin.ok(
        "POST", f"/customers/{yen}/subscriptions", json={"plan_id": plan_id, "started_on": f"{PERIOD}-01"}
    )
    bill(admin)
    return Ledger(rupees, yen)


def pay(api: Api, customer_id: str, **body: Any) -> Any:
    body = {"mode": "cash", **body}
    return api.request("POST", f"/customers/{customer_id}/payments", key=str(uuid.uuid4()), json=body)


REFUSED = [
    ({"amount": "0"}, 422, "amount_not_positive", "more than zero"),
    ({"amount": "0.00"}, 422, "amount_not_positive", "more than zero"),
    ({"amount": "-250.00"}, 422, "amount_not_positive", "more than zero"),
    ({"amount": -250}, 422, "amount_not_positive", "more than zero"),
    ({"amount": "300.001"}, 400, "not_an_amount", "2 decimals"),
    ({"amount": 300.001}, 400, "not_an_amount", "2 decimals"),
    ({"amount": "600.01"}, 422, "payment_exceeds_dues", OWED),
    ({"amount": "999999999999999"}, 422, "payment_exceeds_dues", OWED),
    ({"amount": "1000000000000000000"}, 400, "not_an_amount", "not an amount"),
    ({"amount": "249.99"}, 422, "payment_below_minimum", "250.00"),
    ({"amount": "3e2"}, 400, "not_an_amount", "not an amount"),
    ({"amount": "₹300"}, 400, "not_an_amount", "not an amount"),
    ({"amount": "300,00"}, 400, "not_an_amount", "not an amount"),
    ({"amount": "٣٠٠"}, 400, "not_an_amount", "not an amount"),
    ({"amount": ""}, 400, "not_an_amount", "not an amount"),
    ({"amount": True}, 400, "request_not_readable", "amount"),
    ({"amount": None}, 400, "request_not_readable", "amount"),
    ({"amount": "300.00", "mode": "cheque"}, 400, "request_not_readable", "cash, online"),
    ({"amount": "300.00", "mode": "opening"}, 400, "request_not_readable", "cash, online"),
    ({"amount": "300.00", "mode": "online"}, 422, "reference_required", "reference number"),
    (
        {"amount": "300.00", "mode": "online", "reference": "  "},
        422,
        "reference_required",
        "reference number",
    ),
    ({"amount": "300.00", "service": "broadband"}, 422, "nothing_to_pay", "broadband"),
    ({"amount": "300.00", "service": "radio"}, 400, "request_not_readable", "cable_tv"),
    ({"amount": "300.00", "paid_at": "2020-01-01"}, 400, "request_not_readable", "no such field"),
    ({"amount": "300.00", "mode": "online", "reference": "a\nb"}, 422, "value_not_accepted", "one line"),
]


@pytest.mark.parametrize(("body", "status", "code", "said"), REFUSED, ids=lambda value: str(value)[:60])
def test_a_payment_against_the_rules_is_refused_and_says_why(
    headend: Embedded, admin: Api, ledger: Ledger, body: dict[str, Any], status: int, code: str, said: str
) -> None:
    with untouched(headend):
        assert said in refused(pay(admin, ledger.rupees.id, **body), status, code)


YEN = [
    ("1000.5", 400, "not_an_amount", "0 decimals"),
    ("1000.00", 400, "not_an_amount", "0 decimals"),
    ("499", 422, "payment_below_minimum", "500 JPY"),
    ("3001", 422, "payment_exceeds_dues", "3000 JPY"),
]


@pytest.mark.parametrize(("amount", "status", "code", "said"), YEN)
def test_yen_have_no_decimals_and_a_minimum_of_their_own(
    headend: Embedded, admin: Api, ledger: Ledger, amount: str, status: int, code: str, said: str
) -> None:
    with untouched(headend):
        assert said in refused(pay(admin, ledger.yen, amount=amount), status, code, "amount")


def test_a_reference_of_the_same_branch_is_taken_once(headend: Embedded, admin: Api) -> None:
    plan = add_plan(admin, code="REFERENCES")
    first, second = add_subscriber(admin, plan), add_subscriber(admin, plan)
    bill(admin)
    body = {"amount": "250.00", "mode": "online", "reference": "UTR-1"}
    number = pay(admin, first.id, **body).json()["payment_number"]
    with untouched(headend):
        assert number in refused(pay(admin, second.id, **body), 422, "reference_used", "reference")
        spaced = {**body, "reference": "  UTR-1 "}
        refused(pay(admin, second.id, **spaced), 422, "reference_used", "reference")
    assert pay(admin, second.id, **{**body, "reference": "UTR-2"}).status_code == 201


def test_a_customer_whom_nobody_knows_cannot_pay(headend: Embedded, admin: Api, ledger: Ledger) -> None:
    with untouched(headend):
        refused(pay(admin, str(uuid.uuid4()), amount="250.00"), 404, "not_found")
        refused(pay(admin, "1001", amount="250.00"), 404)


def test_who_owes_nothing_cannot_pay(headend: Embedded, admin: Api) -> None:
    customer = add_subscriber(admin, add_plan(admin, code="NEW"))
    with untouched(headend):
        refused(pay(admin, customer.id, amount="250.00"), 422, "nothing_to_pay")


def test_dues_below_the_minimum_are_paid_whole_or_not_at_all(headend: Embedded, admin: Api) -> None:
    customer = add_subscriber(admin, add_plan(admin, code="CHEAP", price="99.90"))
    bill(admin)
    with untouched(headend):
        assert "99.90" in refused(pay(admin, customer.id, amount="99.89"), 422, "payment_below_minimum")
    assert pay(admin, customer.id, amount="99.90").status_code == 201


def test_a_payment_is_voided_once_and_with_a_reason(headend: Embedded, admin: Api) -> None:
    customer = add_subscriber(admin, add_plan(admin, code="VOID"))
    bill(admin)
    number = pay_all(admin, customer)["payment_number"]
    path = f"/payments/{number}/void"
    with untouched(headend):
        refused(admin.request("POST", path, json={}), 400, field="reason")
        refused(admin.request("POST", path, json={"reason": "  "}), 422, field="reason")
        refused(
            admin.request("POST", "/payments/MAIN-2026-999999/void", json={"reason": "typing error"}), 404
        )
    admin.ok("POST", path, json={"reason": "typing error"})
    with untouched(headend):
        refused(admin.request("POST", path, json={"reason": "once more"}), 409, "payment_already_voided")


@pytest.mark.parametrize("amount", ["0", "-1.00", "1.001", "abc"])
def test_a_fee_is_an_amount_above_zero(headend: Embedded, admin: Api, ledger: Ledger, amount: str) -> None:
    body = {"category": "installation", "amount": amount}
    path = f"/customers/{ledger.rupees.id}/charges"
    with untouched(headend):
        answer = admin.request("POST", path, key=str(uuid.uuid4()), json=body)
        refused(answer, answer.status_code, field="amount")
        assert answer.status_code in (400, 422)
