"""Subscriptions, plans, runs and reports about what is unknown, closed, too far away or not readable."""

import uuid
from typing import Any

import pytest

from tests.stack.api import Api
from tests.stack.builders import PERIOD, Subscriber, add_plan, add_subscriber, bill, pay_all
from tests.stack.contents import refused, untouched
from tests.stack.embedded import Embedded

pytestmark = pytest.mark.slow


def subscription_of(api: Api, customer: Subscriber) -> str:
    (found,) = api.ok("GET", f"/customers/{customer.id}/subscriptions")["items"]
    return str(found["id"])


def move(api: Api, subscription_id: str, to: str, reason: str = "as a test") -> Any:
    return api.request("POST", f"/subscriptions/{subscription_id}/moves", json={"to": to, "reason": reason})


@pytest.fixture(scope="module")
def branch(admin: Api) -> str:
    body = {"code": "WEST", "name": "West", "currency": "INR", "time_zone": "Asia/Kolkata"}
    return str(admin.ok("POST", "/branches", json=body)["id"])


def test_a_closed_subscription_stays_closed_and_its_old_dues_can_be_paid(
    headend: Embedded, admin: Api
) -> None:
    customer = add_subscriber(admin, add_plan(admin, code="CLOSED"))
    bill(admin)
    subscription = subscription_of(admin, customer)
    assert move(admin, subscription, "closed").json()["status"] == "closed"
    with untouched(headend):
        for to in ("active", "voluntary_stop", "forced_stop", "closed"):
            assert "closed" in refused(move(admin, subscription, to), 422, "move_not_allowed", "to")
    bill_again = admin.ok("POST", "/billing-runs", json={"period": "2026-12"})
    assert admin.finished(f"/billing-runs/{bill_again['id']}")["raised_count"] == 0
    paid = pay_all(admin, customer)
    assert [state["status"] for state in paid["subscriptions"]] == ["closed"]


def test_people_do_not_set_what_the_dates_decide(headend: Embedded, admin: Api) -> None:
    customer = add_subscriber(admin, add_plan(admin, code="DATES"))
    subscription = subscription_of(admin, customer)
    with untouched(headend):
        for to in ("applied", "inactive", "suspended", "active"):
            refused(move(admin, subscription, to), 422, "move_not_allowed", "to")
        refused(move(admin, subscription, "gone"), 400, field="to")
        refused(move(admin, subscription, "closed", reason=""), 422, field="reason")
        refused(move(admin, str(uuid.uuid4()), "closed"), 404)


def test_a_deactivated_customer_gets_nothing_new_and_pays_what_is_old(headend: Embedded, admin: Api) -> None:
    plan = add_plan(admin, code="LEFT")
    customer = add_subscriber(admin, plan)
    bill(admin)
    admin.ok("POST", f"/customers/{customer.id}/deactivation", json={"reason": "moved away"})
    path, body = f"/customers/{customer.id}/subscriptions", {"plan_id": plan, "started_on": f"{PERIOD}-01"}
    with untouched(headend):
        refused(admin.request("POST", path, json=body), 422, "customer_deactivated")
        refused(admin.request("POST", f"/customers/{customer.id}/deactivation", json={}), 409)
        refused(admin.request("POST", f"/customers/{customer.id}/invitation"), 422)
    assert pay_all(admin, customer)["amount"] == "250.00"


def test_a_subscription_needs_a_customer_and_a_plan_of_one_branch(
    headend: Embedded, admin: Api, branch: str
) -> None:
    plan = add_plan(admin, code="MATCH")
    elsewhere = {"code": "MATCH", "name": "M", "service": "broadband", "price": "1.00", "branch_id": branch}
    other_plan = admin.ok("POST", "/plans", json=elsewhere)["id"]
    path, day = f"/customers/{add_subscriber(admin, plan).id}/subscriptions", f"{PERIOD}-01"
    with untouched(headend):
        for body, status, field in (
            ({"plan_id": other_plan, "started_on": day}, 422, "plan_id"),
            ({"plan_id": str(uuid.uuid4()), "started_on": day}, 404, "plan_id"),
            ({"plan_id": "MATCH", "started_on": day}, 400, "plan_id"),
            ({"plan_id": plan, "started_on": "2026-11-31"}, 422, "started_on"),
            ({"plan_id": plan, "started_on": "11/01/2026"}, 422, "started_on"),
            ({"plan_id": plan, "started_on": "1926-11-01"}, 422, "started_on"),
            ({"plan_id": plan, "started_on": "9999-11-01"}, 422, "started_on"),
            ({"plan_id": plan, "started_on": day, "price": "-1"}, 422, "price"),
            ({"plan_id": plan, "started_on": day, "price": "1.001"}, 400, "price"),
            ({"plan_id": plan, "started_on": day, "status": "active"}, 400, "status"),
            ({"plan_id": plan}, 400, "started_on"),
        ):
            refused(admin.request("POST", path, json=body), status, field=field)
        unknown = f"/customers/{uuid.uuid4()}/subscriptions"
        refused(admin.request("POST", unknown, json={"plan_id": plan, "started_on": day}), 404)


