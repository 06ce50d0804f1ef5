"""A customer's own details: what they change, what waits for confirmation, what the desk changed meanwhile."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from contracts.actor import Role
from contracts.calls import Done
from contracts.calls.account import ConfirmEmail, ResendEmailLink, WithdrawEmailChange
from contracts.calls.customers import (
    ActorIssued,
    BranchList,
    ChangeCustomer,
    CheckSession,
    GetCustomer,
    ListBranches,
)
from contracts.errors import Conflict, RuleBroken, Throttled
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_pages import GOOD, csrf_of, submit

PATH = "/my/details"
TYPED = {"email": "a@example.com", "mobile": "", "house_name": "", "street": "2 New Road", "area": "",
         "postal_code": "", "district": "", "state": "Kerala", "country": "", "locale": "en",
         "version": "1"}  # fmt: skip


def as_customer(bus: ScriptedClient, customer_id: UUID = answers.CUSTOMER) -> None:
    me = answers.me(Role.CUSTOMER, ()).model_copy(update={"customer_id": customer_id})
    bus.tell(CheckSession, ActorIssued(actor_token="signed-actor", me=me))


@pytest.fixture
def mine(web: FlaskClient, bus: ScriptedClient) -> FlaskClient:
    """A browser in which a customer is signed in."""
    as_customer(bus)
    bus.tell(GetCustomer, answers.customer())
    bus.tell(ListBranches, BranchList(items=(answers.branch(),)))
    bus.tell(ChangeCustomer, answers.customer())
    submit(web, "/sign-in", GOOD)
    return web


def pending(**fields: Any) -> Any:
    waits = {"pending_email": "new@example.org", "pending_email_until": answers.AT, **fields}
    return answers.customer().model_copy(update=waits)


def test_the_page_shows_what_is_known_and_who_changes_the_rest(mine: FlaskClient) -> None:
    page = mine.get(PATH).text
    assert 'value="a@example.com"' in page and "Fish &amp; Chips &lt;Ltd" in page
    assert "Please ask your branch, Main." in page


def test_only_what_was_changed_is_sent_with_the_version_that_was_seen(
    mine: FlaskClient, bus: ScriptedClient
) -> None:
    assert submit(mine, PATH, TYPED).headers["Location"] == PATH
    asked = bus.last(ChangeCustomer)
    assert asked.model_fields_set == {"customer_id", "expected_version", "street"}
    assert (asked.customer_id, asked.expected_version, asked.street) == (answers.CUSTOMER, 1, "2 New Road")


def test_a_new_address_is_said_to_wait(mine: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ChangeCustomer, pending())
    submit(mine, PATH, {**TYPED, "email": "new@example.org"})
    bus.tell(GetCustomer, pending())
    page = mine.get(PATH).text
    assert "We sent a link to new@example.org. Follow it within 24 hours." in page
    assert "Waiting for confirmation" in page and "Until then we write to a@example.com." in page


def test_what_waits_is_withdrawn_or_sent_again_by_a_button(mine: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetCustomer, pending())
    bus.tell(WithdrawEmailChange, answers.customer())
    bus.tell(ResendEmailLink, pending())
    token = {"csrf_token": csrf_of(mine.get(PATH))}
    for path, call in (("withdraw", WithdrawEmailChange), ("link", ResendEmailLink)):
        assert mine.post(f"{PATH}/email/{path}", data=token).status_code == 303
        assert bus.last(call).customer_id == answers.CUSTOMER


def test_a_stale_form_says_what_is_stored_now_and_keeps_what_was_typed(
    mine: FlaskClient, bus: ScriptedClient
) -> None:
    stored = answers.customer().model_copy(update={"version": 2, "mobile": "+919000000001"})
    token = csrf_of(mine.get(PATH))
    bus.tell(GetCustomer, stored)
    refusal = Conflict("Somebody else changed these details.")
    refusal.code = "customer_changed_meanwhile"
    bus.tell(ChangeCustomer, refusal)
    page = mine.post(PATH, data={**TYPED, "csrf_token": token})
    assert page.status_code == 409
    assert "Stored now: +919000000001" in page.text and 'value="2 New Road"' in page.text
    assert 'name="version" type="hidden" value="2"' in page.text
    assert "Your branch changed your details in the meantime." in page.text


def test_what_a_rule_refuses_is_said_beside_its_field(mine: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ChangeCustomer, RuleBroken("Ask your branch.", field="email"))
    page = submit(mine, PATH, {**TYPED, "email": ""})
    assert page.status_code == 422 and 'id="email-error">Ask your branch.' in page.text


def test_what_is_no_address_never_leaves_the_gateway(mine: FlaskClient, bus: ScriptedClient) -> None:
    page = submit(mine, PATH, {**TYPED, "email": "no address"})
    assert page.status_code in (400, 422) and 'id="email-error"' in page.text
    assert bus.count(ChangeCustomer) == 0


def test_too_many_links_are_said(mine: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ChangeCustomer, Throttled("Wait a little.", field="email"))
    page = submit(mine, PATH, {**TYPED, "email": "new@example.org"})
    assert page.status_code == 429 and "Wait a little." in page.text


def test_staff_have_no_such_page(web: FlaskClient) -> None:
    submit(web, "/sign-in", GOOD)
    assert web.get(PATH).status_code == 403


def test_customers_find_it_in_the_header_and_staff_do_not(mine: FlaskClient, bus: ScriptedClient) -> None:
    assert 'href="/my/details"' in mine.get(PATH).text


def test_a_link_from_the_mail_is_confirmed_by_a_button_and_without_signing_in(
    web: FlaskClient, bus: ScriptedClient
) -> None:
    bus.tell(ConfirmEmail, Done())
    assert web.get("/email/tok").status_code == 200
    assert bus.count(ConfirmEmail) == 0
    assert submit(web, "/email/tok", {}).status_code == 303
    assert bus.last(ConfirmEmail).link_token == "tok"


def test_a_link_that_is_over_says_so(web: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ConfirmEmail, RuleBroken("This link was used already.", field="link_token"))
    page = submit(web, "/email/tok", {})
    assert page.status_code == 422 and "This link was used already." in page.text


def test_the_api_withdraws_and_sends_again(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(WithdrawEmailChange, answers.customer())
    bus.tell(ResendEmailLink, pending())
    path = f"/api/v1/customers/{answers.CUSTOMER}/email-change"
    assert api.delete(path).get_json()["pending_email"] is None
    again = api.post(f"{path}/link")
    assert (again.status_code, again.get_json()["pending_email"]) == (202, "new@example.org")
    bus.tell(ConfirmEmail, Done())
    assert api.post("/api/v1/email-confirmations", json={"token": "tok"}).status_code == 204
