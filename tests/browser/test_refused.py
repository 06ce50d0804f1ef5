"""Addresses guessed or passed on: who may not have what is there gets a page of ours that names a way on."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.newcomers import Newcomers
from tests.browser.town import Town
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.slow

Visit = Callable[..., Visitor]


def is_refused(visitor: Visitor, path: str, status: int, hidden: str) -> None:
    """Our page with that status, which says nothing of what is hidden, and whose button leads somewhere."""
    assert visitor.open(path) == status, path
    page = visitor.page
    heading = {404: "Nothing here", 403: "That is not yours to do"}[status]
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert hidden not in page.content(), path
    page.get_by_role("link", name="To the first page").click()
    page.wait_for_url(f"{visitor.address}/")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def papers(town: Town, payment: str, invoice: str, complaint: str, customer: str) -> dict[str, str]:
    """Every address at which somebody's papers are."""
    return {
        "invoice": f"/my/invoices/{invoice}", "its file": f"/my/invoices/{invoice}/file",
        "its PDF": f"/invoices/{invoice}.pdf", "payment": f"/payments/{payment}",
        "roll": f"/payments/{payment}/roll", "complaint": f"/complaints/{complaint}",
        "record": f"/customers/{customer}", "payments": f"/customers/{customer}/payments",
    }  # fmt: skip


PAPERS = ("invoice", "its file", "its PDF", "payment", "roll", "complaint", "record", "payments")


def test_a_customer_finds_nothing_of_somebody_in_another_branch(town: Town, visit: Visit) -> None:
    b, visitor = town.b, visit("customer")
    for path in papers(town, b.payment, b.invoice, b.complaint, b.customer["id"]).values():
        is_refused(visitor, path, 404, b.customer["name"])


def test_a_customer_finds_nothing_of_a_neighbour(town: Town, newcomers: Newcomers, visit: Visit) -> None:
    neighbour = newcomers.owing("Nadia Neighbour")
    paid, complaint = newcomers.pay(neighbour), newcomers.complaint(neighbour)
    visitor = visit("customer")
    found = papers(town, paid["payment_number"], paid["invoice_number"], complaint, neighbour["id"])
    for path in found.values():
        is_refused(visitor, path, 404, "Nadia Neighbour")


def test_a_cashier_finds_nothing_of_another_branch(town: Town, visit: Visit) -> None:
    b, visitor = town.b, visit("cashier")
    more = (
        f"/customers/{b.customer['id']}/payment", f"/customers/{b.customer['id']}/months",
        f"/customers/{b.customer['id']}/invoices", f"/customers/{b.customer['id']}/edit",
    )  # fmt: skip
    known = papers(town, b.payment, b.invoice, b.complaint, b.customer["id"])
    for path in (*known.values(), *more):
        is_refused(visitor, path, 404, b.customer["name"])


def test_a_cashier_who_searches_for_another_branch_is_told_that_nobody_is_found(
    town: Town, visit: Visit
) -> None:
    visitor = visit("cashier")
    for searched in (town.b.customer["crf"], town.b.payment, town.b.customer["name"]):
        visitor.open("/customers?search=" + searched)
        expect(visitor.page.get_by_role("main")).not_to_contain_text(town.b.customer["name"] + ",")
        assert town.b.customer["id"] not in visitor.page.content()


def test_support_is_refused_at_every_page_of_money(town: Town, visit: Visit) -> None:
    a, visitor = town.a, visit("support")
    customer = f"/customers/{a.customer['id']}"
    for path in (
        f"/payments/{a.payment}", f"/payments/{a.payment}/roll", f"/payments/{a.payment}/void",
        f"/invoices/{a.invoice}.pdf", f"/my/invoices/{a.invoice}", f"{customer}/payment", f"{customer}/payments",
        f"{customer}/months", f"{customer}/invoices", f"{customer}/fees/new", "/cash-desk", "/cash-desk/sheet",
        "/cash-desk/days", "/online-payments", "/reports", "/reminders",
    ):  # fmt: skip
        is_refused(visitor, path, 403, "777.00")


@pytest.mark.parametrize("path", ["/customers", "/settings", "/reports", "/cash-desk", "/operations"])
def test_a_customer_is_refused_where_staff_work(visit: Visit, path: str) -> None:
    is_refused(visit("customer"), path, 403, "₹")
