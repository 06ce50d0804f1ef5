"""An ID number is shown by pressing a button, and the audit log tells who did."""

from collections.abc import Callable

import pytest

from tests.browser.town import ID_NUMBER, Town
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.slow
BUTTON = "Show the ID number"


def test_a_cashier_sees_the_number_and_the_manager_sees_that_they_looked(
    town: Town, visit: Callable[..., Visitor]
) -> None:
    cashier = visit("cashier")
    cashier.open(f"/customers/{town.a.customer['id']}")
    assert ID_NUMBER not in cashier.page.content()
    cashier.page.get_by_role("button", name=BUTTON).click()
    assert cashier.page.get_by_text(ID_NUMBER).is_visible()
    assert cashier.faults() == []
    manager = visit("manager")
    manager.open("/settings/audit?what=looks&who=cashier-a")
    assert manager.page.get_by_text("show id number").first.is_visible()
    assert ID_NUMBER not in manager.page.content()


def test_customers_see_their_own_number(town: Town, visit: Callable[..., Visitor]) -> None:
    customer = visit("customer")
    customer.open("/my/details")
    assert ID_NUMBER not in customer.page.content()
    customer.page.get_by_role("button", name=BUTTON).click()
    assert customer.page.get_by_text(ID_NUMBER).is_visible()
    assert customer.faults() == []


def test_saving_the_record_as_it_is_shown_keeps_the_number(town: Town, visit: Callable[..., Visitor]) -> None:
    cashier = visit("cashier")
    cashier.open(f"/customers/{town.a.customer['id']}/edit")
    cashier.page.get_by_label("Notes").fill("Ring twice")
    cashier.page.get_by_role("button", name="Save").click()
    cashier.page.get_by_role("button", name=BUTTON).click()
    assert cashier.page.get_by_text(ID_NUMBER).is_visible()
