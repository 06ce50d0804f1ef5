"""Every call of the bus, asked directly with the actor of one branch about what is of another (TRUST, check 2).

The gateway is not asked: who reaches the bus with somebody's token finds the same doors closed.
"""

import importlib
import pkgutil
import time
from collections.abc import Iterator
from typing import Any, cast

import pytest

from billing.service import BillingService
from chassis.platform import Platform
from chassis.rpc_client import RpcClient
from chassis.service import Service
from chassis.settings import Settings
from contracts import calls
from contracts.calls import Call
from contracts.calls.customers import CustomerFields
from contracts.errors import NotFound
from customers.service import CustomersService
from notify.service import NotifyService
from reports.service import ReportsService
from tests.integration.permissions.conftest import Branch, Operator
from tests.stack.contents import untouched

pytestmark = pytest.mark.slow

SERVICES: tuple[type[Service], ...] = (CustomersService, BillingService, NotifyService, ReportsService)
ROLES = ("manager_a", "cashier_a", "support_a", "technician_a", "customer_a")
FOR_ALL_SERVICES = ("feed", "operations")
"""Modules of calls that every service answers."""
ABOUT_NO_BRANCH = {
    "sign_in", "sign_out", "check_session", "set_password_by_link", "set_password_by_code", "request_password_code",
    "confirm_email", "change_own_password",  # about the caller alone, who has a secret or knows a name
    "complete_sign_in", "get_two_step", "begin_two_step", "get_two_step_secret", "confirm_two_step",
    "renew_recovery_codes", "end_two_step", "list_own_sessions", "end_own_session", "end_other_sessions",
    "list_own_api_tokens", "make_api_token", "revoke_own_api_token", "take_allowance",  # the same, each by a secret
    "settle_online_payment",  # signed by the provider
    "render_invoice",  # draws what it is given, from nothing of its own
    "preview_message",  # the same
    "send_test_mail",  # to the caller
}  # fmt: skip


def contract() -> dict[str, type[Call[Any]]]:
    """Every call of the contract, by "service.method"."""
    for module in pkgutil.iter_modules(calls.__path__):
        importlib.import_module(f"contracts.calls.{module.name}")
    found: dict[str, type[Call[Any]]] = {}
    for kind in _below(Call):
        if "method" in vars(kind) and kind is not CustomerFields:
            services = [one.name for one in SERVICES] if kind.service in FOR_ALL_SERVICES else [kind.service]
            found |= {f"{service}.{kind.method}": kind for service in services}
    return found


