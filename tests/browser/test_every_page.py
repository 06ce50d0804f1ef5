"""Every page, by somebody who may see it, at both widths: nothing that axe, the browser or a ruler objects to."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser
from werkzeug.routing import Map

from chassis.rpc_client import RpcClient
from chassis.settings import Settings
from gateway.app import create_app
from tests.browser.town import Town
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.slow


class Page(NamedTuple):
    """A page: its endpoint, its address in the town, and whose it is."""

    endpoint: str
    path: str
    role: str = "admin"


PAGES = (
    Page("home.home", "/"),
    Page("home.home", "/", "manager"),
    Page("home.home", "/", "cashier"),
    Page("home.home", "/", "support"),
    Page("home.home", "/", "technician"),
    Page("account.change_password", "/password"),
    Page("customer_pages.find", "/customers"),
    Page("customer_pages.find", "/customers?search=nobody-is-called-that"),
    Page("customer_pages.show", "/customers/{customer}"),
    Page("customer_pages.show", "/customers/{customer}", "support"),
    Page("record_pages.add", "/customers/new"),
    Page("record_pages.edit", "/customers/{customer}/edit"),
    Page("record_pages.deactivate", "/customers/{customer}/deactivate"),
    Page("record_pages.erase", "/customers/{customer}/erase"),
    Page("subscription_pages.of_customer", "/customers/{customer}/subscriptions"),
    Page("subscription_pages.add", "/customers/{customer}/subscriptions/new"),
    Page("subscription_pages.move", "/customers/{customer}/subscriptions/{subscription}/closed"),
    Page("subscription_pages.raise_fee", "/customers/{customer}/fees/new"),
    Page("customer_tabs.invoices", "/customers/{customer}/invoices"),
    Page("customer_tabs.messages", "/customers/{customer}/messages"),
    Page("customer_tabs.history", "/customers/{customer}/history"),
    Page("year_pages.months", "/customers/{customer}/months?year=2026"),
    Page("payment_pages.of_year", "/customers/{customer}/payments?year=2026"),
    Page("payment_pages.take", "/customers/{customer}/payment", "cashier"),
    Page("payment_pages.show", "/payments/{payment}"),
    Page("receipt_pages.roll", "/payments/{payment}/roll"),
    Page("receipt_pages.void", "/payments/{payment}/void"),
    Page("cash_pages.desk", "/cash-desk", "cashier"),
    Page("cash_pages.close", "/cash-desk/{session}", "cashier"),
    Page("cash_pages.sheet", "/cash-desk/sheet", "cashier"),
    Page("cash_pages.desk", "/cash-desk"),
    Page("cash_pages.days", "/cash-desk/days"),
    Page("online_pages.find", "/online-payments"),
    Page("online_pages.show", "/online-payments/{online}"),
    Page("complaint_pages.list_all", "/complaints"),
    Page("complaint_pages.list_all", "/complaints?state=resolved", "support"),
    Page("complaint_pages.show", "/complaints/{complaint}"),
    Page("complaint_pages.of_customer", "/customers/{customer}/complaints"),
    Page("complaint_pages.file_for", "/customers/{customer}/complaints/new"),
    Page("reminder_pages.list_all", "/reminders"),
    Page("reminder_pages.send", "/reminders/send?branch={branch}"),
    Page("reminder_pages.progress", "/reminders/runs/{run}"),
    Page("reminder_pages.preview", "/customers/{customer}/reminder"),
    Page("reminder_pages.promise", "/customers/{customer}/promise"),
    Page("reminder_pages.schedules", "/reminders/schedules"),
    Page("reminder_pages.schedule", "/reminders/schedules/{branch}"),
    Page("message_pages.show_all", "/messages"),
    Page("report_pages.index", "/reports"),
    Page("report_pages.show", "/reports/{report}"),
    Page("report_pages.standing", "/reports/standing"),
    Page("settings_pages.index", "/settings"),
    Page("settings_pages.branches", "/settings/branches"),
    Page("settings_pages.add_branch", "/settings/branches/add"),
    Page("settings_pages.change_branch", "/settings/branches/{branch}"),
    Page("settings_pages.plans", "/settings/plans"),
    Page("settings_pages.plans", "/settings/plans", "manager"),
    Page("settings_pages.add_plan", "/settings/plans/add"),
    Page("settings_pages.plan", "/settings/plans/{plan}"),
    Page("settings_pages.staff", "/settings/staff"),
    Page("settings_pages.add_staff", "/settings/staff/add"),
    Page("settings_pages.member", "/settings/staff/{staff}"),
    Page("settings_pages.deactivate", "/settings/staff/{staff}/deactivation"),
    Page("settings_pages.letters", "/settings/letters"),
    Page("settings_pages.letter", "/settings/letters/payment_made/en"),
    Page("settings_pages.mail_server", "/settings/mail-server"),
    Page("settings_pages.shown_languages", "/settings/languages"),
    Page("operations_pages.show", "/operations"),
    Page("home.home", "/", "customer"),
    Page("my_pay.pay", "/my/pay", "customer"),
    Page("my_pay.show", "/my/pay/{online}", "customer"),
    Page("my_payments.of_year", "/my/payments?year=2026", "customer"),
    Page("my_invoices.of_month", "/my/invoices?year=2026&month=11", "customer"),
    Page("my_invoices.show", "/my/invoices/{invoice}", "customer"),
    Page("my_details.edit", "/my/details", "customer"),
    Page("complaint_pages.mine", "/complaints/mine", "customer"),
    Page("complaint_pages.file_own", "/complaints/mine/new", "customer"),
    Page("complaint_pages.show", "/complaints/{complaint}", "customer"),
)

NOT_LOOKED_AT = {
    "static": "files",
    "account.sign_in": "looked at signed out, below",
    "account.use_password_link": "looked at signed out, below",
    "account.confirm_email": "looked at signed out, below",
    "password_reset.request_code": "looked at signed out, below",
    "password_reset.use_code": "looked at signed out, below",
    "customer_pages.export": "a CSV file", "complaint_pages.export": "a CSV file",
    "reminder_pages.export": "a CSV file", "cash_pages.sheet_file": "a CSV file",
    "payment_pages.show_invoice": "a PDF", "my_invoices.file": "a PDF", "report_pages.fetch": "a file",
    "my_pay.code": "a picture", "reminder_pages.mail": "an e-mail in its frame",
    "settings_pages.preview_letter": "an e-mail in its frame",
    "simulated_provider.show": "another company's page, played for trying out",
    "health.live": "for probes", "health.ready": "for probes", "health.metrics": "for Prometheus",
}  # fmt: skip
"""Endpoints that answer GET and are no page of ours to look at, each with its reason."""


def looked_at(visitor: Visitor, path: str) -> list[str]:
    status = visitor.open(path)
    return [f"answers {status}"] if status != 200 else visitor.faults()


@pytest.mark.parametrize("language", ["en", "fa", "zh_Hant"])
@pytest.mark.parametrize("role", sorted({page.role for page in PAGES}))
def test_nothing_is_wrong_with_a_page(
    town: Town, visit: Callable[..., Visitor], role: str, language: str
) -> None:
    visitor = visit(role, language)
    paths = [page.path.format(**town.names) for page in PAGES if page.role == role]
    found = {path: faults for path in paths if (faults := looked_at(visitor, path))}
    assert found == {}


def test_what_is_wrong_is_found(town: Town, browser: Browser) -> None:
    visitor = Visitor.at(browser, town.headend.address)
    visitor.open("/sign-in")
    planted = "<img src=/x><nobr>" + "w" * 300 + "</nobr>"
    visitor.page.evaluate(
        "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", planted
    )
    found = " ".join(visitor.faults())
    visitor.close()
    assert "image-alt" in found and "pixels wide on a screen of 390" in found


@pytest.mark.parametrize(
    "path",
    ["/sign-in", "/password/x", "/email/x", "/password-reset", "/password-reset/code", "/nothing-is-here"],
)
def test_nothing_is_wrong_with_a_page_for_everybody(town: Town, browser: Browser, path: str) -> None:
    visitor = Visitor.at(browser, town.headend.address)
    visitor.open(path)
    assert visitor.faults() == []
    visitor.close()


def test_no_page_is_forgotten(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = Settings(home=tmp_path_factory.mktemp("routes"))
    routes: Map = create_app(RpcClient("memory://", name="routes"), settings).url_map
    shown = {
        rule.endpoint
        for rule in routes.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/api/")
    }
    known = {page.endpoint for page in PAGES} | set(NOT_LOOKED_AT)
    assert shown - known == set(), "look at these pages too, or say why not"
    assert known - shown == set(), "these are gone"
