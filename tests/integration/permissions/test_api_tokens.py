"""What an API token may do: of all that its person may, what its scopes say, checked by every service."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.permissions.conftest import Operator
from tests.integration.permissions.test_matrix import ASKS, OK, asked, outcome
from tests.stack.api import Api
from tests.stack.contents import refused, untouched
from tests.stack.people import OWN_PASSWORD

pytestmark = pytest.mark.slow

MANAGER = 1
"""The manager's place among the callers of the matrix, whose tokens these are."""
FREE = {"see branch", "see plan"}
"""What staff of every role see."""
SEEN_BY_POST = {"preview letter", "preview reminders"}
"""What is asked with a body and changes nothing."""
ALLOWED = {
    "customers": FREE | {
        "see customer", "edit customer", "edit address", "withdraw e-mail", "resend e-mail link", "deactivate",
        "restore", "see history", "invite", "see subscriptions", "subscribe", "move", "see complaint",
        "raise fee", "see dashboard",
        "see complaints", "file complaint", "read complaint", "note on complaint", "assign complaint",
        "resolve complaint", "reopen complaint", "see whom to assign", "add customer",
    },
    "payments": FREE | {
        "see customer", "see subscriptions", "see dues", "see year", "see preview", "take payment", "see payments",
        "see payment", "see online options", "see online payment", "confirm online payment", "refuse online payment",
         "see invoices", "see invoice", "print invoice", "see promise",
        "note promise", "withdraw promise", "open desk", "see day sheet", "see dashboard",
    },
    "reports": FREE | {"see cashiers", "see report", "fetch report", "make report", "add standing report"},
}  # fmt: skip


@pytest.fixture(scope="module")
def tokens(operator: Operator) -> Iterator[dict[str, Api]]:
    """A token of the manager for each scope."""
    manager = operator.callers["manager_a"]
    made = {}
    for scope in ("read", "customers", "payments", "reports"):
        body = {"purpose": f"Only {scope}", "scopes": [scope], "days": 30, "password": OWN_PASSWORD}
        made[scope] = Api(manager.address, manager.ok("POST", "/me/api-tokens", json=body)["token"])
        operator.callers[f"token for {scope}"] = made[scope]
    yield made
    for scope in made:
        operator.callers.pop(f"token for {scope}")


def found(operator: Operator, scope: str) -> dict[str, Any]:
    return {ask.name: outcome(asked(operator, f"token for {scope}", ask, operator.a)) for ask in ASKS}


def test_a_token_for_reading_sees_what_its_person_sees_and_changes_nothing(
    operator: Operator, tokens: dict[str, Api]
) -> None:
    expected = {}
    for ask in ASKS:
        looks = ask.method == "GET" or ask.name in SEEN_BY_POST
        expected[ask.name] = ask.expected[MANAGER] if looks else 403
    with untouched(operator.headend):
        assert found(operator, "read") == expected


@pytest.mark.parametrize("scope", sorted(ALLOWED))
def test_a_token_does_what_its_scope_says_and_no_more(
    operator: Operator, tokens: dict[str, Api], scope: str
) -> None:
    outcomes = found(operator, scope)
    assert {name for name, got in outcomes.items() if got == OK} == ALLOWED[scope]


def test_a_token_sees_no_other_branch(operator: Operator, tokens: dict[str, Api]) -> None:
    for scope in tokens:
        for ask in ASKS:
            got = asked(operator, f"token for {scope}", ask, operator.b)
            refused(got, got.status_code)
            assert got.status_code in (403, 404), (scope, ask.name)


def test_a_token_does_not_touch_how_its_person_signs_in(operator: Operator, tokens: dict[str, Api]) -> None:
    passwords = {"current_password": OWN_PASSWORD, "password": "seven quiet herons"}
    token = {"purpose": "More", "scopes": ["payments"], "days": 30, "password": OWN_PASSWORD}
    for caller in tokens.values():
        for method, path, body in (
            ("POST", "/me/password", passwords), ("POST", "/me/api-tokens", token), ("GET", "/me/api-tokens", None),
            ("POST", "/me/two-step", {"password": OWN_PASSWORD}), ("GET", "/me/sessions", None),
            ("DELETE", "/me/sessions", None), ("DELETE", "/sessions/current", None),
        ):  # fmt: skip
            refused(caller.request(method, path, json=body), 403, "needs_a_person")
        assert caller.ok("GET", "/me")["username"] == "manager_a"


def test_a_revoked_token_is_401_at_once(operator: Operator, tokens: dict[str, Api]) -> None:
    manager = operator.callers["manager_a"]
    body = {"purpose": "Short", "scopes": ["read"], "days": 1, "password": OWN_PASSWORD}
    made = manager.ok("POST", "/me/api-tokens", json=body)
    program = Api(manager.address, made["token"])
    program.ok("GET", "/customers")
    manager.ok("DELETE", f"/me/api-tokens/{made['about']['id']}")
    refused(program.request("GET", "/customers"), 401, "session_over")