def _below(kind: type[Call[Any]]) -> Iterator[type[Call[Any]]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


CONTRACT = contract()


def about(branch: Branch, kind: type[Call[Any]]) -> dict[str, Any]:
    """A request that names the branch, or what is in it, wherever the call lets one. Raises KeyError at a required
    field that nobody thought of.
    """
    said = {
        "branch_id": branch.id, "customer_id": branch.customer["id"], "plan_id": branch.plan, "staff_id": branch.staff,
        "subscription_id": branch.subscription, "payment_number": branch.payment, "message_id": branch.message,
        "online_payment_id": branch.online, "session_id": branch.desk, "report_id": branch.report,
        "standing_report_id": branch.report, "run_id": branch.run, "crf": branch.customer["crf"],
        "number": branch.invoice if kind.method == "get_invoice" else branch.complaint,
        "branch_ids": [branch.id], "customer_ids": [branch.customer["id"]], "filter": {"branch_id": branch.id},
        "search": branch.customer["name"], "ids": [branch.run], "types": ["CustomerRegistered"], "after": 0,
        "subjects": [f"customer:{branch.customer['id']}"], "typed": branch.customer["name"],
    }  # fmt: skip
    plain = {
        "amount": "1.00", "category": "late", "code": "CODE", "counted": "1.00", "currency": "INR",
        "email": "a@b.example", "idempotency_key": "k", "locale": "en", "message": "Dark", "mode": "cash", "name": "N",
        "note": "Rang", "opening": "0", "period": "2026-11", "price": "1.00", "promised_until": "2026-11-20",
        "provider": "manual", "reason": "as a test", "reference": "UPI-1", "resolution": "Mended", "year": 2026,
        "service_kind": "cable_tv", "started_on": "2026-11-01", "subject": "S", "body": "B", "role": "cashier",
        "template": "dues_outstanding", "time_zone": "Asia/Kolkata", "to": "closed", "username": "mallory",
        "valid_from": "2026-12-01", "version": 0, "month": 11, "selection": "paid", "format": "pdf", "roles": [],
        "token_id": "00000000-0000-0000-0000-000000000007",
    }  # fmt: skip
    kinds = {"file_complaint": "other", "request_report": "payments", "get_run": "billing"}
    return {
        name: said[name] if name in said else kinds[kind.method] if name == "kind" else plain[name]
        for name, field in kind.model_fields.items()
        if name in said or field.is_required()
    }


class Nobody:
    """Takes the place of the other services: what is not known here does not exist."""

    def call(self, request: Call[Any], **_: Any) -> Any:
        raise NotFound("There is no such thing.")


@pytest.fixture(scope="module")
def doors(operator: Operator) -> Iterator[dict[str, Service]]:
    """The services themselves, on the databases and keys of the running operator."""
    settings = Settings(home=operator.headend.home, requests_per_minute=1_000_000)
    opened: dict[str, Service] = {}
    for kind in SERVICES:
        opened[kind.name] = kind()
        opened[kind.name].platform = Platform(kind.name, settings, cast(RpcClient, Nobody()))
    yield opened
    for service in opened.values():
        service.platform.database.close()


def knock(doors: dict[str, Service], name: str, request: dict[str, Any], actor: str) -> dict[str, Any]:
    service, _, method = name.partition(".")
    envelope = {"request": request, "actor": actor, "deadline": time.time() + 30}
    return cast(dict[str, Any], getattr(doors[service], method)(envelope))


def actor_of(doors: dict[str, Service], operator: Operator, who: str) -> str:
    """The actor token that customers signs for somebody's session."""
    checked = knock(doors, "customers.check_session", {"token": operator.callers[who].token}, "")
    return str(checked["answer"]["actor_token"])


def told_of(branch: Branch, request: object, answer: object) -> list[str]:
    """What the answer says of the branch that the request did not."""
    secrets = (
        branch.id, branch.plan, branch.customer["id"], branch.customer["email"], branch.customer["name"], branch.spare,
        branch.subscription, branch.payment, branch.invoice, branch.complaint, branch.message, branch.report,
        branch.staff, branch.run, branch.dunning_run, branch.online, branch.desk, "Branch BBB", "bbb@bank",
    )  # fmt: skip
    return [secret for secret in secrets if secret in str(answer) and secret not in str(request)]


def test_every_call_of_the_contract_is_looked_at(doors: dict[str, Service], operator: Operator) -> None:
    assert len(CONTRACT) > 100
    assert [
        name for name in CONTRACT if not hasattr(doors[name.partition(".")[0]], name.partition(".")[2])
    ] == []
    asked = {name: kind for name, kind in CONTRACT.items() if kind.method not in ABOUT_NO_BRANCH}
    for kind in asked.values():
        kind.model_validate(about(operator.b, kind))


@pytest.mark.parametrize("who", ROLES)
def test_no_door_shows_or_changes_what_is_of_another_branch(
    doors: dict[str, Service], operator: Operator, who: str
) -> None:
    actor = actor_of(doors, operator, who)
    let_in: dict[str, object] = {}
    with untouched(operator.headend):
        for name, kind in CONTRACT.items():
            if kind.method in ABOUT_NO_BRANCH:
                continue
            request = about(operator.b, kind)
            result = knock(doors, name, request, actor)
            refusal = result.get("refusal", {})
            if request and refusal.get("kind") not in ("forbidden", "not_found") and _says_something(result):
                let_in[name] = result
            if told := told_of(operator.b, request, result):
                let_in[f"{name} tells"] = told
    assert let_in == {}


def _says_something(result: dict[str, Any]) -> bool:
    """Whether an answer is more than an empty list or counts of nothing."""
    return "answer" not in result or any(value not in ([], 0, None) for value in result["answer"].values())


def test_the_same_doors_open_for_who_may(doors: dict[str, Service], operator: Operator) -> None:
    actor = actor_of(doors, operator, "admin")
    read = [
        name
        for name, kind in CONTRACT.items()
        if kind.method.startswith(("get_", "list_")) and kind.method not in ABOUT_NO_BRANCH
    ]
    opened = [
        name for name in read if "answer" in knock(doors, name, about(operator.b, CONTRACT[name]), actor)
    ]
    assert len(opened) > len(read) * 2 / 3, sorted(set(read) - set(opened))