def test_plans_and_prices_are_checked(headend: Embedded, admin: Api) -> None:
    plan = add_plan(admin, code="PRICED")
    body = {"code": "NEW", "name": "New", "service": "cable_tv", "price": "1.00"}
    with untouched(headend):
        for wrong, status, field in (
            ({"price": "-1"}, 422, "price"), ({"price": "1.234"}, 400, "price"), ({"price": "free"}, 400, "price"),
            ({"code": "A B"}, 422, "code"), ({"code": ""}, 422, "code"), ({"service": "radio"}, 400, "service"),
            ({"name": "a\nb"}, 422, "name"), ({"branch_id": str(uuid.uuid4())}, 404, None),
        ):  # fmt: skip
            refused(admin.request("POST", "/plans", json={**body, **wrong}), status, field=field)
        refused(admin.request("POST", "/plans", json={**body, "code": "PRICED"}), 409, "plan_code_taken")
        for price, status, field in (
            ({"price": "-1", "from": "2026-12-01"}, 422, "price"), ({"price": "1"}, 400, "from"),
            ({"price": "1", "from": "soon"}, 422, "from"), ({"price": "1", "from": 20261201}, 422, "from"),
        ):  # fmt: skip
            refused(admin.request("POST", f"/plans/{plan}/prices", json=price), status, field=field)
        unknown = f"/plans/{uuid.uuid4()}/prices"
        refused(admin.request("POST", unknown, json={"price": "1", "from": "2026-12-01"}), 404)


def test_a_month_more_than_a_month_ahead_is_not_billed(headend: Embedded, admin: Api) -> None:
    with untouched(headend):
        for preview in (False, True):
            body = {"period": "2027-01", "preview": preview}
            sentence = refused(
                admin.request("POST", "/billing-runs", json=body), 422, "period_too_far_ahead", "period"
            )
            assert "2026-12" in sentence
        for period in ("2026-13", "2026-1", "November", "", "0000-01", "2026-11-01"):
            refused(admin.request("POST", "/billing-runs", json={"period": period}), 422, field="period")
        refused(admin.request("POST", "/billing-runs", json={"period": 202611}), 400, field="period")
        refused(admin.request("POST", "/billing-runs", json={}), 400, field="period")
        refused(admin.request("POST", "/billing-runs", json={"period": PERIOD, "preview": "no"}), 400)
        unknown = {"period": PERIOD, "branch_id": str(uuid.uuid4())}
        refused(admin.request("POST", "/billing-runs", json=unknown), 404)
        refused(admin.request("POST", "/dunning-runs", json={"branch_id": str(uuid.uuid4())}), 404)


def test_a_report_is_about_something_that_is(headend: Embedded, admin: Api) -> None:
    body = {
        "kind": "payments", "service": "cable_tv", "year": 2026, "month": 11, "selection": "paid", "format": "pdf",
    }  # fmt: skip
    with untouched(headend):
        for wrong in (
            {"month": 13}, {"month": 0}, {"month": "11"}, {"year": 1999}, {"year": 2026.5}, {"selection": "both"},
            {"format": "docx"}, {"kind": "everything"}, {"service": "radio"}, {"branch_id": "MAIN"},
        ):  # fmt: skip
            answer = admin.request("POST", "/reports", json={**body, **wrong})
            refused(answer, answer.status_code, field=next(iter(wrong)))
            assert answer.status_code in (400, 422)
        refused(admin.request("POST", "/reports", json={**body, "branch_id": str(uuid.uuid4())}), 404)
        refused(admin.request("GET", f"/reports/{uuid.uuid4()}"), 404)
        refused(admin.request("GET", f"/reports/{uuid.uuid4()}/file"), 404)


@pytest.mark.parametrize("path", ["/customers", "/plans", "/staff", "/invoices", "/messages"])
@pytest.mark.parametrize(
    "query", ["cursor=made-up", "cursor=%00", "limit=0", "limit=201", "limit=-1", "sort=name"]
)
def test_a_list_asked_for_wrongly_says_so(admin: Api, path: str, query: str) -> None:
    answer = admin.request("GET", f"{path}?{query}")
    refused(answer, answer.status_code, field=query.partition("=")[0])
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize(
    "search",
    ["%", "_", "'; DROP TABLE customers; --", "x" * 200, "\u202e", "🂡", "\\", '"', "a" * 3 + " b" * 90],
)
def test_a_search_for_anything_is_answered(admin: Api, search: str) -> None:
    assert admin.ok("GET", "/customers", params={"search": search})["items"] == []
