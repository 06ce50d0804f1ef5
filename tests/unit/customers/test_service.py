"""The doors: every call of the contract has one, and a session opens them."""

import inspect
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from chassis.migrations import migrate, migrations_of
from chassis.platform import Platform
from chassis.rpc_client import RpcClient
from chassis.settings import Settings
from contracts.actor import Role
from contracts.calls import (
    Call,
    account,
    allowances,
    api_tokens,
    complaints,
    own_sessions,
    staffing,
    two_step,
)
from contracts.calls import customers as calls
from customers.jobs import JOBS
from customers.service import CustomersService
from customers.usecases.bootstrap import bootstrap
from tests.unit.customers.builders import ADMIN_PASSWORD, GOOD_PASSWORD

OPEN_TO_EVERYBODY = {
    "sign_in", "sign_out", "check_session", "set_password_by_link", "request_password_code", "set_password_by_code",
    "confirm_email", "complete_sign_in", "take_allowance",
}  # fmt: skip
CONTRACT: dict[str, type[Call[Any]]] = {
    member.method: member
    for module in (calls, account, allowances, api_tokens, complaints, own_sessions, staffing, two_step)
    for member in vars(module).values()
    if inspect.isclass(member) and issubclass(member, Call) and hasattr(member, "method")
    if member is not calls.CustomerFields  # fields that two calls share, itself no call
}
NOBODY = "00000000-0000-0000-0000-000000000000"
REQUIRED: dict[str, Any] = {
    "customer_id": NOBODY, "branch_id": NOBODY, "staff_id": NOBODY, "reason": "because", "code": "EAST", "name": "East",
    "currency": "INR", "time_zone": "Asia/Kolkata", "username": "anna", "email": "anna@example.com", "role": "cashier",
    "number": "MAIN-C2026-000001", "kind": "other", "message": "Nothing works", "note": "Called back",
    "resolution": "Mended", "idempotency_key": "k", "session_token": "x", "session_id": NOBODY, "token_id": NOBODY,
    "purpose": "Till", "scopes": ["read"], "days": 1,
    "roles": ["admin"], "token": "x",
    "current_password": "x", "password": GOOD_PASSWORD, "crf": "1001",
}  # fmt: skip


@contextmanager
def service_in(home: Path) -> Iterator[CustomersService]:
    platform = Platform("customers", Settings(home=home), cast(RpcClient, None))
    platform.keys.make_missing(("customers",))
    migrate(platform.database, migrations_of("customers"))
    with platform.database.transaction() as session:
        bootstrap(session, "admin", ADMIN_PASSWORD, platform.clock)
    service = CustomersService()
    service.platform = platform
    yield service
    platform.database.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[CustomersService]:
    with service_in(tmp_path) as service:
        yield service


@pytest.fixture(scope="module")
def closed_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CustomersService]:
    """For tests that get nothing done, so that they can share it."""
    with service_in(tmp_path_factory.mktemp("home")) as service:
        yield service


def ask(service: CustomersService, method: str, actor: str = "", **request: Any) -> dict[str, Any]:
    envelope = {"request": request, "actor": actor, "deadline": time.time() + 5}
    return cast(dict[str, Any], getattr(service, method)(envelope))


def actor_token(service: CustomersService) -> str:
    opened = ask(service, "sign_in", username="admin", password=ADMIN_PASSWORD)["answer"]
    return str(ask(service, "check_session", token=opened["token"])["answer"]["actor_token"])


@pytest.mark.parametrize("method", sorted(CONTRACT))
def test_every_call_of_the_contract_has_its_door(method: str) -> None:
    assert callable(getattr(CustomersService, method, None))


def test_there_are_all_calls_to_look_at() -> None:
    assert len(CONTRACT) > 20 and set(CONTRACT) > OPEN_TO_EVERYBODY


@pytest.mark.parametrize("method", sorted(set(CONTRACT) - OPEN_TO_EVERYBODY))
def test_nobody_comes_in_without_signing_in(closed_service: CustomersService, method: str) -> None:
    fields = CONTRACT[method].model_fields.items()
    request = {name: REQUIRED[name] for name, field in fields if field.is_required()}
    assert ask(closed_service, method, **request)["refusal"]["kind"] == "unauthenticated"


def test_a_session_opens_the_doors(service: CustomersService) -> None:
    token = actor_token(service)
    (main,) = ask(service, "list_branches", token)["answer"]["items"]
    added = ask(
        service, "add_customer", token, name="Deepa Kumar", branch_id=main["id"], email="d@example.com"
    )
    found = ask(service, "list_customers", token, search="kumar")["answer"]["items"]
    assert found == [added["answer"]]
    assert ask(service, "get_customer", token, customer_id=found[0]["id"])["answer"] == found[0]


def test_the_signed_actor_is_who_signed_in(service: CustomersService) -> None:
    actor = service.platform.verifier.verify(actor_token(service))
    assert (actor.role, actor.branch_ids) == (Role.ADMIN, None)


def test_a_changed_password_is_the_new_one(service: CustomersService) -> None:
    opened = ask(service, "sign_in", username="admin", password=ADMIN_PASSWORD)["answer"]
    actor = ask(service, "check_session", token=opened["token"])["answer"]["actor_token"]
    passwords = {"current_password": ADMIN_PASSWORD, "password": GOOD_PASSWORD}
    assert "answer" in ask(service, "change_own_password", actor, session_token=opened["token"], **passwords)
    assert "answer" in ask(service, "sign_in", username="admin", password=GOOD_PASSWORD)
    refused = ask(service, "sign_in", username="admin", password=ADMIN_PASSWORD)["refusal"]
    assert (refused["kind"], refused["code"]) == ("unauthenticated", "sign_in_refused")


def test_cards_are_for_services_only(service: CustomersService) -> None:
    token = actor_token(service)
    (main,) = ask(service, "list_branches", token)["answer"]["items"]
    assert ask(service, "get_branch_card", token, branch_id=main["id"])["refusal"]["kind"] == "forbidden"
    own = service.platform.own_token()
    assert ask(service, "get_branch_card", own, branch_id=main["id"])["answer"]["code"] == "MAIN"


def test_the_daily_job_runs_through(service: CustomersService) -> None:
    for job in JOBS:
        assert job.run(service.platform) is False
        assert job.run(service.platform) is False  # the second time it is done already
