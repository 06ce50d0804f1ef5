"""When a month has ended its reports are made by themselves, and those who asked for them are told, each once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from chassis.tables import OutboxRow
from contracts.actor import Actor, Role
from contracts.calls.customers import StaffView
from contracts.calls.reports import ReportFormat, Selection
from contracts.calls.standing_reports import AddStandingReport, StandingReportView
from contracts.cards import CustomerState, Service
from contracts.events import BranchChanged, CustomerRegistered
from contracts.fields import period_start
from reports import jobs
from reports.domain.months import MOST, month_before, months_to_make
from reports.monthly import make_monthly
from reports.report_tables import Report
from reports.standing_tables import StandingReport
from reports.usecases.keep_standing_report import (
    add_standing_report,
)
from reports.usecases.request_report import request_report
from tests.unit.reports.story import (
    ReportsHouse,
    a_branch,
    a_charge,
    a_customer,
    a_request,
    a_subscription,
    raised,
)

MAIN, EAST = a_branch(), a_branch("EAST", name="East")
ASHA = a_customer("1001", MAIN)
RAVI = UUID(int=7)
OCTOBER, DECEMBER_FIRST = "2026-10", datetime(2026, 11, 30, 18, 31, tzinfo=UTC)
"""The second is one minute into December in Kolkata."""


@pytest.fixture
def story(house: ReportsHouse) -> Iterator[ReportsHouse]:
    """Two branches; MAIN has charged cable TV in October and November. It is November 21."""
    tv = a_subscription(ASHA)
    house.producers.publish(
        BranchChanged(branch=MAIN), BranchChanged(branch=EAST), CustomerRegistered(customer=ASHA, username="1001"),
        raised(MAIN, a_charge(tv, OCTOBER), a_charge(tv, "2026-11")),
    )  # fmt: skip
    catch_up(house)
    yield house


def catch_up(house: ReportsHouse) -> None:
    from chassis.repair import Repair
    from contracts.topology import producers_for

    for producer, types in producers_for("reports").items():
        Repair(house.platform).catch_up(producer, types)
    house.work_off()


def a_colleague(role: Role = Role.MANAGER, *branches: Any, **changed: Any) -> StaffView:
    ids = tuple(branch.id for branch in branches)
    return StaffView(id=RAVI, username="ravi", name="Ravi", email="ravi@example.com", role=role, branch_ids=ids,
                     state=CustomerState.ACTIVE).model_copy(update=changed)  # fmt: skip


def actor_of(member: StaffView) -> Actor:
    branch_ids = None if member.role is Role.ADMIN else frozenset(member.branch_ids)
    return Actor(subject=f"staff:{member.id}", name=member.name, role=member.role, branch_ids=branch_ids)


def want(house: ReportsHouse, member: StaffView, **fields: Any) -> StandingReportView:
    """Ask for a standing report as the door does."""
    house.producers.staff[member.id] = member
    asked: dict[str, Any] = {"service_kind": Service.CABLE_TV, "selection": Selection.UNPAID,
                             "format": ReportFormat.PDF, "branch_id": MAIN.id} | fields  # fmt: skip
    with house.database.transaction() as session:
        request = AddStandingReport(**asked)
        return add_standing_report(session, request, actor_of(member), member, house.clock)


def reports(house: ReportsHouse) -> list[tuple[str, str, str, str]]:
    with house.database.reading() as session:
        rows = session.scalars(select(Report).order_by(Report.year, Report.month, Report.selection)).all()
        return [(row.period, row.service_kind, row.selection, row.format) for row in rows]


def told(house: ReportsHouse) -> list[dict[str, Any]]:
    with house.database.reading() as session:
        return list(session.scalars(select(OutboxRow.body).where(OutboxRow.type == "ReportReady")))


def make_all(house: ReportsHouse) -> None:
    while jobs.make_reports(house.platform):
        house.work_off()


def standing(house: ReportsHouse) -> int:
    with house.database.reading() as session:
        return len(session.scalars(select(StandingReport)).all())


def test_a_month_that_ended_is_reported_once_whoever_looks_and_how_often(story: ReportsHouse) -> None:
    for _ in range(3):
        make_monthly(story.platform)
    assert reports(story) == [(OCTOBER, "cable_tv", "paid", "pdf"), (OCTOBER, "cable_tv", "unpaid", "pdf")]


def test_the_day_is_the_branches_own(story: ReportsHouse) -> None:
    make_monthly(story.platform)
    story.clock.at = DECEMBER_FIRST - timedelta(minutes=2)
    make_monthly(story.platform)
    assert {period for period, *_ in reports(story)} == {OCTOBER}
    story.clock.at = DECEMBER_FIRST
    make_monthly(story.platform)
    assert {period for period, *_ in reports(story)} == {OCTOBER, "2026-11"}


def test_a_machine_that_was_off_on_the_first_makes_what_it_missed(story: ReportsHouse) -> None:
    make_monthly(story.platform)
    story.producers.publish(raised(MAIN, a_charge(a_subscription(ASHA), "2026-12")))
    catch_up(story)
    story.clock.at = datetime(2027, 1, 17, tzinfo=UTC)
    make_monthly(story.platform)
    assert {period for period, *_ in reports(story)} == {OCTOBER, "2026-11", "2026-12"}


def test_a_branch_without_charges_has_no_report_of_its_own_accord(story: ReportsHouse) -> None:
    make_monthly(story.platform)
    with story.database.reading() as session:
        assert {row.branch_id for row in session.scalars(select(Report))} == {MAIN.id}


def test_without_the_schedule_nothing_is_made(tmp_path: Path) -> None:
    house = ReportsHouse(tmp_path)
    try:
        object.__setattr__(house.platform.settings, "schedule", False)
        make_monthly(house.platform)
        assert reports(house) == []
    finally:
        house.close()


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)), st.integers(0, 40))
def test_every_month_since_the_last_one_comes_once_and_none_that_has_not_ended(today: date, ago: int) -> None:
    last = month_before(today)
    for _ in range(ago):
        last = month_before(period_start(last))
    months = months_to_make(last, today)
    assert len(months) == min(ago, MOST) and months == sorted(set(months))
    assert all(last < month <= month_before(today) for month in months)


def test_who_asked_is_told_once_the_report_is_made(story: ReportsHouse) -> None:
    want(story, a_colleague(Role.MANAGER, MAIN))
    story.clock.at = DECEMBER_FIRST
    make_monthly(story.platform)
    assert told(story) == []
    make_all(story)
    make_monthly(story.platform)
    (event,) = told(story)
    assert (event["email"], event["period"], event["rows"], event["branch"]["code"]) == (
        "ravi@example.com", "2026-11", 1, "MAIN",
    )  # fmt: skip


def test_the_report_that_everybody_has_is_not_made_twice(story: ReportsHouse) -> None:
    want(story, a_colleague(Role.MANAGER, MAIN))
    want(story, a_colleague(Role.ADMIN, id=UUID(int=8), email="boss@example.com"))
    story.clock.at = DECEMBER_FIRST
    make_monthly(story.platform)
    make_all(story)
    assert len([one for one in reports(story) if one[0] == "2026-11"]) == 2
    assert {event["email"] for event in told(story)} == {"ravi@example.com", "boss@example.com"}
    assert len({event["report_id"] for event in told(story)}) == 1


def test_what_somebody_waits_for_is_made_before_what_comes_by_itself(story: ReportsHouse) -> None:
    make_monthly(story.platform)
    story.clock.move(timedelta(minutes=1))
    with story.database.transaction() as session:
        asked = request_report(
            session, a_request(), actor_of(a_colleague(Role.MANAGER, MAIN)), story.clock
        ).id
    while story.report(asked).state != "done":
        jobs.make_reports(story.platform)
        story.work_off()
    with story.database.reading() as session:
        assert {row.state for row in session.scalars(select(Report).where(Report.monthly))} == {"queued"}


def test_another_format_is_a_report_of_its_own(story: ReportsHouse) -> None:
    want(story, a_colleague(Role.MANAGER, MAIN), format=ReportFormat.XLSX)
    story.clock.at = DECEMBER_FIRST
    make_monthly(story.platform)
    assert ("2026-11", "cable_tv", "unpaid", "xlsx") in reports(story)


def test_without_a_branch_it_covers_those_that_are_ones_own_at_that_time(story: ReportsHouse) -> None:
    want(story, a_colleague(Role.MANAGER, MAIN), branch_id=None)
    story.producers.staff[RAVI] = a_colleague(Role.MANAGER, MAIN, EAST)
    story.clock.at = DECEMBER_FIRST
    make_monthly(story.platform)
    with story.database.reading() as session:
        covered = [row.branch_ids for row in session.scalars(select(Report)) if len(row.branch_ids or []) > 1]
    assert covered == [sorted([str(MAIN.id), str(EAST.id)])]


def test_who_asked_twice_for_what_is_the_same_is_told_once(story: ReportsHouse) -> None:
    want(story, a_colleague(Role.MANAGER, MAIN))
    want(story, a_colleague(Role.MANAGER, MAIN), branch_id=None)
    story.clock.at = DECEMBER_FIRST
    make_monthly(story.platform)
    make_all(story)
    make_monthly(story.platform)
    assert len(told(story)) == 1


def test_the_months_before_asking_are_not_told_about(story: ReportsHouse) -> None:
    want(story, a_colleague(Role.MANAGER, MAIN))
    make_monthly(story.platform)
    make_all(story)
    assert told(story) == []


@pytest.mark.parametrize(
    "now",
    [
        None,
        a_colleague(Role.MANAGER, MAIN, state=CustomerState.DEACTIVATED),
        a_colleague(Role.CASHIER, MAIN),
        a_colleague(Role.MANAGER, EAST),
        a_colleague(Role.MANAGER, MAIN, email=""),
    ],
    ids=["gone", "deactivated", "no right", "other branch", "no address"],
)
def test_who_may_have_it_no_more_is_told_nothing_and_it_ends(
    story: ReportsHouse, now: StaffView | None
) -> None:
    want(story, a_colleague(Role.MANAGER, MAIN))
    story.producers.staff.clear()
    if now is not None:
        story.producers.staff[RAVI] = now
    story.clock.at = DECEMBER_FIRST
    make_monthly(story.platform)
    make_all(story)
    assert told(story) == [] and standing(story) == 0


def test_while_customers_is_away_it_waits(story: ReportsHouse) -> None:
    want(story, a_colleague(Role.MANAGER, MAIN))
    story.clock.at = DECEMBER_FIRST
    story.producers.away.add("customers")
    make_monthly(story.platform)
    story.producers.away.clear()
    assert standing(story) == 1
    make_monthly(story.platform)
    make_all(story)
    assert len(told(story)) == 1
