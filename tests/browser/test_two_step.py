"""Two-step sign-in in the browser: each of its pages is looked at on the way."""

from collections.abc import Callable

import pytest

from tests.browser.newcomers import Newcomers
from tests.browser.visitor import Visitor
from tests.integration.sign_in.apps import App

pytestmark = pytest.mark.slow


def test_somebody_turns_it_on_signs_in_with_it_and_turns_it_off(
    newcomers: Newcomers, visit: Callable[..., Visitor]
) -> None:
    login = newcomers.staff("two-step-a", "cashier")
    visitor = visit(login)
    page = visitor.page
    page.click("nav.who a")
    page.click("text=Set it up")
    page.fill("main [name=password]", login[1])
    page.click("main button[type=submit]")
    assert visitor.faults() == []
    app = App(page.inner_text("p.secret").replace(" ", ""))
    page.fill("[name=code]", app.code())
    page.click("main button[type=submit]")
    recovery = page.locator(".recovery-codes li").all_inner_texts()
    assert len(recovery) == 10 and visitor.faults() == []
    page.click("nav.who button")
    visitor.sign_in(*login)
    assert "/sign-in/code" in page.url and visitor.faults() == []
    page.fill("[name=code]", recovery[0])
    page.click("main button[type=submit]")
    visitor.open("/account/two-step")
    assert "9 recovery codes are left" in page.inner_text("main") and visitor.faults() == []
    page.fill("main [name=password]", login[1])
    page.fill("[name=code]", app.code(1))
    page.click("text=Turn two-step sign-in off")
    assert "Two-step sign-in is off" in page.inner_text("main")
