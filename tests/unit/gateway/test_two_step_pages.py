"""Two-step sign-in on pages and in the API: half a session opens nothing, secrets are shown once."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from contracts.actor import Role
from contracts.calls import Done
from contracts.calls import two_step as calls
from contracts.calls.customers import CheckSession, GetStaff, SignIn
from contracts.errors import FieldError, RuleBroken, Throttled, Unauthenticated
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import TOKEN, ScriptedClient
from tests.unit.gateway.test_pages import GOOD, csrf_of, submit

SINCE = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
OFF = calls.TwoStepView(since=None, required=False, recovery_codes_left=0, being_set_up=False)
WAITING = OFF.model_copy(update={"being_set_up": True})
ON = OFF.model_copy(update={"since": SINCE, "recovery_codes_left": 9})
SECRET = calls.TwoStepSecret(secret="ABCDEFGHIJKLMNOP", uri="otpauth://totp/Headend:asha?secret=ABC")
CODES = calls.RecoveryCodes(codes=("aaaa-bbbb-cccc-dddd",), token="next-token")
PAGE, MEMBER = "/account/two-step", f"/settings/staff/{UUID(int=7)}"


def token_of(web: FlaskClient) -> object:
    with web.session_transaction() as cookie:
        return cookie.get("token")


@pytest.fixture
def half(web: FlaskClient, bus: ScriptedClient) -> FlaskClient:
    """A browser that has given the password only."""
    bus.tell(SignIn, answers.opened().model_copy(update={"token": "half-token", "needs_code": True}))
    bus.tell(calls.CompleteSignIn, answers.opened().model_copy(update={"token": TOKEN}))
    assert submit(web, "/sign-in", GOOD).headers["Location"].startswith("/sign-in/code")
    return web


@pytest.fixture
def asha(web: FlaskClient, bus: ScriptedClient) -> FlaskClient:
    """A member of staff, signed in."""
    bus.tell(calls.GetTwoStep, OFF)
    bus.tell(calls.GetTwoStepSecret, SECRET)
    submit(web, "/sign-in", GOOD)
    return web


def test_the_password_alone_opens_no_page(half: FlaskClient) -> None:
    assert token_of(half) is None
    assert half.get("/customers").headers["Location"].startswith("/sign-in")


def test_the_code_opens_the_session_under_its_own_token(half: FlaskClient, bus: ScriptedClient) -> None:
    assert submit(half, "/sign-in/code", {"code": "123 456"}).headers["Location"] == "/"
    asked = bus.last(calls.CompleteSignIn)
    assert (asked.token, asked.code, asked.address) == ("half-token", "123 456", "127.0.0.1")
    with half.session_transaction() as cookie:
        assert cookie["token"] == TOKEN and "half" not in cookie


def test_a_wrong_code_is_said_beside_the_field(half: FlaskClient, bus: ScriptedClient) -> None:
    wrong = RuleBroken("x", errors=[FieldError(field="code", code="wrong_code", message="This is wrong.")])
    bus.tell(calls.CompleteSignIn, wrong)
    page = submit(half, "/sign-in/code", {"code": "000000"})
    assert page.status_code == 422 and 'id="code-error">This is wrong.' in page.text


def test_too_many_codes_are_said_above_the_form(half: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(calls.CompleteSignIn, Throttled("Too many tries; wait 30 seconds and try again."))
    page = submit(half, "/sign-in/code", {"code": "000000"})
    assert page.status_code == 429 and "wait 30 seconds" in page.text


def test_who_took_too_long_begins_anew(half: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(calls.CompleteSignIn, Unauthenticated("This sign-in has begun too long ago."))
    assert submit(half, "/sign-in/code", {"code": "000000"}).headers["Location"].startswith("/sign-in")
    assert half.get("/sign-in/code").headers["Location"] == "/sign-in"


def test_where_somebody_wanted_to_go_they_go_after_the_code(web: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(SignIn, answers.opened().model_copy(update={"token": "half-token", "needs_code": True}))
    bus.tell(calls.CompleteSignIn, answers.opened().model_copy(update={"token": TOKEN}))
    page = web.get("/sign-in?next=/customers")
    step = web.post(
        "/sign-in", data={**GOOD, "next": "/customers", "csrf_token": csrf_of(page)}, follow_redirects=True
    )
    fields = {"code": "123456", "next": "/customers", "csrf_token": csrf_of(step)}
    assert web.post("/sign-in/code", data=fields).headers["Location"] == "/customers"


def test_looking_at_the_page_makes_no_secret(asha: FlaskClient, bus: ScriptedClient) -> None:
    assert asha.get(PAGE).status_code == 200
    assert bus.count(calls.BeginTwoStep) == 0


def test_the_secret_is_shown_as_a_picture_at_its_own_address_and_in_text(
    asha: FlaskClient, bus: ScriptedClient
) -> None:
    bus.tell(calls.GetTwoStep, WAITING)
    page = asha.get(PAGE).text
    assert "ABCD EFGH IJKL MNOP" in page and 'src="/account/two-step/code.svg"' in page
    picture = asha.get(f"{PAGE}/code.svg")
    assert (picture.mimetype, picture.headers["Cache-Control"]) == ("image/svg+xml", "no-store")


def test_recovery_codes_are_shown_once_and_the_session_goes_on_under_its_new_token(
    asha: FlaskClient, bus: ScriptedClient
) -> None:
    bus.tell(calls.GetTwoStep, WAITING)
    bus.tell(calls.ConfirmTwoStep, CODES)
    token = csrf_of(asha.get(PAGE))
    page = asha.post(f"{PAGE}/confirmation", data={"csrf_token": token, "code": "123456"})
    assert "aaaa-bbbb-cccc-dddd" in page.text and page.headers["Cache-Control"] == "no-store"
    assert token_of(asha) == "next-token"


@pytest.mark.parametrize(
    ("path", "call"), [("removal", calls.EndTwoStep), ("recovery-codes", calls.RenewRecoveryCodes)]
)
def test_what_weakens_it_takes_password_and_code(
    asha: FlaskClient, bus: ScriptedClient, path: str, call: type
) -> None:
    bus.tell(calls.GetTwoStep, ON)
    bus.tell(calls.EndTwoStep, Done())
    bus.tell(calls.RenewRecoveryCodes, CODES)
    token = csrf_of(asha.get(PAGE))
    assert asha.post(f"{PAGE}/{path}", data={"csrf_token": token, "password": "p"}).status_code == 422
    asha.post(f"{PAGE}/{path}", data={"csrf_token": token, "password": "p", "code": "123456"})
    assert (bus.last(call).password, bus.last(call).code) == ("p", "123456")


@pytest.fixture
def must(bus: ScriptedClient, make_app: Callable[..., Flask]) -> FlaskClient:
    """Somebody whose role must, and who cannot yet."""
    bus.tell(calls.GetTwoStep, OFF.model_copy(update={"required": True}))
    who = answers.me().model_copy(update={"must_set_up_two_step": True})
    bus.tell(CheckSession, answers.issued(who))
    return make_app().test_client()


def test_who_must_set_it_up_is_led_there_from_every_page(must: FlaskClient) -> None:
    submit(must, "/sign-in", GOOD)
    for path in ("/", "/customers", "/settings"):
        assert must.get(path).headers["Location"] == PAGE
    page = must.get(PAGE)
    assert page.status_code == 200 and 'href="/customers"' not in page.text


def test_who_must_set_it_up_can_do_nothing_else_through_the_api(must: FlaskClient) -> None:
    must.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    refused = must.get("/api/v1/customers")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "two_step_must_be_set_up")
    assert must.get("/api/v1/me/two-step").get_json()["required"] is True


def test_customers_have_no_such_page(web: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(CheckSession, answers.issued(answers.me(Role.CUSTOMER, ())))
    submit(web, "/sign-in", GOOD)
    assert web.get(PAGE).status_code == 403
    assert PAGE not in web.get("/account").text


@pytest.fixture
def admin(web: FlaskClient, bus: ScriptedClient) -> FlaskClient:
    """The operator admin."""
    bus.tell(CheckSession, answers.issued(answers.me(Role.ADMIN, None)))
    bus.tell(GetStaff, answers.staff_member())
    entry = calls.SignInHistoryView(
        at=SINCE, change=calls.SignInChange.RECOVERY_CODE_USED, by_name="Meera", detail="9"
    )
    bus.tell(calls.GetStaffSignIn, calls.StaffSignInView(
        staff_id=UUID(int=7), two_step_since=SINCE, two_step_required=True, history=(entry,)
    ))  # fmt: skip
    bus.tell(calls.ResetTwoStep, Done())
    policy = calls.TwoStepPolicy(roles=(Role.ADMIN,))
    bus.tell(calls.GetTwoStepPolicy, policy)
    bus.tell(calls.ChangeTwoStepPolicy, policy)
    submit(web, "/sign-in", GOOD)
    return web


def test_somebodys_two_step_sign_in_is_reset_on_their_page(admin: FlaskClient, bus: ScriptedClient) -> None:
    page = admin.get(f"{MEMBER}/sign-in")
    assert "Reset the two-step sign-in of Meera" in page.text
    assert "recovery code, 9 are left" in page.text
    reset = admin.post(f"{MEMBER}/two-step-reset", data={"csrf_token": csrf_of(page)})
    assert reset.status_code == 303 and bus.last(calls.ResetTwoStep).staff_id == UUID(int=7)


def test_the_admin_says_which_roles_must(admin: FlaskClient, bus: ScriptedClient) -> None:
    assert 'checked id="roles-4"' in admin.get("/settings/two-step").text
    token = csrf_of(admin.get("/settings/two-step"))
    typed = MultiDict([("csrf_token", token), ("roles", "cashier"), ("roles", "admin")])
    assert admin.post("/settings/two-step", data=typed).status_code == 303
    assert set(bus.last(calls.ChangeTwoStepPolicy).roles) == {Role.CASHIER, Role.ADMIN}


def test_the_api_signs_in_in_two_steps(web: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(SignIn, answers.opened().model_copy(update={"token": "half-token", "needs_code": True}))
    bus.tell(calls.CompleteSignIn, answers.opened())
    first = web.post("/api/v1/sessions", json={"username": "asha", "password": "p"}).get_json()
    assert (first["token"], first["needs_code"]) == ("half-token", True)
    second = web.post("/api/v1/sessions/second-step", json={"token": first["token"], "code": "123456"})
    assert (second.status_code, second.get_json()["token"]) == (201, "new-token")


def test_the_api_sets_it_up_renews_and_turns_off(api: FlaskClient, bus: ScriptedClient) -> None:
    for call, answer in (
        (calls.GetTwoStep, ON), (calls.BeginTwoStep, SECRET), (calls.GetTwoStepSecret, SECRET),
        (calls.ConfirmTwoStep, CODES), (calls.RenewRecoveryCodes, CODES), (calls.EndTwoStep, Done()),
    ):  # fmt: skip
        bus.tell(call, answer)
    mine, proof = "/api/v1/me/two-step", {"password": "p", "code": "123456"}
    assert api.get(mine).get_json()["recovery_codes_left"] == 9
    assert api.post(mine, json={"password": "p"}).get_json()["secret"] == SECRET.secret
    assert api.get(f"{mine}/secret").status_code == 200
    assert api.post(f"{mine}/confirmation", json={"code": "123456"}).get_json()["token"] == "next-token"
    assert api.post(f"{mine}/recovery-codes", json=proof).status_code == 200
    assert api.post(f"{mine}/removal", json=proof).status_code == 204
    assert bus.last(calls.EndTwoStep).session_token == TOKEN


def test_the_api_manages_that_of_staff(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(calls.ResetTwoStep, Done())
    bus.tell(calls.GetTwoStepPolicy, calls.TwoStepPolicy(roles=()))
    bus.tell(calls.ChangeTwoStepPolicy, calls.TwoStepPolicy(roles=(Role.ADMIN,)))
    assert api.delete(f"/api/v1/staff/{UUID(int=7)}/two-step").status_code == 204
    assert api.get("/api/v1/two-step-policy").get_json() == {"roles": []}
    assert api.put("/api/v1/two-step-policy", json={"roles": ["admin"]}).get_json() == {"roles": ["admin"]}
