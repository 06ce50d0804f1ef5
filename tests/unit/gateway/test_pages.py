"""Pages: signing in and out, passwords, the first page; forms only from our own pages (TRUST, checks 7 to 9)."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

import gateway
from contracts.actor import Role
from contracts.calls import Done
from contracts.calls.customers import (
    ActorIssued,
    ChangeOwnPassword,
    CheckSession,
    PasswordChanged,
    SetPasswordByLink,
    SignIn,
    SignOut,
)
from contracts.errors import NotFound, RuleBroken, Throttled, Unauthenticated, Unavailable
from gateway.pages.answering import local_path
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import TOKEN, ScriptedClient

GOOD = {"username": "asha", "password": "secret words"}


def csrf_of(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found, page.text
    return found.group(1)


def submit(web: FlaskClient, path: str, fields: dict[str, str], **headers: str) -> TestResponse:
    """Fill in the form of the page at that path and send it."""
    return web.post(path, data={**fields, "csrf_token": csrf_of(web.get(path))}, headers=headers)


@pytest.fixture
def signed_in(web: FlaskClient) -> FlaskClient:
    assert submit(web, "/sign-in", GOOD).status_code == 303
    return web


def test_who_is_not_signed_in_is_sent_to_sign_in_and_then_back(web: FlaskClient) -> None:
    sent = web.get("/password")
    assert sent.headers["Location"] == "/sign-in?next=/password"
    page = web.get(sent.headers["Location"])
    back = web.post("/sign-in", data={**GOOD, "next": "/password", "csrf_token": csrf_of(page)})
    assert (back.status_code, back.headers["Location"]) == (303, "/password")


def test_the_cookie_is_for_our_pages_only(web: FlaskClient) -> None:
    cookie = submit(web, "/sign-in", GOOD).headers["Set-Cookie"]
    assert cookie.startswith("headend=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


def test_over_https_the_cookie_is_bound_to_the_host(make_app: Callable[..., Flask]) -> None:
    web = make_app(public_url="https://headend.example").test_client()
    answer = web.get("/sign-in", base_url="https://headend.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-headend=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_a_form_over_https_is_taken_from_our_own_address(make_app: Callable[..., Flask]) -> None:
    web = make_app(public_url="https://headend.example").test_client()
    page = web.get("/sign-in", base_url="https://headend.example")
    sent = web.post("/sign-in", data={**GOOD, "csrf_token": csrf_of(page)}, base_url="https://headend.example",
                    headers={"Origin": "https://headend.example"})  # fmt: skip
    assert sent.status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/password", "/password/link-token"])
@pytest.mark.parametrize("token", ["", "foreign"])
def test_a_form_without_our_token_is_403(
    signed_in: FlaskClient, bus: ScriptedClient, path: str, token: str
) -> None:
    asked = len(bus.asked)
    answer = signed_in.post(path, data={**GOOD, "csrf_token": token})
    assert answer.status_code == 403
    assert all(isinstance(request, CheckSession) for request, _ in bus.asked[asked:])


def test_a_token_of_another_visitor_does_not_count(web: FlaskClient, app: Flask) -> None:
    other = csrf_of(app.test_client().get("/sign-in"))
    web.get("/sign-in")
    assert web.post("/sign-in", data={**GOOD, "csrf_token": other}).status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
def test_a_form_from_another_site_is_403(web: FlaskClient, bus: ScriptedClient, origin: str) -> None:
    assert submit(web, "/sign-in", GOOD, Origin=origin).status_code == 403
    assert bus.count(SignIn) == 0


def test_signing_in_makes_the_old_form_token_worthless(web: FlaskClient) -> None:
    before = csrf_of(web.get("/sign-in"))
    submit(web, "/sign-in", GOOD)
    assert web.post("/sign-out", data={"csrf_token": before}).status_code == 403


def test_a_wrong_password_is_said_once_and_the_name_stays(web: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(SignIn, Unauthenticated("User name or password is wrong."))
    page = submit(web, "/sign-in", GOOD)
    assert page.status_code == 401
    assert "User name or password is wrong." in page.text
    assert 'value="asha"' in page.text
    assert "secret words" not in page.text


def test_too_many_tries_are_said_on_the_page(web: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(SignIn, Throttled("Too many tries; wait a minute."))
    page = submit(web, "/sign-in", GOOD)
    assert (page.status_code, "wait a minute" in page.text) == (429, True)


def test_customers_away_is_said_on_the_page(web: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(SignIn, Unavailable("The customers service is away."))
    assert submit(web, "/sign-in", GOOD).status_code == 503


def test_what_is_missing_is_said_beside_the_field(web: FlaskClient, bus: ScriptedClient) -> None:
    page = submit(web, "/sign-in", {"username": "", "password": ""})
    assert page.status_code == 422
    assert 'id="username-error">Enter your user name.' in page.text
    assert 'aria-describedby="username-error"' in page.text
    assert bus.count(SignIn) == 0


def test_a_one_time_password_leads_to_choosing_an_own_one(web: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(SignIn, answers.opened(must_change=True).model_copy(update={"token": TOKEN}))
    assert submit(web, "/sign-in", GOOD).headers["Location"] == "/password"


def test_signing_out_ends_the_session_and_the_cookie(signed_in: FlaskClient, bus: ScriptedClient) -> None:
    page = signed_in.get("/password")
    out = signed_in.post("/sign-out", data={"csrf_token": csrf_of(page)})
    assert (out.status_code, out.headers["Location"]) == (303, "/sign-in")
    assert bus.last(SignOut).token == TOKEN
    assert signed_in.get("/").status_code == 303


def test_signing_out_works_while_customers_is_away(signed_in: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(SignOut, Unavailable("Away."))
    page = signed_in.get("/password")
    assert signed_in.post("/sign-out", data={"csrf_token": csrf_of(page)}).status_code == 303


def test_the_link_from_the_mail_sets_the_password(web: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(SetPasswordByLink, Done())
    fields = {"password": "much better now", "repeated": "much better now"}
    assert submit(web, "/password/link-token", fields).headers["Location"] == "/sign-in"
    assert bus.last(SetPasswordByLink) == SetPasswordByLink(
        link_token="link-token", password="much better now"
    )


@pytest.mark.parametrize(
    ("password", "repeated", "said"),
    [
        ("short", "short", "at least 10"),
        ("much better now", "much better not", "not the same"),
        ("", "", "Enter a new"),
    ],
)
def test_a_password_that_will_not_do_is_refused_beside_the_field(
    web: FlaskClient, bus: ScriptedClient, password: str, repeated: str, said: str
) -> None:
    page = submit(web, "/password/link-token", {"password": password, "repeated": repeated})
    assert page.status_code == 422
    assert said in page.text
    assert bus.count(SetPasswordByLink) == 0


def test_what_a_service_says_of_a_field_stands_beside_it(web: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(SetPasswordByLink, RuleBroken("This password is known to guessers.", field="password"))
    fields = {"password": "password1234", "repeated": "password1234"}
    page = submit(web, "/password/link-token", fields)
    assert 'id="password-error">This password is known to guessers.' in page.text


def test_an_expired_link_says_so(web: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(SetPasswordByLink, NotFound("This link was used or has expired; ask for a new one."))
    fields = {"password": "much better now", "repeated": "much better now"}
    page = submit(web, "/password/link-token", fields)
    assert (page.status_code, "ask for a new one" in page.text) == (404, True)


def test_changing_the_password_asks_for_the_old_one(signed_in: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ChangeOwnPassword, PasswordChanged(token="next-token"))
    fields = {
        "current_password": "secret words",
        "password": "much better now",
        "repeated": "much better now",
    }
    assert submit(signed_in, "/password", fields).headers["Location"] == "/"
    assert bus.last(ChangeOwnPassword).session_token == TOKEN
    with signed_in.session_transaction() as cookie:
        assert cookie["token"] == "next-token"


def test_customers_are_not_shown_the_operators_machines(signed_in: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(CheckSession, answers.issued(answers.me(Role.CUSTOMER, ())))
    signed_in.application.extensions["headend.sessions"].forget(TOKEN)
    page = signed_in.get("/")
    assert page.status_code == 200
    assert "What is running" not in page.text


def test_a_name_is_shown_and_never_run(signed_in: FlaskClient, bus: ScriptedClient) -> None:
    name = '"><svg/onload=alert(1)>{{7*7}}'
    who = answers.me(Role.CUSTOMER, ()).model_copy(update={"name": name})
    bus.tell(CheckSession, ActorIssued(actor_token="a", me=who))
    signed_in.application.extensions["headend.sessions"].forget(TOKEN)
    page = signed_in.get("/").text
    assert "<svg" not in page
    assert name in unescape(page)


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "evil",
        "",
        "/a\r\nX: 1",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_sent_to_another_site(target: str) -> None:
    assert local_path(target) == "/"


@given(st.text())
def test_whatever_is_asked_the_way_leads_to_a_page_of_ours(target: str) -> None:
    path = local_path(target)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))


def test_templates_have_nothing_inline_and_nothing_from_elsewhere() -> None:
    folder = Path(gateway.__file__).parent / "templates"
    found = [*folder.rglob("*.html")]
    assert len(found) >= 7
    for template in found:
        text = template.read_text()
        for forbidden in (
            "|safe",
            "| safe",
            "<style",
            "style=",
            "onclick",
            "onload",
            "<script>",
            "http://",
            "https://",
        ):
            assert forbidden not in text, f"{template.name}: {forbidden}"
