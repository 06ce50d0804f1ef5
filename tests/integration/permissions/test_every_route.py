"""Every route of the OpenAPI document: nobody gets in without a session, and nobody through a one-time password."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.stack.api import Api
from tests.stack.contents import refused, untouched
from tests.stack.embedded import Embedded
from tests.stack.people import OWN_PASSWORD, add_customer, add_staff, first_sign_in

pytestmark = pytest.mark.slow

OPEN = {("POST", "/api/v1/sessions"), ("POST", "/api/v1/sessions/second-step"), ("POST", "/api/v1/password-links"),
        ("POST", "/api/v1/password-resets"), ("POST", "/api/v1/password-resets/code"),
        ("POST", "/api/v1/email-confirmations"), ("POST", "/api/v1/online-payments/callbacks/{provider}")}  # fmt: skip
OPEN_WITH_A_ONE_TIME_PASSWORD = {
    ("GET", "/api/v1/me"), ("POST", "/api/v1/me/password"), ("DELETE", "/api/v1/sessions/current"),
}  # fmt: skip


def routes(document: Any) -> Iterator[tuple[str, str]]:
    for path, operations in document["paths"].items():
        for method in operations.keys() & {"get", "post", "put", "patch", "delete"}:
            yield method.upper(), path


@pytest.fixture(scope="module")
def document(headend: Embedded) -> Any:
    return httpx.get(f"{headend.address}/api/v1/openapi.json").json()


def knock(headend: Embedded, method: str, path: str, token: str | None) -> httpx.Response:
    """A request with nothing in it but, perhaps, a token."""
    values = {"number": "MAIN-2026-000001", "year": "2026"}
    filled = re.sub(r"{(\w+)}", lambda name: values.get(name.group(1), str(uuid.uuid4())), path)
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx.request(method, f"{headend.address}{filled}", headers=headers, timeout=30)


def test_the_document_names_every_resource_of_the_product(document: Any) -> None:
    named = {path.split("/")[3] for _, path in routes(document)}
    assert named >= {
        "sessions", "me", "branches", "staff", "plans", "customers", "subscriptions", "payments", "invoices",
        "billing-runs", "dunning-runs", "messages", "complaints", "debtors", "reports", "password-links",
    }  # fmt: skip


@pytest.mark.parametrize("token", [None, "x", "a" * 43, "' OR 1=1 --"], ids=repr)
def test_without_a_session_every_route_answers_401(
    headend: Embedded, document: Any, token: str | None
) -> None:
    with untouched(headend):
        for method, path in routes(document):
            if (method, path) not in OPEN:
                answer = knock(headend, method, path, token)
                refused(answer, 401)
                assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_with_a_one_time_password_nothing_opens_but_its_change(headend: Embedded, document: Any) -> None:
    admin = headend.admin()
    main = admin.ok("GET", "/branches")["items"][0]["id"]
    customer = add_customer(admin, main)
    caller = first_sign_in(headend, customer)
    with untouched(headend):
        for method, path in routes(document):
            if (method, path) not in OPEN | OPEN_WITH_A_ONE_TIME_PASSWORD:
                refused(knock(headend, method, path, caller.token), 403, "password_must_be_changed")
        assert caller.ok("GET", "/me")["must_change_password"] is True
    refused(caller.request("POST", "/me/password", json={"current_password": "", "password": "short"}), 422)
    caller.token = caller.ok("POST", "/me/password", json={"current_password": "", "password": OWN_PASSWORD})[
        "token"
    ]
    assert caller.ok("GET", f"/customers/{customer['id']}")["name"] == customer["name"]


def test_a_session_is_over_after_signing_out(headend: Embedded, document: Any) -> None:
    caller = headend.admin()
    caller.ok("DELETE", "/sessions/current")
    for method, path in routes(document):
        if (method, path) not in OPEN:
            refused(knock(headend, method, path, caller.token), 401)


def test_a_dismissed_member_of_staff_is_out_at_once(headend: Embedded) -> None:
    admin = headend.admin()
    main = admin.ok("GET", "/branches")["items"][0]["id"]
    caller = add_staff(headend, admin, "leaver", "cashier", main)
    caller.ok("GET", "/customers")
    (member,) = (member for member in admin.pages("/staff") if member["username"] == "leaver")
    admin.ok("PATCH", f"/staff/{member['id']}", json={"state": "deactivated"})
    refused(caller.request("GET", "/customers"), 401)
    refused(
        Api(headend.address).request(
            "POST", "/sessions", json={"username": "leaver", "password": OWN_PASSWORD}
        ),
        401,
    )


def test_a_route_that_is_not_there_is_404_and_a_method_that_is_not_405(headend: Embedded) -> None:
    admin = headend.admin()
    refused(admin.request("GET", "/nothing"), 404, "not_found")
    refused(admin.request("DELETE", "/customers"), 405, "method_not_allowed")
    refused(admin.request("PUT", f"/branches/{uuid.uuid4()}"), 405, "method_not_allowed")
