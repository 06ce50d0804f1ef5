"""The dashboard: who sees what of it, which days and months it is about, when it is counted (C11, C23 to C27)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, text

from contracts.actor import Actor, Role
from contracts.calls.dashboard import DashboardView, GetDashboard
from contracts.cards import CustomerCard, PaymentMode, Service, SubscriptionState, SubscriptionStatus
from contracts.errors import Forbidden, NotFound
from contracts.events import BranchChanged, Event, SubscriptionChanged
from contracts.money import Money
from reports.jobs import keep_figures
from reports.tables import Figure, FigureChange
from reports.usecases.show_dashboard import show_dashboard
from tests.unit.reports.story import (
    ADMIN,
    ReportsHouse,
    a_branch,
    a_charge,
    a_customer,
    a_member,
    a_subscription,
    apply,
    paid,
    raised,
    voided,
)

MAIN, EAST = a_branch(), a_branch("EAST", name="East")
ASHA, BALU = a_customer("1001", MAIN), a_customer("2001", EAST)


def on(
    customer: CustomerCard, service: Service, status: SubscriptionStatus, until: date
) -> SubscriptionState:
    return a_subscription(customer, service).model_copy(update={"status": status, "expires_on": until})


TV = on(ASHA, Service.CABLE_TV, SubscriptionStatus.ACTIVE, date(2026, 11, 21))
NET = on(ASHA, Service.BROADBAND, SubscriptionStatus.SUSPENDED, date(2026, 11, 25))
EAST_TV = on(BALU, Service.CABLE_TV, SubscriptionStatus.ACTIVE, date(2026, 11, 28))
OCTOBER, NOVEMBER, EAST_NOVEMBER = a_charge(TV, "2026-10"), a_charge(TV), a_charge(EAST_TV)
MISTAKEN = paid(3, MAIN, ASHA, [(NOVEMBER, 5000)], date(2026, 11, 4))
STORY: tuple[Event, ...] = (
    BranchChanged(branch=MAIN),
    BranchChanged(branch=EAST),
    *(SubscriptionChanged(subscription=one) for one in (TV, NET, EAST_TV)),
    raised(MAIN, OCTOBER, NOVEMBER),
    raised(EAST, EAST_NOVEMBER),
    paid(1, MAIN, ASHA, [(OCTOBER, 20000)], date(2026, 10, 31)),
    paid(2, MAIN, ASHA, [(OCTOBER, 5000), (NOVEMBER, 10000)], date(2026, 11, 3), PaymentMode.ONLINE),
    MISTAKEN,
    voided(MISTAKEN),
    paid(1, EAST, BALU, [(EAST_NOVEMBER, 25000)], date(2026, 11, 21)),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ReportsHouse]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    house = ReportsHouse(tmp_path, url)
    with house.database.transaction() as session:
        apply(session, STORY)
    keep_figures(house.platform)
    yield house
    house.close()


def look(house: ReportsHouse, actor: Actor = ADMIN, **asked: Any) -> DashboardView:
    """The dashboard as it comes out of the wire: an amount that is no integer there is not understood."""
    with house.database.reading() as session:
        found = show_dashboard(session, GetDashboard(**asked), actor, house.clock)
    return DashboardView.model_validate_json(found.model_dump_json())


def counts(found: DashboardView) -> dict[tuple[str, str], int]:
    return {(one.service.value, one.status.value): one.count for one in found.statuses if one.count}


def rupees(text_: str) -> Money:
    return Money.parse(text_, "INR")


def test_an_administrator_sees_all_branches_together(house: ReportsHouse) -> None:
    found = look(house)
    assert counts(found) == {("cable_tv", "active"): 2, ("broadband", "suspended"): 1}
    assert [(one.service, one.today, one.ahead) for one in found.renewals] == [
        (Service.CABLE_TV, 1, 2), (Service.BROADBAND, 0, 0),
    ]  # fmt: skip
    assert (found.today, found.month, found.counted) == (date(2026, 11, 21), "2026-11", True)


def test_received_is_of_this_month_and_without_void_payments(house: ReportsHouse) -> None:
    money = look(house).money
    assert money is not None
    assert [(one.service, one.mode, one.amount) for one in money.received] == [
        (Service.CABLE_TV, PaymentMode.CASH, rupees("250.00")),
        (Service.CABLE_TV, PaymentMode.ONLINE, rupees("150.00")),
    ]
    assert [(one.service, one.this_month, one.before) for one in money.pending] == [
        (Service.CABLE_TV, rupees("150.00"), rupees("0.00")),
    ]


def test_each_day_up_to_today_has_its_takings(house: ReportsHouse) -> None:
    money = look(house).money
    assert money is not None
    assert [one.day.day for one in money.days] == list(range(1, 22))
    taken = {one.day.day: one.amount.decimal_text() for one in money.days if one.amount}
    assert taken == {3: "150.00", 21: "250.00"}


@pytest.mark.parametrize(("days", "ahead"), [(0, 1), (6, 1), (7, 2), (30, 2)])
def test_renewals_are_counted_as_far_ahead_as_asked(house: ReportsHouse, days: int, ahead: int) -> None:
    assert look(house, days_ahead=days).renewals[0].ahead == ahead


def test_a_manager_sees_own_branches_and_one_branch_when_asked(house: ReportsHouse) -> None:
    assert counts(look(house, a_member(Role.MANAGER, EAST))) == {("cable_tv", "active"): 1}
    assert counts(look(house, branch_id=MAIN.id)) == {
        ("cable_tv", "active"): 1,
        ("broadband", "suspended"): 1,
    }
    with pytest.raises(NotFound):
        look(house, a_member(Role.MANAGER, EAST), branch_id=MAIN.id)


@pytest.mark.parametrize("role", [Role.CASHIER, Role.SUPPORT])
def test_who_makes_no_reports_sees_counts_and_no_amounts(house: ReportsHouse, role: Role) -> None:
    found = look(house, a_member(role, MAIN, EAST))
    assert found.money is None
    assert counts(found)["cable_tv", "active"] == 2


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.CUSTOMER])
def test_technicians_and_customers_have_no_dashboard(house: ReportsHouse, role: Role) -> None:
    with pytest.raises(Forbidden):
        look(house, a_member(role, MAIN))


def test_a_branch_is_on_its_own_day_of_the_calendar(house: ReportsHouse) -> None:
    house.clock.at = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)  # in Mysuru it is the 21st already
    assert look(house).renewals[0].today == 1
    house.clock.at = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    assert look(house).renewals[0].today == 0


def test_waiting_changes_count_before_and_after_they_are_added_up(house: ReportsHouse) -> None:
    with house.database.transaction() as session:
        apply(
            session,
            [
                SubscriptionChanged(
                    subscription=TV.model_copy(update={"version": 2, "status": SubscriptionStatus.INACTIVE})
                )
            ],
        )
    before = look(house)
    assert counts(before)["cable_tv", "inactive"] == 1
    keep_figures(house.platform)
    assert look(house).statuses == before.statuses
    with house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(FigureChange)) == 0


def test_a_read_model_that_was_there_before_is_counted_at_the_first_start(house: ReportsHouse) -> None:
    expected = look(house)
    with house.database.transaction() as session:
        session.execute(delete(Figure))
        session.execute(text("DELETE FROM jobs"))
    assert not look(house).counted
    keep_figures(house.platform)
    assert look(house) == expected


def test_figures_are_counted_anew_each_day(house: ReportsHouse) -> None:
    with house.database.transaction() as session:
        session.execute(delete(Figure))
    keep_figures(house.platform)
    assert not counts(look(house))
    house.clock.at = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    keep_figures(house.platform)
    assert counts(look(house)) == {("cable_tv", "active"): 2, ("broadband", "suspended"): 1}
