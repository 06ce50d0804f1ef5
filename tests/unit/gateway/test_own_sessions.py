"""Where somebody is signed in, on their page and in the API."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient

from contracts.calls import Done
from contracts.calls.customers import CheckSession, SignIn
from contracts.calls.own_sessions import (
    EndOtherSessions,
    EndOwnSession,
    ListOwnSessions,
    OwnSession,
    OwnSessionList,
)
from contracts.calls.two_step import GetTwoStep, TwoStepView
from contracts.errors import NotFound
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import TOKEN, ScriptedClient
from tests.unit.gateway.test_pages import GOOD, csrf_of, submit

HERE, THERE = UUID(int=21), UUID(int=22)


def one(session_id: UUID, browser: str) -> OwnSession:
    return OwnSession(
        id=session_id, is_current=session_id == HERE, opened_at=answers.AT, last_seen_at=answers.AT,
        ends_at=answers.AT, address="203.0.113.*", browser=browser,
    )  # fmt: skip


@pytest.fixture
def bus(bus: ScriptedClient) -> ScriptedClient:
    bus.tell(ListOwnSessions, OwnSessionList(items=(one(HERE, "Firefox on Linux"), one(THERE, ""))))
    bus.tell(EndOwnSession, Done())
    bus.tell(EndOtherSessions, Done())
    off = TwoStepView(since=None, required=False, recovery_codes_left=0, being_set_up=False)
    bus.tell(GetTwoStep, off)
    return bus


def test_the_page_lists_sessions_and_ends_one(web: FlaskClient, bus: ScriptedClient) -> None:
    submit(web, "/sign-in", GOOD)
    page = web.get("/account")
    assert "Firefox on Linux" in page.text and "This one" in page.text and "Unknown" in page.text
    assert f"/account/sessions/{HERE}/end" not in page.text
    web.post(f"/account/sessions/{THERE}/end", data={"csrf_token": csrf_of(page)})
    assert (bus.last(EndOwnSession).session_id, bus.last(EndOwnSession).session_token) == (THERE, TOKEN)


def test_a_session_that_has_ended_meanwhile_is_no_error(web: FlaskClient, bus: ScriptedClient) -> None:
    submit(web, "/sign-in", GOOD)
    token = csrf_of(web.get("/account"))
    bus.tell(EndOwnSession, NotFound("There is no such session, or it has ended."))
    page = web.post(f"/account/sessions/{THERE}/end", data={"csrf_token": token}, follow_redirects=True)
    assert page.status_code == 200 and "it has ended" in page.text


def test_the_page_ends_all_others(web: FlaskClient, bus: ScriptedClient) -> None:
    submit(web, "/sign-in", GOOD)
    page = web.post(
        "/account/sessions/end-others",
        data={"csrf_token": csrf_of(web.get("/account"))},
        follow_redirects=True,
    )
    assert "signed in here only" in page.text and bus.count(EndOtherSessions) == 1


def test_the_api_lists_and_ends_them_and_forgets_what_it_kept(api: FlaskClient, bus: ScriptedClient) -> None:
    listed = api.get("/api/v1/me/sessions").get_json()["items"]
    assert [item["id"] for item in listed] == [str(HERE), str(THERE)]
    for path in (f"/api/v1/me/sessions/{THERE}", "/api/v1/me/sessions"):
        checked = bus.count(CheckSession)
        assert api.delete(path).status_code == 204
        api.get("/api/v1/me")
        assert bus.count(CheckSession) == checked + 1


def test_signing_in_tells_from_where(web: FlaskClient, bus: ScriptedClient) -> None:
    web.post(
        "/api/v1/sessions",
        json={"username": "a", "password": "b"},
        headers={"User-Agent": "till/" + "x" * 900},
    )
    asked = bus.last(SignIn)
    assert (asked.address, asked.user_agent[:5], len(asked.user_agent)) == ("127.0.0.1", "till/", 400)
