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
    Page("home.home", "/", "cashier"),
    Page("home.home", "/", "support"),
    Page("home.home", "/", "customer"),
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
    Page("payment_pages.take", "/customers/{customer}/payment", "cashier"),
    Page("payment_pages.show", "/payments/{payment}"),
    Page("payment_pages.of_year", "/customers/{customer}/payments?year=2026"),
    Page("message_pages.show_all", "/messages"),
)

NOT_LOOKED_AT = {
    "static": "files",
    "account.sign_in": "looked at signed out, below",
    "account.use_password_link": "looked at signed out, below",
    "customer_pages.export": "a CSV file",
    "payment_pages.show_invoice": "a PDF",
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
    a = town.a
    names = {
        "customer": a.customer["id"], "payment": a.payment, "invoice": a.invoice, "subscription": a.subscription,
        "branch": a.id, "plan": a.plan,
    }  # fmt: skip
    paths = [page.path.format(**names) for page in PAGES if page.role == role]
    found = {path: faults for path in paths if (faults := looked_at(visitor, path))}
    assert found == {}


def test_what_is_wrong_is_found(town: Town, browser: Browser) -> None:
    visitor = Visitor.at(browser, town.headend.address)
    visitor.open("/sign-in")
    planted = "<img src=/x><pre>" + "w" * 300 + "</pre>"
    visitor.page.evaluate(
        "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", planted
    )
    found = " ".join(visitor.faults())
    visitor.close()
    assert "image-alt" in found and "pixels wide on a screen of 390" in found


@pytest.mark.parametrize("path", ["/sign-in", "/password/x", "/nothing-is-here"])
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
