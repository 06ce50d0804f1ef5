"""Pages that are printed: what is for the screen stays on it, and paper is black on white by night too."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.newcomers import Newcomers
from tests.browser.town import LONG, Town
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.slow

Visit = Callable[..., Visitor]

PRINTED = {
    "invoice": ("/my/invoices/{invoice}", "customer", "₹300.00"),
    "receipt": ("/payments/{payment}", "cashier", "₹300.00"),
    "roll": ("/payments/{payment}/roll", "cashier", "₹300.00"),
    "day sheet": ("/cash-desk/sheet", "cashier", "Day sheet of"),
    "a manager's day sheet": ("/cash-desk/sheet", "admin", "Totals"),
}
FOR_THE_SCREEN = "nav, button, .button, [role=search], form, footer, .skip"
_DARK = """() => {
  const light = colour => {
    const [red, green, blue, alpha = 1] = colour.match(/[\\d.]+/g).map(Number);
    return alpha === 0 ? null : (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
  };
  const found = [];
  for (const one of document.querySelectorAll("body, body *")) {
    if (!one.checkVisibility() || one.closest("svg")) continue;
    const style = getComputedStyle(one), ground = light(style.backgroundColor), ink = light(style.color);
    if (ground !== null && ground < 0.85) found.push(`${one.tagName}.${one.className} on ${style.backgroundColor}`);
    if (ink > 0.5) found.push(`${one.tagName}.${one.className} written in ${style.color}`);
  }
  return found;
}"""


def printed(visit: Visit, town: Town, name: str, scheme: str = "light") -> Visitor:
    """The page as it goes to the printer."""
    path, role, says = PRINTED[name]
    visitor = visit(role)
    visitor.open(path.format(**town.names))
    visitor.page.emulate_media(media="print", color_scheme=scheme)  # type: ignore[arg-type]  # playwright wants literals
    expect(visitor.page.locator("main")).to_contain_text(says)
    return visitor


def sheets(visitor: Visitor) -> int:
    """How many pages come out of the printer."""
    drawn = visitor.page.pdf(prefer_css_page_size=True, format="A4")
    return len(re.findall(rb"/Type /Page\b", drawn))


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_for_the_screen_is_not_printed(town: Town, visit: Visit, name: str) -> None:
    page = printed(visit, town, name).page
    shown = page.locator(FOR_THE_SCREEN).evaluate_all(
        "all => all.filter(one => one.checkVisibility()).map(one => one.outerHTML.slice(0, 120))"
    )
    assert shown == []


@pytest.mark.parametrize("name", PRINTED)
def test_by_night_it_is_printed_black_on_white(town: Town, visit: Visit, name: str) -> None:
    assert printed(visit, town, name, "dark").page.evaluate(_DARK) == []


@pytest.mark.parametrize("name", ["invoice", "receipt", "roll"])
def test_one_payment_is_one_sheet_of_paper(town: Town, visit: Visit, name: str) -> None:
    assert sheets(printed(visit, town, name)) == 1


def test_a_void_receipt_of_a_long_name_is_one_piece_of_the_roll(newcomers: Newcomers, visit: Visit) -> None:
    paid = newcomers.pay(newcomers.owing(LONG))["payment_number"]
    why = "Counted twice at the desk, and the customer has the second receipt still at home"
    newcomers.admin.ok("POST", f"/payments/{paid}/void", json={"reason": why})
    visitor = visit("manager")
    visitor.open(f"/payments/{paid}/roll")
    expect(visitor.page.locator("main")).to_contain_text("VOID")
    assert sheets(visitor) == 1
