"""What lists and answers show to whom: support no amounts, customers only their own, managers their branch."""

import json
import uuid
from typing import Any

import pytest

from tests.integration.permissions.conftest import Operator
from tests.stack.api import Api
from tests.stack.builders import PERIOD
from tests.stack.contents import refused, untouched

pytestmark = pytest.mark.slow


def ids(api: Api, path: str, name: str = "id", **params: Any) -> set[str]:
    return {str(item[name]) for item in api.pages(path, **params)}


def test_lists_hold_only_what_is_of_the_own_branches(operator: Operator) -> None:
    a, b = operator.a, operator.b
    for who in ("manager_a", "cashier_a", "support_a"):
        caller = operator.callers[who]
        assert ids(caller, "/branches") == {a.id}
        assert ids(caller, "/plans") == {a.plan}
        assert ids(caller, "/customers") == {a.customer["id"], a.spare}
        assert {item["branch_id"] for item in caller.pages("/messages")} == {a.id}
        for hidden in (b.customer["crf"], b.customer["name"], b.customer["email"]):
            assert ids(caller, "/customers", search=hidden) & {b.customer["id"], b.spare} == set()
        assert ids(caller, "/customers", branch_id=b.id) == set()
        assert ids(caller, "/messages", customer_id=b.customer["id"]) == set()
    for who in ("manager_a", "cashier_a"):
        assert ids(operator.callers[who], "/invoices", "number") == {a.invoice}
    assert ids(operator.callers["manager_a"], "/reports") == {a.report}
    assert ids(operator.callers["admin"], "/reports") >= {a.report, b.report}
    managed = {item["username"] for item in operator.callers["manager_a"].pages("/staff")}
    assert managed >= {"manager_a", "cashier_a", "support_a"} and not managed & {"admin", "cashier_b"}
    assert ids(operator.callers["admin"], "/invoices", "number") == {a.invoice, b.invoice}


def test_a_cursor_of_another_branch_opens_nothing(operator: Operator) -> None:
    page = operator.callers["admin"].ok("GET", "/customers", params={"limit": 1})
    seen = operator.callers["cashier_a"].request("GET", "/customers", params={"cursor": page["next"]})
    if seen.is_success:
        assert {item["branch_id"] for item in seen.json()["items"]} <= {operator.a.id}


AMOUNTS = ("777", "555", "222")
"""Price, payment and rest of the branch's customer."""


def test_support_sees_that_there_are_dues_and_never_an_amount(operator: Operator) -> None:
    support, customer = operator.callers["support_a"], operator.a.customer["id"]
    dues = support.ok("GET", f"/customers/{customer}/dues")
    assert (dues["has_dues"], dues["total"], dues["charges"], dues["minimum_payment"]) == (
        True,
        None,
        [],
        None,
    )
    read = [dues, support.ok("GET", "/messages"), support.ok("GET", f"/messages/{operator.a.message}")]
    read.append(support.ok("POST", f"/messages/{operator.a.message}/resend"))
    for answer in read:
        subjects = json.dumps([value for key, value in _pairs(answer) if key not in _TECHNICAL])
        assert not [amount for amount in AMOUNTS if amount in subjects]
    cashier = operator.callers["cashier_a"].ok("GET", f"/messages/{operator.a.message}")
    assert "555" in cashier["subject"]


_TECHNICAL = frozenset(
    {"id", "message_id", "customer_id", "branch_id", "created_at", "sent_at", "next", "recipient"}
)


def _pairs(answer: Any) -> list[tuple[str, Any]]:
    if isinstance(answer, list):
        return [pair for item in answer for pair in _pairs(item)]
    if not isinstance(answer, dict):
        return []
    found: list[tuple[str, Any]] = []
    for key, value in answer.items():
        found += _pairs(value) if isinstance(value, dict | list) else [(key, value)]
    return found


def test_a_customer_finds_only_the_own_record(operator: Operator) -> None:
    caller, mine = operator.callers["customer_a"], operator.a.customer
    assert ids(caller, "/customers") == {mine["id"]}
    for search in (operator.b.customer["crf"], operator.b.customer["name"], "Spare", "Customer"):
        assert ids(caller, "/customers", search=search) <= {mine["id"]}
    assert ids(caller, "/invoices", "number") == {operator.a.invoice}
    assert ids(caller, "/branches") == {operator.a.id}
    me = caller.ok("GET", "/me")
    assert (me["role"], me["customer_id"], me["branch_ids"]) == ("customer", mine["id"], [])


def test_a_customer_of_the_same_branch_is_hidden_too(operator: Operator) -> None:
    caller, neighbour = operator.callers["customer_a"], operator.a.spare
    for path in ("", "/dues", "/payments", "/subscriptions", "/complaints"):
        refused(caller.request("GET", f"/customers/{neighbour}{path}"), 404, "not_found")
    refused(caller.request("GET", f"/invoices?customer_id={neighbour}"), 404)
    refused(caller.request("PATCH", f"/customers/{neighbour}", json={"street": "x"}), 404)
    told = {"kind": "other", "message": "Nothing works"}
    path = f"/customers/{neighbour}/complaints"
    refused(caller.request("POST", path, key=str(uuid.uuid4()), json=told), 404)
    theirs = operator.callers["admin"].ok("POST", path, key=str(uuid.uuid4()), json=told)["number"]
    for number in (theirs, "AAA-C2026-999999"):  # a guessed number is no way to a neighbour's complaint
        refused(caller.request("GET", f"/complaints/{number}"), 404, "not_found")
        refused(
            caller.request("POST", f"/complaints/{number}/reopening", json={"reason": "mine"}),
            404,
            "not_found",
        )


