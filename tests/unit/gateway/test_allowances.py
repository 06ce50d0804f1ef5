"""Rate limits in the gateway: what customers hands out is spent here, and no request costs a call (TRUST, check 22)."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from contracts.calls.allowances import Allowance, TakeAllowance
from contracts.calls.customers import CheckSession, CustomerList, ListCustomers, SignIn
from contracts.errors import Throttled, Unauthenticated, Unavailable
from gateway.allowances import Allowances
from gateway.auth import SessionCache
from gateway.pages import csv_files
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_pages import GOOD, submit

SIGN_IN = {"username": "asha", "password": "p"}


def allowed(requests: int, seconds: float = 30.0) -> Any:
    return answers.issued().model_copy(update={"allowance": Allowance(requests=requests, seconds=seconds)})


def too_many(seconds: int = 18) -> Throttled:
    refusal = Throttled("More than 1200 requests in a minute; go on in 18 seconds.")
    refusal.code, refusal.retry_after = "too_many_requests", seconds
    return refusal


def test_an_allowance_is_spent_before_customers_is_asked_again(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(CheckSession, allowed(5))
    for _ in range(12):
        assert api.get("/api/v1/me").status_code == 200
    assert bus.count(CheckSession) == 3


def test_who_has_asked_too_often_is_refused_here_and_costs_nobody_anything(
    api: FlaskClient, bus: ScriptedClient
) -> None:
    bus.tell(CheckSession, too_many())
    for _ in range(50):
        refused = api.get("/api/v1/me")
        assert (refused.status_code, refused.get_json()["code"]) == (429, "too_many_requests")
        assert 1 <= int(refused.headers["Retry-After"]) <= 19
    assert bus.count(CheckSession) == 1


def test_a_page_says_it_too(web: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(CheckSession, allowed(1))
    submit(web, "/sign-in", GOOD)
    bus.tell(CheckSession, too_many())
    web.get("/password")
    page = web.get("/password")
    assert page.status_code == 429 and "go on in 18 seconds" in page.text


def test_a_refusal_ends_with_its_minute() -> None:
    now = [0.0]
    cache = SessionCache(tick=lambda: now[0])
    cache.keep_refusal("t", too_many(18))
    with pytest.raises(Throttled):
        cache.get("t")
    now[0] = 18.0
    assert cache.get("t") is None


def test_what_is_handed_out_twice_at_once_adds_up() -> None:
    cache = SessionCache(tick=lambda: 0.0)
    cache.keep("t", allowed(5))
    cache.keep("t", allowed(5))
    assert (
        sum(cache.get("t") is not None for _ in range(20)) == 8
    )  # each of the two was for a request of its own


def test_an_answer_is_kept_no_longer_than_its_allowance() -> None:
    now = [0.0]
    cache = SessionCache(tick=lambda: now[0])
    cache.keep("t", allowed(5, seconds=3.0))
    now[0] = 3.0
    assert cache.get("t") is None


def test_an_address_without_sign_in_has_an_allowance_too(web: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(TakeAllowance, Allowance(requests=3, seconds=30))
    for _ in range(6):
        assert web.post("/api/v1/sessions", json=SIGN_IN).status_code == 201
    assert (bus.count(TakeAllowance), bus.last(TakeAllowance).address) == (2, "127.0.0.1")
    bus.tell(TakeAllowance, too_many())
    for _ in range(9):
        refused = web.post("/api/v1/sessions", json=SIGN_IN)
        assert refused.status_code == 429 and refused.headers["Retry-After"]
    assert (bus.count(TakeAllowance), bus.count(SignIn)) == (3, 6)


def test_made_up_tokens_are_counted_by_their_address(web: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(CheckSession, Unauthenticated("There is no such session."))
    bus.tell(TakeAllowance, Allowance(requests=3, seconds=30))
    tokens = iter(range(100))

    def knock() -> int:
        return web.get("/api/v1/me", headers={"Authorization": f"Bearer made-up-{next(tokens)}"}).status_code

    assert [knock() for _ in range(3)] == [401] * 3
    bus.tell(TakeAllowance, too_many())
    assert [knock() for _ in range(5)] == [429] * 5
    assert bus.count(CheckSession) == 4


def test_where_customers_is_away_nobody_is_counted(web: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(TakeAllowance, Unavailable("away"))
    bus.tell(SignIn, Unavailable("away"))
    assert web.post("/api/v1/sessions", json=SIGN_IN).status_code == 503


def test_a_crowd_of_addresses_stays_small() -> None:
    held = Allowances(size=10)
    for number in range(100):
        held.spend(str(number), lambda: Allowance(requests=9, seconds=30))
    assert len(held._left) == 10


def test_a_file_ends_with_a_sentence_when_it_has_too_many_rows(
    web: FlaskClient, bus: ScriptedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contracts.calls.customers import BranchList, ListBranches

    monkeypatch.setattr(csv_files, "MOST_ROWS", 1000)
    bus.tell(ListBranches, BranchList(items=(answers.branch(),)))
    bus.tell(ListCustomers, CustomerList(items=(answers.customer(),) * 200, next="more"))
    submit(web, "/sign-in", GOOD)
    lines = web.get("/customers/list.csv").text.splitlines()
    assert len(lines) == 1 + 1000 + 1 and "narrow the list" in lines[-1]
    assert bus.count(ListCustomers) <= 6
