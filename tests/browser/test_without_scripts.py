"""Browsers without JavaScript: what people come for is done to the end."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.newcomers import Newcomers
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.slow

Visit = Callable[..., Visitor]


def test_a_cashier_takes_a_payment(newcomers: Newcomers, visit: Visit) -> None:
    customer = newcomers.owing("Nils Noscript")
    page = visit("cashier", scripts=False).page
    page.get_by_role("searchbox").first.fill(customer["crf"])
    page.get_by_role("searchbox").first.press("Enter")
    page.get_by_role("link", name="Take a payment").click()
    page.get_by_label("Amount").fill("300")
    page.get_by_role("button", name="Take").click()
    page.get_by_role("button", name="Take ₹300.00 from Nils Noscript").click()
    expect(page.get_by_role("main")).to_contain_text("The payment is taken.")
    expect(page.get_by_role("main")).to_contain_text("₹477.00 stays open")
    assert [one["amount"] for one in newcomers.payments(customer)] == ["300.00"]


def test_a_customer_files_a_complaint(newcomers: Newcomers, visit: Visit) -> None:
    page = visit(newcomers.login(newcomers.owing("Olga Offline")), scripts=False).page
    page.get_by_role("link", name="Complaints").click()
    page.get_by_role("link", name="File a complaint").click()
    page.get_by_label("What happened?").fill("Channel 7 is only snow.")
    page.get_by_role("button", name="Send the complaint").click()
    expect(page.get_by_role("main")).to_contain_text("Channel 7 is only snow.")
    expect(page.get_by_role("main")).to_contain_text("We are looking into it")


def test_a_manager_asks_for_a_report_and_looks_again_until_it_is_made(visit: Visit) -> None:
    page = visit("manager", scripts=False).page
    page.get_by_role("link", name="Reports", exact=True).click()
    page.get_by_label("Month").select_option(label="November")
    page.get_by_label("Not paid").check()
    page.get_by_role("button", name="Make the report").click()
    made, again = page.get_by_role("link", name="Download"), page.get_by_role("link", name="Look again")
    for _ in range(40):
        expect(made.or_(again)).to_be_visible()
        if made.is_visible():
            break
        page.wait_for_timeout(250)
        again.click()
    with page.expect_download() as kept:
        made.click()
    assert kept.value.path().read_bytes().startswith(b"%PDF")
