"""What attackers try at a web page, each with what comes of it (TRUST, security checks)."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contracts.calls.customers import CustomerList, GetCustomer, ListCustomers, SignIn
from gateway.auth import is_api_request
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import TOKEN, ScriptedClient
from tests.unit.gateway.test_customer_pages import admin, bus  # noqa: F401 - taken by tests
from tests.unit.gateway.test_pages import GOOD, csrf_of, submit

# ruff: noqa: F811 - fixtures that come from a neighbour are named again by each test that takes them

HUB = f"/customers/{answers.CUSTOMER}"


def forms(app: Flask) -> Iterator[str]:
    """The address of every page that takes a form."""
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api/"):
            with app.test_request_context():
                values = {name: _value(rule, name) for name in rule.arguments}
                yield rule.build(values, append_unknown=False)[1]  # type: ignore[index]  # every variable is given


def _value(rule: object, name: str) -> object:
    kind = type(rule._converters[name]).__name__  # type: ignore[attr-defined]  # Werkzeug names them nowhere else
    found = {
        "UUIDConverter": UUID(int=7), "DocumentNumber": "MAIN-2026-000001", "IntegerConverter": 2026,
        "AnyConverter": "upi",
    }  # fmt: skip
    return found.get(kind, "x")


def test_there_are_forms_to_try(app: Flask) -> None:
    assert len(list(forms(app))) > 40


def test_no_form_is_taken_without_our_own_token(app: Flask, admin: FlaskClient, bus: ScriptedClient) -> None:
    asked = len(bus.asked)
    for path in forms(app):
        answer = admin.post(path, data={"name": "x"})
        assert (path, answer.status_code) == (path, 403)
    assert {type(request).__name__ for request, _ in bus.asked[asked:]} <= {"CheckSession"}


def test_no_form_is_taken_from_another_site(app: Flask, admin: FlaskClient, bus: ScriptedClient) -> None:
    token = csrf_of(admin.get("/password"))
    for path in forms(app):
        answer = admin.post(path, data={"csrf_token": token}, headers={"Origin": "https://evil.example"})
        assert (path, answer.status_code) == (path, 403)


def test_a_token_of_another_session_is_worth_nothing(app: Flask, admin: FlaskClient) -> None:
    elsewhere = csrf_of(app.test_client().get("/sign-in"))
    answer = admin.post(f"{HUB}/restore", data={"csrf_token": elsewhere})
    assert answer.status_code == 403


def test_a_session_that_was_planted_before_signing_in_is_not_the_one_after(
    web: FlaskClient, bus: ScriptedClient
) -> None:
    with web.session_transaction() as planted:
        planted["token"], planted["left_by"] = "known-to-the-attacker", "the attacker"
    bus.tell(SignIn, answers.opened().model_copy(update={"token": TOKEN}))
    assert submit(web, "/sign-in", GOOD).status_code == 303
    with web.session_transaction() as after:
        assert after["token"] == TOKEN
        assert "left_by" not in after


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\r\nSet-Cookie: a=b",
        " //e.x",
    ],
)
def test_signing_in_sends_nobody_elsewhere(web: FlaskClient, elsewhere: str) -> None:
    page = web.get("/sign-in")
    sent = web.post("/sign-in", data={**GOOD, "next": elsewhere, "csrf_token": csrf_of(page)})
    assert (sent.status_code, sent.headers["Location"]) == (303, "/")
    assert "Set-Cookie: a=b" not in str(sent.headers)


def test_no_page_of_ours_stands_in_a_foreign_frame(app: Flask, admin: FlaskClient) -> None:
    shown_in_a_frame_of_ours = {"reminder_pages.mail", "settings_pages.preview_letter"}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith("/api/") or rule.endpoint == "static":
            continue
        if rule.endpoint in shown_in_a_frame_of_ours or rule.endpoint.startswith(("health.", "docs.")):
            continue
        values = {name: _value(rule, name) for name in rule.arguments}
        headers = admin.get(rule.build(values, append_unknown=False)[1]).headers  # type: ignore[index]  # every variable is given
        assert headers["X-Frame-Options"] == "DENY", rule.endpoint
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], rule.endpoint
        assert "script-src 'self'" in headers["Content-Security-Policy"], rule.endpoint
        assert headers["X-Content-Type-Options"] == "nosniff", rule.endpoint


@pytest.mark.parametrize(
    "name", ["{{ 7 * 7 }}", "{% raw %}", "%(amount)s %s", "${7*7}", "<script>alert(1)</script>"]
)
def test_a_name_is_shown_as_it_is_and_runs_nothing(
    admin: FlaskClient, bus: ScriptedClient, name: str
) -> None:
    called = answers.customer(name)
    bus.tell(GetCustomer, called)
    bus.tell(ListCustomers, CustomerList(items=(called,)))
    for path in ("/customers", HUB, f"{HUB}/edit", f"{HUB}/deactivate", f"{HUB}/subscriptions"):
        page = admin.get(path)
        assert page.status_code == 200
        assert "49" not in page.text.split("<h1>")[-1].split("</h1>")[0]
        assert "<script>alert" not in page.text
        shown = name.replace("<", "&lt;").replace(">", "&gt;")
        assert shown in page.text or path == "/customers"


def test_a_name_cannot_add_a_header(admin: FlaskClient, bus: ScriptedClient) -> None:
    answer = admin.get("/customers?search=x%0d%0aX-Injected:%20yes")
    assert "X-Injected" not in answer.headers
    sent = admin.post("/language", data={"csrf_token": csrf_of(admin.get("/password")), "language": "fr",
                                         "next": "/x\r\nX-Injected: yes"})  # fmt: skip
    assert (sent.headers["Location"], "X-Injected" in sent.headers) == ("/", False)


def test_pages_are_not_kept_by_caches_between(admin: FlaskClient) -> None:
    assert admin.get(HUB).headers["Cache-Control"] == "no-store"


def test_the_api_takes_no_cookie(app: Flask, admin: FlaskClient) -> None:
    assert admin.get("/api/v1/customers").status_code == 401
    with app.test_request_context("/api/v1/customers"):
        assert is_api_request()
