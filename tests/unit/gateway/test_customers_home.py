"""What a customer finds: services, dues and payments on the first page, payments by year (C28 to C31, C47)."""

# ruff: noqa: F811 - a fixture that comes from a neighbour is named again by each test that takes it
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contracts.actor import Role
from contracts.calls.billing import GetDues, ListPayments, PaymentList
from contracts.calls.customers import CheckSession, GetCustomer
from contracts.calls.online_payments import GetOnlineOptions
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import ScriptedClient
from tests.unit.gateway.test_desk import DESK, desk  # noqa: F401 - taken by tests
from tests.unit.gateway.test_pages import GOOD, submit


def customer_signed_in(make_app: Callable[..., Flask], bus: ScriptedClient) -> FlaskClient:
    """The browser of the customer of `answers`."""
    me = answers.me(Role.CUSTOMER, ()).model_copy(update={"customer_id": answers.CUSTOMER})
    bus.tell(CheckSession, answers.issued(me))
    web = make_app(today="2026-11-22").test_client()
    submit(web, "/sign-in", GOOD)
    return web


def test_a_customer_finds_services_dues_and_payments_on_the_first_page(
    make_app: Callable[..., Flask], bus: ScriptedClient, desk: FlaskClient
) -> None:
    bus.tell(GetOnlineOptions, answers.online_options())
    page = customer_signed_in(make_app, bus).get("/").text
    for words in (
        "Cable TV",
        'href="/my/pay"',
        "Active",
        "30 Nov 2026",
        "₹250.00",
        "/payments/MAIN-P2026-000001",
    ):
        assert words in page
    assert f'{DESK}"' not in page and "What is running" not in page and "data-find" not in page
    asked = {request.customer_id for request, _ in bus.asked if isinstance(request, GetDues | GetCustomer)}
    assert asked == {answers.CUSTOMER}


@pytest.mark.parametrize(
    ("asked", "year"), [("", 2026), ("?year=2025", 2025), ("?year=x", 2026), ("?year=99", 2026)]
)
def test_payments_are_shown_by_year(
    make_app: Callable[..., Flask], bus: ScriptedClient, desk: FlaskClient, asked: str, year: int
) -> None:
    page = customer_signed_in(make_app, bus).get(f"/customers/{answers.CUSTOMER}/payments{asked}").text
    assert bus.last(ListPayments).year == year
    assert f"Payments of {year}" in page and f"year={year - 1}" in page and "MAIN-P2026-000001" in page


def test_a_year_without_payments_says_so(desk: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(ListPayments, PaymentList(items=(), next=None))
    assert "Nothing was paid in 2024." in desk.get(f"/customers/{answers.CUSTOMER}/payments?year=2024").text
