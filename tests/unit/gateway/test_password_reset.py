"""Pages and routes for who forgot their password."""

import pytest
from flask.testing import FlaskClient

from contracts.calls import Done
from contracts.calls.account import RequestPasswordCode, SetPasswordByCode
from contracts.errors import RuleBroken, Throttled, Unavailable
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_pages import GOOD, csrf_of, submit

NEW = {
    "username": "asha",
    "code": "123456",
    "password": "seven quiet herons",
    "repeated": "seven quiet herons",
}


@pytest.fixture(autouse=True)
def told(bus: ScriptedClient) -> None:
    bus.tell(RequestPasswordCode, Done())
    bus.tell(SetPasswordByCode, Done())


def test_the_sign_in_page_leads_to_a_new_password(web: FlaskClient) -> None:
    assert 'href="/password-reset"' in web.get("/sign-in").text


def test_the_name_travels_in_the_cookie_and_not_in_the_address(web: FlaskClient, bus: ScriptedClient) -> None:
    sent = submit(web, "/password-reset", {"username": " asha "})
    assert (sent.status_code, sent.headers["Location"]) == (303, "/password-reset/code")
    assert bus.last(RequestPasswordCode) == RequestPasswordCode(username="asha", address="127.0.0.1")
    assert 'value="asha"' in web.get("/password-reset/code").text


def test_a_new_password_ends_in_signing_in(web: FlaskClient, bus: ScriptedClient) -> None:
    submit(web, "/password-reset", {"username": "asha"})
    sent = submit(web, "/password-reset/code", NEW)
    assert (sent.status_code, sent.headers["Location"]) == (303, "/sign-in")
    assert bus.last(SetPasswordByCode).code == "123456"
    assert "signed out everywhere" in web.get("/sign-in").text


def test_the_page_says_the_same_for_every_name(web: FlaskClient) -> None:
    pages = []
    for name in ("asha", "nobo"):
        submit(web, "/password-reset", {"username": name})
        page = web.get("/password-reset/code")
        pages.append(page.text.replace(name, "NAME").replace(csrf_of(page), ""))
    assert pages[0] == pages[1]


def test_a_wrong_code_is_said_beside_it_and_no_secret_comes_back(
    web: FlaskClient, bus: ScriptedClient
) -> None:
    bus.tell(SetPasswordByCode, RuleBroken("This code is wrong.", field="code"))
    page = submit(web, "/password-reset/code", NEW)
    assert page.status_code == 422
    assert 'id="code-error">This code is wrong.' in page.text
    assert "seven quiet herons" not in page.text


@pytest.mark.parametrize(("error", "status"), [(Throttled("Wait."), 429), (Unavailable("Away."), 503)])
def test_what_keeps_a_code_from_being_asked_for_is_said(
    web: FlaskClient, bus: ScriptedClient, error: Exception, status: int
) -> None:
    bus.tell(RequestPasswordCode, error)
    assert submit(web, "/password-reset", {"username": "asha"}).status_code == status


def test_two_different_passwords_ask_no_service(web: FlaskClient, bus: ScriptedClient) -> None:
    page = submit(web, "/password-reset/code", {**NEW, "repeated": "another"})
    assert (page.status_code, bus.count(SetPasswordByCode)) == (422, 0)


def test_a_new_password_ends_the_session_of_this_browser(web: FlaskClient) -> None:
    submit(web, "/sign-in", GOOD)
    submit(web, "/password-reset/code", NEW)
    assert web.get("/").status_code == 303


@pytest.mark.parametrize("path", ["/password-reset", "/password-reset/code"])
def test_forms_without_our_token_are_refused(web: FlaskClient, path: str) -> None:
    assert web.post(path, data=NEW).status_code == 403


def test_the_api_takes_the_same_two_steps(web: FlaskClient, bus: ScriptedClient) -> None:
    asked = web.post("/api/v1/password-resets", json={"username": "asha"})
    assert (asked.status_code, asked.get_json()) == (202, {"state": "asked_for"})
    body = {name: NEW[name] for name in ("username", "code", "password")}
    assert web.post("/api/v1/password-resets/code", json=body).status_code == 204
    bus.tell(SetPasswordByCode, RuleBroken("This code is wrong.", field="code"))
    assert web.post("/api/v1/password-resets/code", json=body).status_code == 422
