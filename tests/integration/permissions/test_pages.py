"""Every page that names something, asked for what is of another branch (TRUST, check 2): it is not there."""

from collections.abc import Iterator

import pytest
from werkzeug.routing import Map, Rule

from chassis.rpc_client import RpcClient
from chassis.settings import Settings
from gateway.app import create_app
from tests.integration.permissions.conftest import Branch, Operator
from tests.integration.permissions.test_matrix import ASKS
from tests.stack.contents import untouched
from tests.stack.web import Web

pytestmark = pytest.mark.slow

ROLES = ("manager_a", "cashier_a", "support_a", "technician_a", "customer_a")
NAMES_NOTHING = {
    "static", "account.use_password_link", "account.confirm_email", "account_pages.end_session",
    "api_token_pages.revoke",
}  # fmt: skip
"""Their variable is a file of ours, a secret of one's own, or one of one's own sessions or tokens."""


def named_in(branch: Branch, rule: Rule) -> dict[str, str]:
    """What of the branch the page's address names. Raises KeyError at a kind of name that nobody thought of."""
    numbers = {"complaint": branch.complaint, "payment": branch.payment, "receipt": branch.payment}
    if rule.endpoint in ("payment_pages.show_invoice", "my_invoices.show", "my_invoices.file"):
        number = branch.invoice
    else:
        number = numbers.get(rule.endpoint.partition("_")[0], "")
    known = {
        "customer_id": branch.customer["id"], "subscription_id": branch.subscription, "to": "closed",
        "message_id": branch.message, "online_payment_id": branch.online, "session_id": branch.desk,
        "run_id": branch.dunning_run, "branch_id": branch.id, "report_id": branch.report, "plan_id": branch.plan,
        "staff_id": branch.staff, "standing_report_id": branch.report, "number": number, "kind": "upi",
        "template": "dues_outstanding", "locale": "en", "token_id": branch.desk,
    }  # fmt: skip
    return {name: known[name] for name in rule.arguments}


def pages(routes: Map, branch: Branch) -> Iterator[tuple[str, str]]:
    """Method and path of every page whose address names something of the branch."""
    paths = routes.bind("localhost")
    for rule in routes.iter_rules():
        if rule.rule.startswith("/api/") or not rule.arguments or rule.endpoint in NAMES_NOTHING:
            continue
        values = named_in(branch, rule)
        about = f"?branch_id={branch.id}" if "template" in values else ""
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, paths.build(rule.endpoint, values, method=method) + about


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> Map:
    settings = Settings(home=tmp_path_factory.mktemp("routes"))
    return create_app(RpcClient("memory://", name="routes"), settings).url_map


def told_of(branch: Branch, text: str) -> list[str]:
    """What the text says about the branch that it was not asked with."""
    secrets = (branch.customer["name"], branch.customer["email"], "Branch BBB", "bbb@bank")
    return [secret for secret in secrets if secret in text]


@pytest.mark.parametrize("who", ROLES)
def test_no_page_shows_or_changes_what_is_of_another_branch(
    operator: Operator, routes: Map, who: str
) -> None:
    web = Web(operator.headend.address).sign_in(*operator.logins[who])
    found = {}
    with untouched(operator.headend):
        for method, path in pages(routes, operator.b):
            answer = web.open(path) if method == "GET" else web.send(path, reason="as a test", name="Mallory")
            if answer.status_code not in (403, 404) or told_of(operator.b, answer.text):
                found[f"{method} {path}"] = answer.status_code
    assert found == {}


def test_the_same_pages_are_there_for_who_may_see_them(operator: Operator, routes: Map) -> None:
    web = Web(operator.headend.address).sign_in(*operator.logins["admin"])
    asked = [path for method, path in pages(routes, operator.b) if method == "GET"]
    shown = [path for path in asked if web.open(path).status_code == 200]
    assert len(asked) > 30 and len(shown) > len(asked) * 2 / 3, set(asked) - set(shown)


@pytest.mark.parametrize("who", ["admin", "customer_a"])
def test_looking_changes_nothing(operator: Operator, routes: Map, who: str) -> None:
    """Every address that can be opened, of pages and of the API (TRUST, check 9)."""
    web, caller = Web(operator.headend.address).sign_in(*operator.logins[who]), operator.callers[who]
    named = [path for method, path in pages(routes, operator.a) if method == "GET"]
    gets = [rule for rule in routes.iter_rules() if "GET" in (rule.methods or ())]
    plain = [rule.rule for rule in gets if not rule.arguments]
    asks = [ask.path(operator.a) for ask in ASKS if ask.method == "GET"]
    of_pages = [*named, *(path for path in plain if not path.startswith("/api/"))]
    of_api = [*asks, *(path.removeprefix("/api/v1") for path in plain if path.startswith("/api/v1"))]
    with untouched(operator.headend):
        shown = [path for path in of_pages if web.open(path).status_code == 200]
        told = [path for path in of_api if caller.request("GET", path).status_code == 200]
    assert len(shown) > 12 and len(told) > 12


@pytest.mark.parametrize(
    "value", ["\x00", "'", "-1", "9" * 30, "../..", "{{7*7}}", "\U0001f600", "a" * 2000, "2026-99-99"]
)
def test_no_query_of_a_page_is_an_error_of_ours(operator: Operator, routes: Map, value: str) -> None:
    web = Web(operator.headend.address).sign_in(*operator.logins["admin"])
    names = (
        "search", "branch_id", "year", "month", "cursor", "status", "area", "order", "day", "state", "kind", "next",
        "amount", "service", "from", "cashier", "selection", "days", "at_most", "customer_id",
    )  # fmt: skip
    gets = [rule.rule for rule in routes.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    found = {}
    for path in gets:
        if not path.startswith(("/api/", "/health", "/metrics")):
            answer = web.http.get(path, params=dict.fromkeys(names, value))
            if answer.status_code >= 500 or "Traceback" in answer.text:
                found[path] = answer.status_code
    assert found == {}
