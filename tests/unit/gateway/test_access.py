"""Who gets in: TRUST, checks 1 and 7."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from contracts.calls import Done
from contracts.calls.customers import (
    ChangeOwnPassword,
    ChangeStaff,
    CheckSession,
    DeactivateCustomer,
    ListBranches,
    PasswordChanged,
    SetPasswordByLink,
    SignIn,
    SignOut,
)
from contracts.errors import Unauthenticated
from gateway.auth import OPEN_ENDPOINTS, SessionCache
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import BEARER, TOKEN, ScriptedClient

VALUES = {
    "number": "MAIN-2026-000001", "filename": "x", "token": "x", "provider": "simulated", "kind": "upi",
}  # fmt: skip


def paths(app: Flask) -> Iterator[tuple[str, str, Rule]]:
    """Every route with every method, its variables filled in."""
    for rule in app.url_map.iter_rules():
        values = {name: VALUES.get(name, UUID(int=7)) for name in rule.arguments}
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(rule.endpoint, values, method=_a_method(rule))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, path, rule


def _a_method(rule: Rule) -> str:
    return sorted((rule.methods or {"GET"}) - {"HEAD", "OPTIONS"})[0]


def test_every_route_but_the_listed_ones_refuses_who_is_not_signed_in(
    app: Flask, bus: ScriptedClient
) -> None:
    let_in = []
    for method, path, rule in paths(app):
        if rule.endpoint in OPEN_ENDPOINTS:
            continue
        answer = app.test_client().open(path, method=method)
        refused = answer.status_code == 401 or (
            answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in")
        )
        if not refused:
            let_in.append(f"{method} {path}: {answer.status_code}")
    assert let_in == []
    assert bus.asked == []


def test_the_open_routes_are_all_there(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} >= OPEN_ENDPOINTS


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic abc", "Bearer a b", "Bearer " + "x" * 201, "Bearer ü", TOKEN]
)
def test_only_a_bearer_token_opens_the_api(web: FlaskClient, bus: ScriptedClient, header: str) -> None:
    answer = web.get("/api/v1/me", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert bus.asked == []


def test_an_expired_session_is_401_and_says_so(web: FlaskClient) -> None:
    answer = web.get("/api/v1/me", headers={"Authorization": "Bearer old"})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "unauthenticated")
    assert "expired" in answer.get_json()["detail"]


def test_the_cookie_of_the_pages_does_not_open_the_api(web: FlaskClient) -> None:
    with web.session_transaction() as cookie:
        cookie["token"] = TOKEN
    assert web.get("/api/v1/me").status_code == 401


def test_a_bearer_token_does_not_open_the_pages(web: FlaskClient) -> None:
    assert web.get("/", headers=BEARER).status_code == 303


def test_calls_carry_the_actor_token_and_never_the_session_token(
    api: FlaskClient, bus: ScriptedClient
) -> None:
    api.get("/api/v1/branches")
    assert bus.asked[-1] == (ListBranches(), "signed-actor")


def test_a_session_is_asked_for_once_in_thirty_seconds(api: FlaskClient, bus: ScriptedClient) -> None:
    for _ in range(3):
        assert api.get("/api/v1/me").status_code == 200
    assert bus.count(CheckSession) == 1


def test_after_signing_out_the_token_is_worthless_at_once(api: FlaskClient, bus: ScriptedClient) -> None:
    assert api.get("/api/v1/me").status_code == 200
    bus.tell(CheckSession, Unauthenticated("The session has ended."))
    assert api.delete("/api/v1/sessions/current").status_code == 204
    assert bus.last(SignOut).token == TOKEN
    assert api.get("/api/v1/me").status_code == 401


def test_a_service_that_no_longer_knows_the_actor_ends_the_cached_session(
    api: FlaskClient, bus: ScriptedClient
) -> None:
    bus.tell(ListBranches, Unauthenticated("The session has ended."))
    assert api.get("/api/v1/branches").status_code == 401
    api.get("/api/v1/me")
    assert bus.count(CheckSession) == 2


def test_a_one_time_password_opens_nothing_but_the_change_of_it(
    api: FlaskClient, bus: ScriptedClient
) -> None:
    bus.tell(CheckSession, answers.issued(answers.me(must_change=True)))
    bus.tell(ChangeOwnPassword, PasswordChanged(token="next-token"))
    refused = api.get("/api/v1/customers")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "password_must_be_changed")
    assert api.get("/api/v1/me").get_json()["must_change_password"] is True
    change = {"current_password": "first-time-1", "password": "much better now"}
    assert api.post("/api/v1/me/password", json=change).get_json() == {"token": "next-token"}


def test_the_cache_of_sessions_forgets_after_thirty_seconds() -> None:
    now = [100.0]
    cache = SessionCache(tick=lambda: now[0])
    cache.keep("t", answers.issued())
    now[0] = 129.9
    assert cache.get("t") is not None
    now[0] = 130.0
    assert cache.get("t") is None


def test_what_ends_somebodys_sessions_lets_the_cache_forget_everybody(
    api: FlaskClient, bus: ScriptedClient
) -> None:
    bus.tell(ChangeStaff, answers.staff_member())
    bus.tell(DeactivateCustomer, answers.customer())
    bus.tell(SetPasswordByLink, Done())
    bus.tell(ChangeOwnPassword, PasswordChanged(token="next-token"))
    passwords = {"current_password": "as it was 1", "password": "much better now"}
    for number, (method, path, body) in enumerate(
        (
            ("PATCH", f"/api/v1/staff/{UUID(int=7)}", {"state": "deactivated"}),
            ("POST", f"/api/v1/customers/{answers.CUSTOMER}/deactivation", {"reason": "moved away"}),
            ("POST", "/api/v1/password-links", {"token": "t", "password": "much better now"}),
            ("POST", "/api/v1/me/password", passwords),
        ),
        start=1,
    ):
        assert api.get("/api/v1/me").status_code == 200
        assert bus.count(CheckSession) == number
        assert api.open(path, method=method, json=body).status_code in (200, 204)
    api.get("/api/v1/me")
    assert bus.count(CheckSession) == 5


def test_the_cache_of_sessions_stays_small() -> None:
    cache = SessionCache(size=10)
    for number in range(50):
        cache.keep(str(number), answers.issued())
    assert [number for number in range(50) if cache.get(str(number))] == list(range(40, 50))


def test_behind_a_proxy_sign_in_is_throttled_by_the_persons_address(
    make_app: Callable[..., Flask], bus: ScriptedClient
) -> None:
    web = make_app(trusted_proxies=1).test_client()
    web.post(
        "/api/v1/sessions",
        json={"username": "a", "password": "b"},
        headers={"X-Forwarded-For": "1.1.1.1, 2.2.2.2"},
    )
    assert bus.last(SignIn).address == "2.2.2.2"


def test_nobody_can_invent_an_address_where_there_is_no_proxy(web: FlaskClient, bus: ScriptedClient) -> None:
    web.post(
        "/api/v1/sessions", json={"username": "a", "password": "b"}, headers={"X-Forwarded-For": "2.2.2.2"}
    )
    assert bus.last(SignIn).address == "127.0.0.1"


def test_metrics_are_not_shown_through_the_proxy(make_app: Callable[..., Flask]) -> None:
    web = make_app(trusted_proxies=1).test_client()
    assert web.get("/metrics").status_code == 200
    assert web.get("/metrics", headers={"X-Forwarded-For": "9.9.9.9"}).status_code == 404
