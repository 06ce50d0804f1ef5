"""What holds for every answer of every route: headers, cookies, whose session counts (TRUST, checks 8 to 10)."""

from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from contracts.calls.customers import (
    CheckSession,
    GetCustomer,
    ListBranches,
    ListCustomers,
    ListStaff,
)
from contracts.errors import Forbidden, NotFound, Throttled
from gateway.auth import OPEN_ENDPOINTS
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import BEARER, ScriptedClient
from tests.unit.gateway.test_access import paths
from tests.unit.gateway.test_pages import GOOD, csrf_of

HTTPS = "https://headend.example"
PREVIEWS = frozenset({"settings_pages.preview_letter", "reminder_pages.mail"})
"""An e-mail shown in a frame of ours: with its own style, without scripts or an origin."""
FILES_OF_OURS = frozenset({"static", "docs.static"})


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """As it is in production: people come by https."""
    return make_app(
        profile="production", mode="real", amqp_uri="amqp://headend:a-long-secret@broker/", public_url=HTTPS
    )


@pytest.fixture
def signed_in(app: Flask) -> FlaskClient:
    web = app.test_client()
    page = web.get("/sign-in", base_url=HTTPS)
    sent = web.post("/sign-in", data={**GOOD, "csrf_token": csrf_of(page)}, base_url=HTTPS)
    assert sent.status_code == 303
    return web


def broken(_: object) -> None:
    raise ZeroDivisionError("SELECT secret FROM staff")


@pytest.fixture(autouse=True)
def every_kind_of_refusal(bus: ScriptedClient) -> Iterator[None]:
    """Services refuse in all their ways, one breaks; what is not told about here is away."""
    bus.tell(ListBranches, broken)
    bus.tell(ListCustomers, Throttled("Too many tries; wait a while."))
    bus.tell(GetCustomer, NotFound("There is no such customer."))
    bus.tell(ListStaff, Forbidden("Your role may not do this."))
    bus.tell(CheckSession, answers.issued())
    with capture_logs():  # drawing many tracebacks for nobody takes minutes
        yield


def everywhere(app: Flask, web: FlaskClient) -> Iterator[tuple[str, str, TestResponse]]:
    """Endpoint, what was asked and the answer: every route with every method, as a browser and as a program, and what
    is no route.
    """
    for method, path, rule in paths(app):
        for headers in ({}, BEARER, {"Content-Type": "application/json", **BEARER}):
            answer = web.open(
                path, method=method, headers=headers, base_url=HTTPS, data="{" if headers else None
            )
            yield rule.endpoint, f"{method} {path}", answer
    large = {"data": b"x" * 1_000_001, "headers": BEARER}
    for method, path in (
        ("GET", "/nothing"),
        ("GET", "/api/v1/nothing"),
        ("TRACE", "/"),
        ("PUT", "/api/v1/plans"),
    ):
        yield "", f"{method} {path}", web.open(path, method=method, base_url=HTTPS, headers=BEARER)
    yield "", "large", web.post("/api/v1/plans", base_url=HTTPS, **large)


def faults(endpoint: str, answer: TestResponse) -> Iterator[str]:
    """What the headers of an answer lack."""
    headers = answer.headers
    policy = headers.get("Content-Security-Policy", "")
    wanted = {
        "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Frame-Options": "SAMEORIGIN" if endpoint in PREVIEWS else "DENY",
    }  # fmt: skip
    yield from (
        f"{name}: {headers.get(name)}" for name, value in wanted.items() if headers.get(name) != value
    )
    if endpoint not in FILES_OF_OURS and headers.get("Cache-Control") != "no-store":
        yield f"Cache-Control: {headers.get('Cache-Control')}"
    frames = "frame-ancestors 'self'" if endpoint in PREVIEWS else "frame-ancestors 'none'"
    if "default-src 'none'" not in policy or frames not in policy or "unsafe-eval" in policy:
        yield policy
    if "unsafe-inline" in policy and (
        endpoint not in PREVIEWS or "sandbox" not in policy or "script-src" in policy
    ):
        yield policy
    if "Server" in headers and "/" in headers["Server"]:
        yield headers["Server"]


