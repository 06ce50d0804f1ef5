"""The table "Who may do what" of RULES, cell by cell: hidden is 404, seen but not allowed is 403."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chassis.rpc_client import RpcClient
from chassis.settings import Settings
from gateway.app import create_app
from tests.integration.permissions.conftest import Branch, Operator
from tests.stack.builders import PERIOD
from tests.stack.contents import refused

pytestmark = pytest.mark.slow

CALLERS = ("admin", "manager_a", "cashier_a", "support_a", "technician_a", "customer_a")
OK, NO, GONE = "done", 403, 404
"""What a caller gets for something of branch A: it is done (or refused by a rule, not by permission), 403, or 404."""


class Ask(NamedTuple):
    """A request about something of a branch, and what each of CALLERS gets when the branch is A."""

    name: str
    method: str
    path: Callable[[Branch], str]
    expected: tuple[str | int, ...]
    body: Callable[[Branch], Any] = lambda branch: None


# Writes ask for what a rule refuses or what changes nothing, so that every caller meets the same operator.
ASKS = (
    Ask("see branch", "GET", lambda x: f"/branches/{x.id}", (OK, OK, OK, OK, OK, OK)),
    Ask("change branch", "PATCH", lambda x: f"/branches/{x.id}", (OK, NO, NO, NO, NO, GONE), lambda x: {}),
    Ask("see staff", "GET", lambda x: f"/staff/{x.staff}", (OK, OK, NO, NO, NO, NO)),
    Ask("change staff", "PATCH", lambda x: f"/staff/{x.staff}", (OK, OK, NO, NO, NO, NO), lambda x: {"name": "S"}),
    Ask("invite staff", "POST", lambda x: f"/staff/{x.staff}/invitation", (OK, OK, NO, NO, NO, NO)),
    Ask("sign staff out", "DELETE", lambda x: f"/staff/{x.staff}/sessions", (OK, OK, NO, NO, NO, NO)),
    Ask("see staff sign-in", "GET", lambda x: f"/staff/{x.staff}/sign-in", (OK, OK, NO, NO, NO, NO)),
    Ask("reset two-step", "DELETE", lambda x: f"/staff/{x.staff}/two-step", (OK, OK, NO, NO, NO, NO)),
    Ask("revoke token of staff", "DELETE", lambda x: f"/staff/{x.staff}/api-tokens/{uuid.uuid4()}",
        (GONE, GONE, NO, NO, NO, NO)),
    Ask("see two-step policy", "GET", lambda x: "/two-step-policy", (OK, NO, NO, NO, NO, NO)),
    Ask("change two-step policy", "PUT", lambda x: "/two-step-policy", (OK, NO, NO, NO, NO, NO),
        lambda x: {"roles": []}),
    Ask("see plan", "GET", lambda x: f"/plans/{x.plan}", (OK, OK, OK, OK, OK, GONE)),
    Ask(
        "price plan", "POST", lambda x: f"/plans/{x.plan}/prices", (OK, OK, NO, NO, NO, GONE),
        lambda x: {"price": "-1", "from": "2026-12-01"},
    ),
    Ask("see customer", "GET", lambda x: f"/customers/{x.customer['id']}", (OK, OK, OK, OK, NO, OK)),
    Ask(
        "edit customer", "PATCH", lambda x: f"/customers/{x.customer['id']}", (OK, OK, OK, NO, NO, NO),
        lambda x: {"name": x.customer["name"]},
    ),
    Ask("edit address", "PATCH", lambda x: f"/customers/{x.customer['id']}", (OK, OK, OK, NO, NO, OK),
        lambda x: {"street": "1 Main Street"}),
    Ask("see ID number", "POST", lambda x: f"/customers/{x.customer['id']}/id-number", (OK, OK, OK, NO, NO, OK)),
    Ask("see audit log", "GET", lambda x: f"/audit?branch_id={x.id}", (OK, OK, NO, NO, NO, NO)),
    Ask("withdraw e-mail", "DELETE", lambda x: f"/customers/{x.customer['id']}/email-change", (OK, OK, OK, NO, NO, OK)),
    Ask("resend e-mail link", "POST", lambda x: f"/customers/{x.customer['id']}/email-change/link",
        (OK, OK, OK, NO, NO, OK)),
    Ask("deactivate", "POST", lambda x: f"/customers/{x.spare}/deactivation", (OK, OK, NO, NO, NO, GONE), lambda x: {}),
    Ask("restore", "POST", lambda x: f"/customers/{x.spare}/restoration", (OK, OK, NO, NO, NO, GONE)),
    Ask("erase", "POST", lambda x: f"/customers/{x.customer['id']}/erasure", (OK, NO, NO, NO, NO, NO),
        lambda x: {"crf": "not-theirs", "reason": "as a test"}),
    Ask("see history", "GET", lambda x: f"/customers/{x.customer['id']}/history", (OK, OK, OK, NO, NO, NO)),
    Ask("invite", "POST", lambda x: f"/customers/{x.customer['id']}/invitation", (OK, OK, OK, NO, NO, NO)),
    Ask("see subscriptions", "GET", lambda x: f"/customers/{x.customer['id']}/subscriptions", (OK, OK, OK, OK, NO, OK)),
    Ask(
        "subscribe", "POST", lambda x: f"/customers/{x.customer['id']}/subscriptions", (OK, OK, OK, NO, NO, NO),
        lambda x: {"plan_id": x.plan, "started_on": "1900-01-01"},
    ),
    Ask("move", "POST", lambda x: f"/subscriptions/{x.subscription}/moves", (OK, OK, OK, NO, NO, NO),
        lambda x: {"to": "active", "reason": "as a test"}),
    Ask("see dues", "GET", lambda x: f"/customers/{x.customer['id']}/dues", (OK, OK, OK, OK, NO, OK)),
    Ask("raise fee", "POST", lambda x: f"/customers/{x.customer['id']}/charges", (OK, OK, OK, NO, NO, NO),
        lambda x: {"category": "late", "amount": "0"}),
    Ask("take payment", "POST", lambda x: f"/customers/{x.customer['id']}/payments", (OK, OK, OK, NO, NO, NO),
        lambda x: {"mode": "cash", "amount": "0"}),
    Ask("see preview", "GET", lambda x: f"/customers/{x.customer['id']}/payments/preview", (OK, OK, OK, NO, NO, OK)),
    Ask("see payments", "GET", lambda x: f"/customers/{x.customer['id']}/payments", (OK, OK, OK, NO, NO, OK)),
    Ask("see year", "GET", lambda x: f"/customers/{x.customer['id']}/years/2026", (OK, OK, OK, NO, NO, OK)),
    Ask("see payment", "GET", lambda x: f"/payments/{x.payment}", (OK, OK, OK, NO, NO, OK)),
    Ask("see online options", "GET", lambda x: f"/customers/{x.customer['id']}/online-payments/options",
        (OK, OK, OK, NO, NO, OK)),
    Ask("pay online", "POST", lambda x: f"/customers/{x.customer['id']}/online-payments", (NO, NO, NO, NO, NO, OK),
        lambda x: {"amount": "0", "provider": "manual"}),
    Ask("void payment", "POST", lambda x: f"/payments/{x.payment}/void", (OK, OK, NO, NO, NO, NO),
        lambda x: {"reason": "as a test"}),
    Ask("see invoices", "GET", lambda x: f"/invoices?customer_id={x.customer['id']}", (OK, OK, OK, NO, NO, OK)),
    Ask("see invoice", "GET", lambda x: f"/invoices/{x.invoice}", (OK, OK, OK, NO, NO, OK)),
    Ask("print invoice", "GET", lambda x: f"/invoices/{x.invoice}.pdf", (OK, OK, OK, NO, NO, OK)),
    Ask("see complaint", "GET", lambda x: f"/complaints/{x.complaint}", (OK, OK, OK, OK, NO, OK)),
    Ask("see complaints", "GET", lambda x: f"/customers/{x.customer['id']}/complaints", (OK, OK, OK, OK, NO, OK)),
    Ask("file complaint", "POST", lambda x: f"/customers/{x.customer['id']}/complaints", (OK, OK, OK, OK, NO, OK),
        lambda x: {"kind": "other", "message": "Nothing works"}),
    Ask("read complaint", "POST", lambda x: f"/complaints/{x.complaint}/read", (OK, OK, NO, OK, NO, NO)),
    Ask("note on complaint", "POST", lambda x: f"/complaints/{x.complaint}/notes", (OK, OK, NO, OK, NO, NO),
        lambda x: {"note": "Called back"}),
    Ask("assign complaint", "POST", lambda x: f"/complaints/{x.complaint}/assignment", (OK, OK, NO, OK, NO, NO),
        lambda x: {"staff_id": None}),
    Ask("resolve complaint", "POST", lambda x: f"/complaints/{x.complaint}/resolution", (OK, OK, NO, OK, NO, NO),
        lambda x: {"resolution": "Mended"}),
    Ask("reopen complaint", "POST", lambda x: f"/complaints/{x.complaint}/reopening", (OK, OK, NO, OK, NO, OK),
        lambda x: {"reason": "Dark again"}),
    Ask("see whom to assign", "GET", lambda x: f"/branches/{x.id}/assignable-staff", (OK, OK, NO, OK, NO, NO)),
    Ask("see message", "GET", lambda x: f"/messages/{x.message}", (OK, OK, OK, OK, NO, NO)),
    Ask("resend message", "POST", lambda x: f"/messages/{x.message}/resend", (OK, OK, NO, OK, NO, NO)),
    Ask("see report", "GET", lambda x: f"/reports/{x.report}", (OK, OK, NO, NO, NO, GONE)),
    Ask("fetch report", "GET", lambda x: f"/reports/{x.report}/file", (OK, OK, NO, NO, NO, GONE)),
    Ask("open desk", "POST", lambda x: "/cash-sessions", (OK, OK, OK, NO, NO, GONE),
        lambda x: {"branch_id": x.id, "opening": "-1"}),
    Ask("see day sheet", "GET", lambda x: f"/branches/{x.id}/day-sheet", (OK, OK, OK, NO, NO, GONE)),
    Ask("see cashiers", "GET", lambda x: f"/branches/{x.id}/cashiers", (OK, OK, NO, NO, NO, GONE)),
    Ask("see dashboard", "GET", lambda x: f"/dashboard?branch_id={x.id}", (OK, OK, OK, OK, NO, GONE)),
    Ask("see letter", "GET", lambda x: f"/letters/dues_outstanding/en?branch_id={x.id}", (OK, NO, NO, NO, NO, GONE)),
    Ask("write letter", "PUT", lambda x: "/letters/dues_outstanding/en", (OK, NO, NO, NO, NO, GONE),
        lambda x: {"subject": "S", "body": "{nothing}", "version": 0, "branch_id": x.id}),
    Ask("reset letter", "DELETE", lambda x: f"/letters/dues_outstanding/en?version=0&branch_id={x.id}",
        (OK, NO, NO, NO, NO, GONE)),
    Ask("preview letter", "POST", lambda x: "/letters/dues_outstanding/en/preview", (OK, NO, NO, NO, NO, GONE),
        lambda x: {"branch_id": x.id}),
    Ask("see mail server", "GET", lambda x: "/mail-server", (OK, NO, NO, NO, NO, NO)),
    Ask("test mail server", "POST", lambda x: "/mail-server/test", (OK, NO, NO, NO, NO, NO), lambda x: {}),
    Ask("add standing report", "POST", lambda x: "/standing-reports", (OK, OK, NO, NO, NO, GONE),
        lambda x: {"service": "cable_tv", "selection": "paid", "format": "pdf", "branch_id": x.id}),
    Ask("bill", "POST", lambda x: "/billing-runs", (OK, OK, NO, NO, NO, GONE),
        lambda x: {"period": PERIOD, "branch_id": x.id, "preview": True}),
    Ask("remind", "POST", lambda x: "/dunning-runs", (OK, OK, NO, NO, NO, GONE), lambda x: {"branch_id": x.id}),
    Ask("preview reminders", "POST", lambda x: "/dunning-runs/preview", (OK, OK, NO, NO, NO, GONE),
        lambda x: {"branch_id": x.id}),
    Ask("see debtors", "GET", lambda x: f"/debtors?branch_id={x.id}", (OK, OK, NO, NO, NO, GONE)),
    Ask("sum debtors", "GET", lambda x: f"/debtors/sums?branch_id={x.id}", (OK, OK, NO, NO, NO, GONE)),
    Ask("see reminder", "GET", lambda x: f"/customers/{x.customer['id']}/reminder", (OK, OK, NO, NO, NO, NO)),
    Ask("see promise", "GET", lambda x: f"/customers/{x.customer['id']}/promise", (OK, OK, OK, OK, NO, NO)),
    Ask("note promise", "POST", lambda x: f"/customers/{x.customer['id']}/promise", (OK, OK, OK, NO, NO, NO),
        lambda x: {"promised_until": "1990-01-01"}),
    Ask("withdraw promise", "DELETE", lambda x: f"/customers/{x.customer['id']}/promise", (OK, OK, OK, NO, NO, NO)),
    Ask("add plan", "POST", lambda x: "/plans", (OK, OK, NO, NO, NO, GONE),
        lambda x: {"code": "TV", "name": "TV", "service": "cable_tv", "price": "1", "branch_id": x.id}),
    Ask("add customer", "POST", lambda x: "/customers", (OK, OK, OK, NO, NO, NO),
        lambda x: {"name": "New", "crf": x.customer["crf"], "branch_id": x.id}),
    Ask("add staff", "POST", lambda x: "/staff", (OK, OK, NO, NO, NO, NO),
        lambda x: {"username": "admin", "email": "x@example.com", "role": "cashier", "branch_ids": [x.id]}),
    Ask("see billing run", "GET", lambda x: f"/billing-runs/{x.run}", (OK, OK, NO, NO, NO, NO)),
    Ask("see dunning run", "GET", lambda x: f"/dunning-runs/{x.dunning_run}", (OK, OK, NO, NO, NO, NO)),
    Ask("see online payment", "GET", lambda x: f"/online-payments/{x.online}", (OK, OK, OK, NO, NO, OK)),
    Ask("give reference", "POST", lambda x: f"/online-payments/{x.online}/reference", (NO, NO, NO, NO, NO, OK),
        lambda x: {"reference": "UPI-1234"}),
    Ask("confirm online payment", "POST", lambda x: f"/online-payments/{x.online}/confirmation",
        (OK, OK, OK, NO, NO, NO)),
    Ask("refuse online payment", "POST", lambda x: f"/online-payments/{x.online}/refusal", (OK, OK, OK, NO, NO, NO),
        lambda x: {"reason": "as a test"}),
    Ask("note refund", "POST", lambda x: f"/online-payments/{x.online}/refund", (OK, OK, NO, NO, NO, NO),
        lambda x: {"reason": "as a test"}),
    Ask("see desk", "GET", lambda x: f"/cash-sessions/{x.desk}", (OK, OK, OK, NO, NO, GONE)),
    Ask("close desk", "POST", lambda x: f"/cash-sessions/{x.desk}/close", (OK, OK, OK, NO, NO, GONE),
        lambda x: {"counted": "1.00", "expected": "1.00"}),
    Ask("make report", "POST", lambda x: "/reports", (OK, OK, NO, NO, NO, GONE),
        lambda x: {"kind": "payments", "service": "cable_tv", "year": 2026, "month": 11, "selection": "paid",
                   "format": "xlsx", "branch_id": x.id}),
)  # fmt: skip

NOWHERE = Branch(
    id=str(uuid.uuid4()), plan=str(uuid.uuid4()), customer={"id": str(uuid.uuid4()), "crf": "0", "name": "N"},
    subscription=str(uuid.uuid4()), payment="AAA-2026-999999", invoice="AAA-2026-999999", spare=str(uuid.uuid4()),
    complaint="AAA-C2026-999999", message=str(uuid.uuid4()), report=str(uuid.uuid4()), staff=str(uuid.uuid4()),
    run=str(uuid.uuid4()), dunning_run=str(uuid.uuid4()), online=str(uuid.uuid4()), desk=str(uuid.uuid4()),
)  # fmt: skip
"""A branch that does not exist."""


ABOUT_NO_BRANCH = {
    "sign_in.open_session", "sign_in.use_password_link", "sign_in.request_password_code", "sign_in.use_password_code",
    "sign_in.confirm_email", "sessions.close_session", "me.show_me", "me.change_password", "docs.static",
    "docs.document", "docs.page", "sign_in.complete_session",
    "own_sessions.list_sessions", "own_sessions.end_session", "own_sessions.end_others",
    "api_tokens.list_tokens", "api_tokens.make_token", "api_tokens.revoke_token",
    "two_step.show", "two_step.begin", "two_step.show_secret", "two_step.confirm", "two_step.renew_codes",
    "two_step.remove",
}  # fmt: skip
"""Routes about the caller alone, or open to everybody."""
SHOWN_ELSEWHERE = {
    "branches.list_branches", "staff.list_staff", "plans.list_plans", "customers.list_customers",
    "messages.list_messages", "reports.list_reports", "complaints.list_complaints", "complaints.count_complaints",
    "online_payments.list_online_payments", "letters.list_letters", "reports.list_standing_reports",
    "cash.show_own_session",  # lists and counts: test_boundaries
    "branches.add_branch",  # test_boundaries: for the administrator alone
    "reports.remove_standing_report",  # tests/unit/reports/test_standing_reports: one's own alone
    "callbacks.settle_online_payment",  # tests/unit/billing/test_online_payments: signed by the provider
}  # fmt: skip


def test_no_route_of_the_api_is_forgotten(tmp_path: Path) -> None:
    routes = create_app(RpcClient("memory://", name="routes"), Settings(home=tmp_path)).url_map
    paths = routes.bind("localhost")
    asked_for = {
        paths.match(f"/api/v1{ask.path(NOWHERE)}".partition("?")[0], method=ask.method)[0] for ask in ASKS
    }
    of_the_api = {rule.endpoint for rule in routes.iter_rules() if rule.rule.startswith("/api/")}
    covered = asked_for | ABOUT_NO_BRANCH | SHOWN_ELSEWHERE
    assert of_the_api - covered == set(), "say who may do this, in ASKS"
    assert covered - of_the_api == set(), "these are gone"
    assert asked_for & (ABOUT_NO_BRANCH | SHOWN_ELSEWHERE) == set()


def asked(operator: Operator, who: str, ask: Ask, branch: Branch) -> Any:
    key = str(uuid.uuid4())
    return operator.callers[who].request(
        ask.method, ask.path(branch), key=key, json=ask.body(branch) if ask.method != "GET" else None
    )


def outcome(answer: Any) -> str | int:
    """403 or 404 as such, everything that permission let through as OK."""
    return int(answer.status_code) if answer.status_code in (401, 403, 404, 500, 503) else OK


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.name)
def test_each_role_may_do_in_its_branch_what_the_table_says(operator: Operator, ask: Ask) -> None:
    found = {who: outcome(asked(operator, who, ask, operator.a)) for who in CALLERS}
    assert found == dict(zip(CALLERS, ask.expected, strict=True))


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.name)
def test_what_is_of_another_branch_looks_like_what_does_not_exist(operator: Operator, ask: Ask) -> None:
    for who in CALLERS[1:]:
        hidden, unknown = asked(operator, who, ask, operator.b), asked(operator, who, ask, NOWHERE)
        for answer in (hidden, unknown):
            refused(answer, answer.status_code)
            assert answer.status_code in (403, 404), (who, answer.text)
        same = ("status", "code", "detail", "errors")
        assert [hidden.json()[name] for name in same] == [unknown.json()[name] for name in same], who


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.name)
def test_who_has_the_right_in_another_branch_gets_404_here(operator: Operator, ask: Ask) -> None:
    allowed = ask.expected[CALLERS.index("cashier_a")] == OK
    if allowed:
        assert asked(operator, "cashier_b", ask, operator.a).status_code == 404
        assert outcome(asked(operator, "cashier_b", ask, operator.b)) == OK
    else:
        assert asked(operator, "cashier_b", ask, operator.a).status_code in (403, 404)
