"""The tab of months: a year's grid with what was paid when, how and by whom, and where its papers are (C46, C48)."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from contracts.actor import Role
from contracts.calls.billing import GetDues
from contracts.calls.customers import CheckSession, GetCustomer
from contracts.calls.years import GetYear, MonthState, PaidPart, YearFee, YearMonth, YearRow, YearView
from contracts.cards import FeeCategory, PaymentMode, Service, SubscriptionStatus
from contracts.errors import NotFound
from contracts.money import Money
from tests.unit.gateway import answers
from tests.unit.gateway.conftest import TOKEN, ScriptedClient
from tests.unit.gateway.test_pages import GOOD, submit

MONTHS = f"/customers/{answers.CUSTOMER}/months"
PART = PaidPart(
    payment_number="MAIN-P2026-000001", invoice_number="MAIN-2026-000001", paid_on=date(2026, 11, 3),
    mode=PaymentMode.ONLINE, reference="UPI<7>", received_by="Ravi", amount=answers.RUPEES,
)  # fmt: skip


def month(number: int, state: MonthState, open_: str = "0.00", *parts: PaidPart) -> YearMonth:
    charged = state is not MonthState.NOT_CHARGED
    return YearMonth(
        period=f"2026-{number:02d}", state=state, amount=answers.RUPEES if charged else None,
        open=Money.parse(open_, "INR") if charged else None, before_import=answers.RUPEES if number == 9 else None,
        parts=parts,
    )  # fmt: skip


def a_year() -> YearView:
    months = [month(number, MonthState.NOT_CHARGED) for number in range(1, 13)]
    months[8:11] = [
        month(9, MonthState.PAID), month(10, MonthState.PAID, "0.00", PART), month(11, MonthState.PART_PAID, "100.00"),
    ]  # fmt: skip
    row = YearRow(
        subscription_id=answers.SUBSCRIPTION, service=Service.CABLE_TV, plan_name="Basic <TV",
        status=SubscriptionStatus.ACTIVE, months=tuple(months),
    )  # fmt: skip
    fee = YearFee(charge_id=UUID(int=9), category=FeeCategory.LATE, service=None, note="Late & slow",
                  month=month(11, MonthState.OPEN, "250.00"))  # fmt: skip
    return YearView(customer_id=answers.CUSTOMER, year=2026, this_period="2026-11", rows=(row,), fees=(fee,),
                    charged=answers.RUPEES, paid=answers.RUPEES, open=answers.RUPEES)  # fmt: skip


@pytest.fixture
def desk(web: FlaskClient, bus: ScriptedClient) -> FlaskClient:
    """A cashier's browser."""
    bus.tell(GetCustomer, answers.customer())
    bus.tell(GetDues, answers.dues())
    bus.tell(GetYear, a_year())
    submit(web, "/sign-in", GOOD)
    return web


def test_each_month_says_how_it_stands_and_leads_to_its_papers(desk: FlaskClient) -> None:
    page = desk.get(MONTHS).text
    for words in (
        "October 2026", "3 Nov 2026, Online", "UPI&lt;7&gt;", "Ravi", 'href="/payments/MAIN-P2026-000001"',
        'href="/invoices/MAIN-2026-000001.pdf"', "₹100.00 of ₹250.00 open", "paid before the import", "Late fee",
        "Late &amp; slow", "Basic &lt;TV", "To come", "Not charged", 'aria-current="page">Months',
    ):  # fmt: skip
        assert words in page, words


@pytest.mark.parametrize(("asked", "year"), [("", None), ("?year=2024", 2024), ("?year=1950", 1950)])
def test_the_year_is_in_the_address(
    desk: FlaskClient, bus: ScriptedClient, asked: str, year: int | None
) -> None:
    assert desk.get(MONTHS + asked).status_code == 200
    assert bus.last(GetYear).year == year


@pytest.mark.parametrize("asked", ["x", "99", "2101", "٢٠٢٦"])
def test_what_is_no_year_leads_to_this_year(desk: FlaskClient, asked: str) -> None:
    assert desk.get(f"{MONTHS}?year={asked}").headers["Location"] == MONTHS


def test_an_empty_year_says_so(desk: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetYear, a_year().model_copy(update={"rows": (), "fees": (), "year": 2020}))
    assert "had no subscription in 2020" in desk.get(f"{MONTHS}?year=2020").text


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.TECHNICIAN, Role.CUSTOMER])
def test_who_sees_no_money_sees_no_months(desk: FlaskClient, bus: ScriptedClient, role: Role) -> None:
    bus.tell(CheckSession, answers.issued(answers.me(role)))
    desk.application.extensions["headend.sessions"].forget(TOKEN)
    assert desk.get(MONTHS).status_code == 403
    assert bus.count(GetYear) == 0


def test_a_hidden_customer_is_not_found(desk: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetYear, NotFound("There is no such customer."))
    assert desk.get(MONTHS).status_code == 404


def test_the_api_shows_the_same_year(api: FlaskClient, bus: ScriptedClient) -> None:
    bus.tell(GetYear, a_year())
    found: Any = api.get(f"/api/v1/customers/{answers.CUSTOMER}/years/2026").json
    october = found["subscriptions"][0]["months"][9]
    assert (october["state"], october["parts"][0]["invoice_number"]) == ("paid", "MAIN-2026-000001")
    assert (found["fees"][0]["month"]["open"], found["currency"]) == ("250.00", "INR")