def test_every_answer_has_every_header(app: Flask, signed_in: FlaskClient) -> None:
    found, statuses = {}, set()
    for endpoint, asked, answer in everywhere(app, signed_in):
        statuses.add(answer.status_code)
        if lacking := list(faults(endpoint, answer)):
            found[asked] = lacking
    assert found == {}
    assert statuses >= {200, 303, 400, 401, 403, 404, 405, 413, 429, 500, 503}, (
        "an answer of each kind was looked at"
    )


def test_no_answer_tells_what_broke(app: Flask, signed_in: FlaskClient) -> None:
    asked = [asked for _, asked, answer in everywhere(app, signed_in) if answer.status_code == 500]
    told = [asked for _, asked, answer in everywhere(app, signed_in) if "secret FROM" in answer.text]
    assert len(asked) > 3 and told == []


def test_every_cookie_is_for_this_host_alone_over_https_and_not_for_scripts(app: Flask) -> None:
    web = app.test_client()
    cookies: dict[str, str] = {}
    token = csrf_of(web.get("/sign-in", base_url=HTTPS))
    for path in (
        "/language",
        "/sign-in",
        "/password",
        "/sign-out",
        "/password-reset",
        "/password/x",
        "/email/x",
    ):
        fields = {**GOOD, "language": "fr", "csrf_token": token}
        for answer in (web.get(path, base_url=HTTPS), web.post(path, base_url=HTTPS, data=fields)):
            cookies |= {f"{path}: {cookie}": cookie for cookie in answer.headers.getlist("Set-Cookie")}
    for _, asked, answer in everywhere(app, app.test_client()):
        cookies |= {f"{asked}: {cookie}": cookie for cookie in answer.headers.getlist("Set-Cookie")}
    assert len(cookies) > 3, "signing in, signing out and forms set one"
    assert {asked: cookie for asked, cookie in cookies.items() if not is_safe(cookie)} == {}


def is_safe(header: str) -> bool:
    """Whether the cookie has the name and attributes that browsers hold to."""
    ((name, morsel),) = SimpleCookie(header).items()
    return (
        name.startswith("__Host-") and bool(morsel["secure"]) and bool(morsel["httponly"])
        and morsel["samesite"] in ("Lax", "Strict") and morsel["path"] == "/" and not morsel["domain"]
    )  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [
        "headend=x; Secure; HttpOnly; Path=/; SameSite=Lax", "__Host-headend=x; HttpOnly; Path=/; SameSite=Lax",
        "__Host-headend=x; Secure; Path=/; SameSite=Lax", "__Host-headend=x; Secure; HttpOnly; Path=/; SameSite=None",
        "__Host-headend=x; Secure; HttpOnly; Path=/; SameSite=Lax; Domain=example.com",
        "__Host-headend=x; Secure; HttpOnly; Path=/my; SameSite=Lax",
    ],
)  # fmt: skip
def test_a_cookie_that_lacks_something_is_noticed(header: str) -> None:
    assert is_safe("__Host-headend=x; Secure; HttpOnly; Path=/; SameSite=Lax") and not is_safe(header)


def test_a_borrowed_cookie_opens_no_route_of_the_api(
    app: Flask, signed_in: FlaskClient, bus: ScriptedClient
) -> None:
    asked = len(bus.asked)
    let_in = [
        f"{method} {path}"
        for method, path, rule in paths(app)
        if path.startswith("/api/") and rule.endpoint not in OPEN_ENDPOINTS
        if signed_in.open(path, method=method, base_url=HTTPS, json={}).status_code != 401
    ]
    assert let_in == []
    assert bus.asked[asked:] == []


def test_only_forms_and_the_api_change_anything(app: Flask) -> None:
    methods = {(method, path.startswith("/api/")) for method, path, _ in paths(app)}
    assert {method for method, is_api in methods if not is_api} == {"GET", "POST"}
    assert {method for method, is_api in methods if is_api} == {"GET", "POST", "PUT", "PATCH", "DELETE"}