def test_what_is_for_staff_is_403_for_a_customer(operator: Operator) -> None:
    caller = operator.callers["customer_a"]
    with untouched(operator.headend):
        for method, path, body in (
            ("GET", "/staff", None), ("GET", "/plans", None), ("GET", "/messages", None),
            ("POST", "/customers", {"name": "Friend"}), ("POST", "/billing-runs", {"period": PERIOD}),
            ("POST", "/dunning-runs", {}),
            ("POST", "/plans", {"code": "X", "name": "X", "service": "cable_tv", "price": "1"}),
            ("POST", "/branches", {"code": "XX", "name": "X", "currency": "INR", "time_zone": "Asia/Kolkata"}),
            ("POST", "/staff", {"username": "xx", "email": "x@example.com", "role": "admin"}),
            ("POST", "/reports", {"kind": "payments", "service": "cable_tv", "year": 2026, "month": 11,
                                  "selection": "paid", "format": "pdf"}),
        ):  # fmt: skip
            refused(caller.request(method, path, json=body), 403)


@pytest.mark.parametrize("mode", ["online", "cash"])
def test_a_customer_cannot_pay_by_themselves_yet(operator: Operator, mode: str) -> None:
    caller, path = operator.callers["customer_a"], f"/customers/{operator.a.customer['id']}/payments"
    body = {"amount": "222.00", "mode": mode, "reference": "UPI-1"}
    with untouched(operator.headend):
        refused(
            caller.request("POST", path, key=str(uuid.uuid4()), json=body), 403, "online_payment_not_offered"
        )


def test_a_customer_changes_the_own_address_and_nothing_else(operator: Operator) -> None:
    caller, path = operator.callers["customer_a"], f"/customers/{operator.a.customer['id']}"
    with untouched(operator.headend):
        for field, value in (
            ("name", "Other"), ("notes", "VIP"), ("id_number", "1"), ("branch_id", operator.b.id),
            ("date_of_birth", "1990-01-01"),
        ):  # fmt: skip
            refused(caller.request("PATCH", path, json={field: value, "street": "2 New Road"}), 403)
    assert caller.ok("PATCH", path, json={"street": "2 New Road"})["street"] == "2 New Road"


NOT_TO_BE_SET = {
    "id": str(uuid.uuid4()), "version": 99, "status": "deactivated", "username": "admin", "created_at": "2020-01-01",
    "tenant_id": "1", "role": "admin", "paid_at": "2020-01-01", "payment_number": "X-1", "invoice_number": "X-1",
    "voided": False, "expires_on": "2099-12-31", "billed_from": "2099-12", "currency": "USD", "customer_id": "1",
    "must_change_password": False, "open": "0.00", "state": "done",
}  # fmt: skip


def test_what_callers_do_not_decide_is_refused_in_every_body(operator: Operator) -> None:
    a = operator.a
    bodies: dict[str, tuple[str, str, dict[str, Any]]] = {
        "customer": ("POST", "/customers", {"name": "Mass", "branch_id": a.id}),
        "change": ("PATCH", f"/customers/{a.customer['id']}", {"area": "Hill"}),
        "plan": ("POST", "/plans", {"code": "M", "name": "M", "service": "cable_tv", "price": "1", "branch_id": a.id}),
        "subscription": ("POST", f"/customers/{a.spare}/subscriptions",
                         {"plan_id": a.plan, "started_on": f"{PERIOD}-01"}),
        "payment": ("POST", f"/customers/{a.customer['id']}/payments", {"amount": "222.00", "mode": "cash"}),
        "fee": ("POST", f"/customers/{a.customer['id']}/charges", {"category": "late", "amount": "1.00"}),
        "staff": ("POST", "/staff", {"username": "mass", "email": "m@example.com", "role": "cashier",
                                     "branch_ids": [a.id]}),
        "run": ("POST", "/billing-runs", {"period": PERIOD, "branch_id": a.id}),
    }  # fmt: skip
    fields_of = {"staff": {"role"}, "change": {"state"}, "customer": {"state"}}
    with untouched(operator.headend):
        for name, (method, path, body) in bodies.items():
            for field, value in NOT_TO_BE_SET.items():
                if field in body or field in fields_of.get(name, ()):
                    continue
                answer = operator.callers["manager_a"].request(
                    method, path, key=str(uuid.uuid4()), json={**body, field: value}
                )
                refused(answer, 400, "request_not_readable", field)


def test_nobody_gives_a_role_or_branch_that_is_not_theirs_to_give(operator: Operator) -> None:
    manager, a, b = operator.callers["manager_a"], operator.a, operator.b
    body = {"username": "climber", "email": "c@example.com"}
    with untouched(operator.headend):
        for role, branches, status in (
            ("admin", [], 403), ("admin", [a.id], 403), ("manager", [b.id], 404), ("cashier", [a.id, b.id], 404),
        ):  # fmt: skip
            asked = {**body, "role": role, "branch_ids": branches}
            refused(manager.request("POST", "/staff", json=asked), status)
        path = f"/staff/{a.staff}"
        refused(manager.request("PATCH", path, json={"role": "admin"}), 403)
        refused(manager.request("PATCH", path, json={"branch_ids": [b.id]}), 404)
        refused(manager.request("PATCH", f"/customers/{a.customer['id']}", json={"branch_id": b.id}), 404)
