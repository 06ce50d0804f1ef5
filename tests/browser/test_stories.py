"""A day of each role, through the pages as they click and type them, to what they see at the end."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.newcomers import Newcomers
from tests.browser.town import Town
from tests.browser.visitor import PHONE, Visitor

pytestmark = pytest.mark.slow

Visit = Callable[..., Visitor]


def follow(page: Page, *links: str) -> None:
    """Click links one after the other, each by its words."""
    for words in links:
        page.get_by_role("link", name=words, exact=True).first.click()


def press(page: Page, words: str) -> None:
    """Press the button whose words begin so."""
    page.get_by_role("main").get_by_role("button", name=re.compile("^" + re.escape(words))).click()


def sees(page: Page, *texts: str) -> None:
    """Each of these stands on the page."""
    for text in texts:
        expect(page.get_by_role("main")).to_contain_text(text)


def test_an_admin_sets_a_price_from_a_day_on(newcomers: Newcomers, town: Town, visit: Visit) -> None:
    plan = {"code": f"TV-{uuid.uuid4().hex[:6]}", "name": "Evening Gold", "service": "cable_tv",
            "price": "500.00", "branch_id": town.a.id}  # fmt: skip
    newcomers.admin.ok("POST", "/plans", json=plan)
    page = visit("admin").page
    follow(page, "Settings", "Plans", "Evening Gold")
    page.get_by_label("New price of a month").fill("550.00")
    page.get_by_label("Valid from").fill("2026-12-01")
    press(page, "Set the new price of Evening Gold")
    sees(page, "The new price is kept.")
    expect(page.get_by_role("row").filter(has_text="To come")).to_contain_text("₹550.00")
    expect(page.get_by_role("row").filter(has_text="Today")).to_contain_text("₹500.00")


def test_an_admin_adds_somebody_and_they_can_choose_a_password(town: Town, visit: Visit) -> None:
    page = visit("admin").page
    follow(page, "Settings", "Staff", "Add somebody")
    page.get_by_label("Name", exact=True).fill("Noor Haddad")
    page.get_by_label("User name").fill("noor")
    page.get_by_label("E-mail").fill("noor@staff.example.com")
    page.get_by_label("Role").select_option(label="Cashier")
    page.get_by_label("Branch AAA").check()
    press(page, "Add and send the link")
    sees(page, "Noor Haddad is added; the link is on its way to noor@staff.example.com.")
    follow(page, "Staff")
    expect(page.get_by_role("row").filter(has_text="Noor Haddad")).to_contain_text("Cashier")


def test_an_admin_sees_how_the_branches_stand(newcomers: Newcomers, visit: Visit) -> None:
    newcomers.pay(newcomers.owing("Ada Figures"))
    page = visit("admin").page
    for _ in range(20):  # the figures follow payments within a second or two
        page.reload()
        if page.get_by_text("Money in November 2026").is_visible():
            break
        page.wait_for_timeout(500)
    sees(page, "Dashboard", "Money in November 2026", "Renewals due", "All services answer")
    received = page.get_by_role("row").filter(has_text="Cable TV").first.locator("[data-label=Received]")
    expect(received).to_contain_text("₹")


def test_a_manager_adds_a_customer_and_subscribes_them(visit: Visit) -> None:
    page = visit("manager").page
    follow(page, "Customers", "Add a customer")
    page.get_by_label("Name", exact=True).fill("Marta Nowak")
    page.get_by_label("Mobile", exact=True).fill("+91 98450 11111")
    page.get_by_label("Street").fill("Temple Road 4")
    press(page, "Add the customer")
    expect(page.get_by_role("heading", level=1)).to_have_text("Marta Nowak")
    follow(page, "Subscriptions", "Add a subscription")
    page.get_by_label("Plan").select_option(label="Cable TV, Classic Prime, ₹777.00")
    page.get_by_label("Starts on").fill("2026-11-01")
    press(page, "Add the subscription")
    sees(page, "Marta Nowak has Classic Prime now.", "Applied")


def test_a_manager_voids_a_payment_and_the_receipt_says_so(newcomers: Newcomers, visit: Visit) -> None:
    payment = newcomers.pay(newcomers.owing("Vera Void"))
    page = visit("manager").page
    page.get_by_role("searchbox").first.fill(payment["payment_number"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vera Void")
    follow(page, payment["payment_number"], "Void this payment")
    sees(page, "Void ₹777.00 of Vera Void", "November 2026")
    page.get_by_label("Reason").fill("Counted twice at the desk")
    press(page, "Void the payment of ₹777.00")
    sees(page, "This payment is void: Counted twice at the desk")
    expect(page.get_by_role("link", name="Void this payment")).to_have_count(0)
    follow(page, "Vera Void")
    expect(page.locator(".balance .amount")).to_have_text("₹777.00")


def find_by_key(page: Page, crf: str) -> None:
    """The "/" key, the number, Enter."""
    page.locator("body").press("/")
    page.keyboard.type(crf)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/customers/[0-9a-f-]+$"))


def test_a_cashier_takes_a_payment_by_keys_alone(newcomers: Newcomers, visit: Visit) -> None:
    customer = newcomers.owing("Kiran Keys")
    page = visit("cashier").page
    find_by_key(page, customer["crf"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Kiran Keys")
    expect(page.get_by_role("link", name="Take a payment")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take ₹777.00 from Kiran Keys")).to_be_focused()
    page.keyboard.press("Enter")
    sees(page, "The payment is taken.", "₹777.00", "November 2026")
    assert [one["amount"] for one in newcomers.payments(customer)] == ["777.00"]


def test_a_double_click_takes_one_payment(newcomers: Newcomers, visit: Visit) -> None:
    customer = newcomers.owing("Dora Double")
    visitor = visit("cashier")
    visitor.open(f"/customers/{customer['id']}/payment")
    visitor.page.get_by_label("Amount").fill("400")
    press(visitor.page, "Take")
    sees(visitor.page, "₹400.00 pays", "₹377.00 stays open")
    visitor.page.get_by_role("button", name="Take ₹400.00").dblclick()
    sees(visitor.page, "Receipt", "₹400.00")
    assert len(newcomers.payments(customer)) == 1


def test_back_and_reload_take_no_second_payment(newcomers: Newcomers, visit: Visit) -> None:
    customer = newcomers.owing("Bela Back")
    visitor = visit("cashier")
    page = visitor.page
    visitor.open(f"/customers/{customer['id']}/payment?amount=300")
    press(page, "Take ₹300.00")
    sees(page, "The payment is taken.")
    page.reload()
    sees(page, "Receipt", "₹300.00")
    page.go_back()
    page.go_forward()
    page.reload()
    sees(page, "Receipt", "₹300.00")
    assert len(newcomers.payments(customer)) == 1


def test_a_cashier_closes_the_desk_with_a_difference(newcomers: Newcomers, visit: Visit) -> None:
    customer = newcomers.owing("Cleo Cash")
    visitor = visit(newcomers.staff("teller-a", "cashier"))
    page = visitor.page
    follow(page, "Cash desk", "My desk")
    page.get_by_label("Float").fill("500")
    press(page, "Open the desk")
    visitor.open(f"/customers/{customer['id']}/payment")
    press(page, "Take ₹777.00")
    follow(page, "Cash desk")
    expect(page.get_by_role("row").filter(has_text="Expected in the desk")).to_contain_text("₹1,277.00")
    page.get_by_label("Counted").fill("1200")
    press(page, "Close the desk")
    sees(page, "₹1,200.00 is ₹77.00 less than the ₹1,277.00 expected.")
    page.get_by_label("Note").fill("Change given wrongly")
    press(page, "Close the desk with a difference of -₹77.00")
    sees(
        page, "The desk is closed; -₹77.00 is posted as the difference.", "Change given wrongly", "Cleo Cash"
    )


def test_support_sees_that_there_are_dues_and_no_amount_anywhere(newcomers: Newcomers, visit: Visit) -> None:
    customer = newcomers.owing("Sita Secret")
    newcomers.pay(customer, "300.00")
    visitor = visit("support")
    visitor.open(f"/customers/{customer['id']}")
    sees(visitor.page, "Sita Secret", "Has dues")
    links = visitor.page.locator("nav.tabs a, nav.places a").evaluate_all(
        "all => all.map(one => one.pathname)"
    )
    assert len(links) > 5
    for path in links:
        assert visitor.open(path) == 200, path
        text = visitor.page.locator("body").inner_text()
        assert not re.search(r"₹|\b(?:777|477|300)\b", text), f"an amount stands on {path}"


def test_support_resolves_a_complaint(newcomers: Newcomers, visit: Visit) -> None:
    number = newcomers.complaint(newcomers.owing("Rosa Rain"))
    page = visit("support").page
    follow(page, "Complaints")
    page.get_by_role("button", name=number).click()
    sees(page, number, "What Rosa Rain says", "No picture since the storm.", "Opened for the first time")
    page.get_by_label("Answer to the customer").fill("The amplifier in your street is new.")
    press(page, f"Resolve {number}")
    sees(page, "Resolved", "The amplifier in your street is new.", "Not settled after all?")
    follow(page, "Complaints")
    expect(page.get_by_role("main")).not_to_contain_text(number)


@pytest.fixture
def phone(newcomers: Newcomers, visit: Visit) -> Page:
    """A customer with a phone, who paid 300.00 of November in cash."""
    customer = newcomers.owing("Priya Phone")
    newcomers.pay(customer, "300.00")
    page = visit(newcomers.login(customer)).page
    page.set_viewport_size({"width": PHONE, "height": 844})
    return page


def test_a_customer_files_a_complaint_on_the_phone(phone: Page) -> None:
    follow(phone, "Complaints", "File a complaint")
    phone.get_by_label("What is it about?").select_option(label="Set-top box")
    phone.get_by_label("Cable TV").check()
    phone.get_by_label("What happened?").fill("The box restarts every hour.")
    press(phone, "Send the complaint")
    sees(phone, "The box restarts every hour.", "We are looking into it")
    follow(phone, "All your complaints")
    expect(phone.get_by_role("row").filter(has_text="Set-top box")).to_contain_text("Unresolved")


def test_a_customer_pays_by_reference_on_the_phone(phone: Page) -> None:
    follow(phone, "Pay ₹477.00")
    press(phone, "Pay ₹477.00")
    sees(phone, "headend@bank", "₹477.00")
    reference = f"4711{uuid.uuid4().int % 10**8:08d}"
    phone.get_by_label("Reference number").fill(reference)
    press(phone, "I have paid ₹477.00")
    sees(phone, f"Your branch looks for the money under the number {reference}")
    follow(phone, "Home")
    sees(phone, f"Your payment of ₹477.00 under the number {reference} waits for your branch to confirm it.")
    expect(phone.get_by_role("link", name="Pay ₹477.00")).to_have_count(0)


def test_a_customer_edits_the_address_on_the_phone(phone: Page) -> None:
    follow(phone, "My details")
    phone.get_by_label("Street").fill("Lake View 12")
    phone.get_by_label("Postal code").fill("560001")
    press(phone, "Save")
    sees(phone, "Your details are saved.")
    expect(phone.get_by_label("Street")).to_have_value("Lake View 12")


def test_a_customer_finds_the_invoice_of_a_month_on_the_phone(phone: Page) -> None:
    follow(phone, "Invoices")
    phone.get_by_label("Month").select_option(label="October")
    press(phone, "Show")
    expect(phone.get_by_role("link", name="Open the invoice")).to_have_count(0)
    phone.get_by_label("Month").select_option(label="November")
    press(phone, "Show")
    follow(phone, "Open the invoice")
    expect(phone.get_by_role("heading", level=1)).to_have_text(re.compile(r"^AAA-2026-\d{6}$"))
    sees(phone, "Priya Phone", "Part of November 2026", "₹300.00")
    with phone.expect_download() as kept:
        follow(phone, "Download")
    assert kept.value.path().read_bytes().startswith(b"%PDF")
