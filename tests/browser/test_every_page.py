"""Every page, by somebody who may see it, at both widths: nothing that axe, the browser or a ruler objects to."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser
from werkzeug.routing import Map

from chassis.rpc_client import RpcClient
from chassis.settings import Settings
from gateway.app import create_app
from tests.browser.pages import NOT_LOOKED_AT, PAGES
from tests.browser.town import Town
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.slow


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
