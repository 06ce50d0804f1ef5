"""A browser and a town to visit, each made once."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import chromium
from tests.browser.newcomers import Newcomers
from tests.browser.town import Town, build
from tests.browser.visitor import Visitor
from tests.stack.builders import TODAY
from tests.stack.embedded import Embedded


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window. Skips where there is none."""
    program = chromium()
    if program is None:
        pytest.skip("chromium is not installed: apt-get install chromium, or run with HEADEND_TEST_INSTALL=1")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def town(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A running Headend with people in it; after the browser, so that nothing is built where there is none."""
    with Embedded(tmp_path_factory.mktemp("town") / "home", today=TODAY) as headend:
        yield build(headend)


@pytest.fixture(scope="session")
def newcomers(town: Town) -> Newcomers:
    """Makes people of branch A for one story only, so that no story sees what another did."""
    return Newcomers(town, town.headend.admin())


@pytest.fixture
def visit(browser: Browser, town: Town) -> Iterator[Callable[..., Visitor]]:
    """Opens windows: `visit("cashier", "fa")` is signed in, in Persian; instead of a role, user name and password."""
    opened: list[Visitor] = []

    def begin(who: str | tuple[str, str], language: str = "en", *, scripts: bool = True) -> Visitor:
        visitor = Visitor.at(browser, town.headend.address, language, scripts=scripts)
        opened.append(visitor)
        return visitor.sign_in(*(town.logins[who] if isinstance(who, str) else who), language)

    yield begin
    for visitor in opened:
        visitor.close()
