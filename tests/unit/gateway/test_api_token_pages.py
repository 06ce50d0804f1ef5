"""API tokens on pages and in the API: shown once, and no way into what is for people."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from contracts.actor import Role, Scope
from contracts.calls import Done
from contracts.calls import api_tokens as calls
from contracts.calls.customers import CheckSession, GetStaff
from contracts.calls.two_step import GetStaffSignIn, GetTwoStep, StaffSignInView, TwoStepView
from contracts.errors import FieldError, RuleBroken
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import TOKEN, ScriptedClient
from tests.unit.gateway.test_pages import GOOD, csrf_of, submit

PAGE, ID, MEMBER = "/account/api-tokens", UUID(int=31), UUID(int=7)
ABOUT = calls.ApiTokenView(
    id=ID, purpose="Till <b>", prefix="hdt_AbCdEfGh", scopes=(Scope.PAYMENTS,), created_at=answers.AT,
    expires_at=answers.AT, last_used_at=None,
)  # fmt: skip
MADE = calls.ApiTokenMade(token="hdt_AbCdEfGhTheRestOfIt", about=ABOUT)
FORM = [("purpose", "Till"), ("scopes", "read"), ("scopes", "payments"), ("days", "30"), ("password", "p")]


@pytest.fixture
def asha(web: FlaskClient, bus: ScriptedClient) -> FlaskClient:
    """A member of staff, signed in."""
    off = TwoStepView(since=None, required=False, recovery_codes_left=0, being_set_up=False)
    bus.tell(GetTwoStep, off)
    bus.tell(calls.ListOwnApiTokens, calls.ApiTokenList(items=(ABOUT,)))
    bus.tell(calls.MakeApiToken, MADE)
    bus.tell(calls.RevokeOwnApiToken, Done())
    submit(web, "/sign-in", GOOD)
    return web


def make(web: FlaskClient, *fields: tuple[str, str]) -> object:
    token = csrf_of(web.get(PAGE))
    return web.post(PAGE, data=MultiDict([("csrf_token", token), *(fields or FORM)]))


def test_a_token_is_listed_by_how_it_begins(asha: FlaskClient) -> None:
    page = asha.get(PAGE).text
    assert "hdt_AbCdEfGh…" in page and "Till &lt;b&gt;" in page and "Take payments" in page


def test_a_new_token_is_shown_once(asha: FlaskClient, bus: ScriptedClient) -> None:
    page = make(asha)
    assert MADE.token in page.text and page.headers["Cache-Control"] == "no-store"  # type: ignore[attr-defined]  # Werkzeug's answer
    asked = bus.last(calls.MakeApiToken)
    assert (asked.session_token, asked.scopes, asked.days) == (TOKEN, (Scope.READ, Scope.PAYMENTS), 30)
    assert MADE.token not in asha.get(PAGE).text


@pytest.mark.parametrize(("field", "value"), [("days", "366"), ("days", "0"), ("days", "x"), ("purpose", "")])
def test_a_wrong_value_is_said_beside_its_field(
    asha: FlaskClient, bus: ScriptedClient, field: str, value: str
) -> None:
    fields = [(name, value if name == field else typed) for name, typed in FORM]
    page = make(asha, *fields)
    assert page.status_code == 422 and f'id="{field}-error"' in page.text  # type: ignore[attr-defined]  # Werkzeug's answer
    assert bus.count(calls.MakeApiToken) == 0


def test_a_wrong_password_is_said_beside_its_field(asha: FlaskClient, bus: ScriptedClient) -> None:
    wrong = FieldError(field="password", code="wrong_password", message="The password is wrong.")
    bus.tell(calls.MakeApiToken, RuleBroken("x", errors=[wrong]))
    assert 'id="password-error">The password is wrong.' in make(asha).text  # type: ignore[attr-defined]  # Werkzeug's answer


def test_the_code_is_asked_for_where_it_is_needed(asha: FlaskClient, bus: ScriptedClient) -> None:
    assert 'name="code"' not in asha.get(PAGE).text
    on = TwoStepView(since=answers.AT, required=False, recovery_codes_left=1, being_set_up=False)
    bus.tell(GetTwoStep, on)
    assert 'name="code"' in asha.get(PAGE).text


def test_a_token_is_revoked(asha: FlaskClient, bus: ScriptedClient) -> None:
    asha.post(f"{PAGE}/{ID}/revocation", data={"csrf_token": csrf_of(asha.get(PAGE))})
    assert bus.last(calls.RevokeOwnApiToken).token_id == ID


def test_who_manages_somebody_sees_and_revokes_their_tokens(web: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(CheckSession, answers.issued(answers.me(Role.ADMIN, None)))
    bus.tell(GetStaff, answers.staff_member())
    view = StaffSignInView(
        staff_id=MEMBER, two_step_since=None, two_step_required=False, api_tokens=(ABOUT,), history=()
    )
    bus.tell(GetStaffSignIn, view)
    bus.tell(calls.RevokeApiToken, Done())
    submit(web, "/sign-in", GOOD)
    page = web.get(f"/settings/staff/{MEMBER}/sign-in")
    web.post(f"/settings/staff/{MEMBER}/api-tokens/{ID}/revocation", data={"csrf_token": csrf_of(page)})
    assert (bus.last(calls.RevokeApiToken).staff_id, bus.last(calls.RevokeApiToken).token_id) == (MEMBER, ID)


def test_the_api_makes_lists_and_revokes_tokens(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(calls.ListOwnApiTokens, calls.ApiTokenList(items=(ABOUT,)))
    bus.tell(calls.MakeApiToken, MADE)
    bus.tell(calls.RevokeOwnApiToken, Done())
    bus.tell(calls.RevokeApiToken, Done())
    body = {"purpose": "Till", "scopes": ["read"], "days": 30, "password": "p"}
    assert api.post("/api/v1/me/api-tokens", json=body).get_json()["token"] == MADE.token
    assert "token" not in api.get("/api/v1/me/api-tokens").get_json()["items"][0]
    assert api.delete(f"/api/v1/me/api-tokens/{ID}").status_code == 204
    assert api.delete(f"/api/v1/staff/{MEMBER}/api-tokens/{ID}").status_code == 204


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/me/password"), ("DELETE", "/sessions/current"), ("GET", "/me/sessions"), ("POST", "/me/two-step"),
     ("POST", "/me/api-tokens"), ("GET", "/me/two-step")],
)  # fmt: skip
def test_what_is_for_people_is_403_for_a_token(
    api: FlaskClient, bus: ScriptedClient, method: str, path: str
) -> None:
    program = answers.me().model_copy(update={"scopes": (Scope.READ,)})
    bus.tell(CheckSession, answers.issued(program))
    answer = api.open(f"/api/v1{path}", method=method, json={})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "needs_a_person")
    assert api.get("/api/v1/me").get_json()["scopes"] == ["read"]
