"""Periods, proration, expiry, status, moves, numbers and journal lines: the small rules."""

import itertools
from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.expiry import ChargedMonth, ExpiryPolicy, expiry, status_by_date
from billing.domain.journal import (
    Account,
    ChargedLine,
    JournalLine,
    balanced,
    charge_lines,
    opening_lines,
    reversed_lines,
)
from billing.domain.moves import ALLOWED, ASKED_FOR, MoveNotAllowed, check_move
from billing.domain.numbers import number_text
from billing.domain.periods import (
    PeriodTooFarAhead,
    StartOutOfReach,
    add_months,
    check_period_to_charge,
    check_start,
    day_before,
    period_end,
    periods_between,
)
from billing.domain.proration import Stop, days_served, half_up, month_price
from contracts.cards import FeeCategory, Proration, Service
from contracts.cards import SubscriptionStatus as Status
from contracts.fields import period_of, period_text

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
periods = days.map(period_of)


@given(periods, st.integers(-50, 50))
def test_going_so_many_months_on_and_back_ends_where_it_began(period: str, months: int) -> None:
    assert add_months(add_months(period, months), -months) == period


@given(periods, st.integers(0, 30))
def test_periods_follow_each_other_without_gap(period: str, months: int) -> None:
    row = list(periods_between(period, add_months(period, months)))
    assert len(row) == months + 1
    assert all(period_end(one) == day_before(after) for one, after in itertools.pairwise(row))


def test_a_month_ahead_can_be_charged_and_further_is_refused() -> None:
    check_period_to_charge("2026-12", date(2026, 11, 21))
    with pytest.raises(PeriodTooFarAhead, match="2027-01 is too far ahead"):
        check_period_to_charge("2027-01", date(2026, 11, 21))


@pytest.mark.parametrize(
    "typed", [date(1926, 11, 1), date(2062, 11, 1), date(2027, 11, 23), date(1949, 12, 31)]
)
def test_a_subscription_does_not_start_where_only_a_typing_error_leads(typed: date) -> None:
    with pytest.raises(StartOutOfReach, match=typed.isoformat()):
        check_start(typed, date(2026, 11, 21))


@pytest.mark.parametrize("day", [date(1950, 1, 1), date(1998, 5, 17), date(2026, 11, 21), date(2027, 11, 21)])
def test_a_subscription_may_start_long_ago_or_within_a_year(day: date) -> None:
    check_start(day, date(2026, 11, 21))
    assert period_text(period_of(day)) == period_of(day)


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_half_up_is_never_more_than_half_a_unit_away(numerator: int, denominator: int) -> None:
    rounded = half_up(numerator, denominator)
    assert -denominator < 2 * (rounded * denominator - numerator) <= denominator


@given(st.integers(0, 10**7), periods, days)
def test_days_price_lies_between_nothing_and_the_month(price: int, period: str, started: date) -> None:
    served = days_served(period, started, [])
    assert 0 <= month_price(price, period, served, Proration.DAILY) <= price


def test_a_month_begun_is_charged_in_full_without_proration() -> None:
    assert (
        month_price(30000, "2026-11", days_served("2026-11", date(2026, 11, 30), []), Proration.NONE) == 30000
    )


def test_ten_days_of_thirty_cost_a_third_with_daily_proration() -> None:
    served = days_served("2026-11", date(2026, 11, 21), [])
    assert (served, month_price(25000, "2026-11", served, Proration.DAILY)) == (10, 8333)


def test_a_stop_takes_its_days_out_and_its_last_day_is_served_again() -> None:
    stop = Stop(date(2026, 11, 11), date(2026, 11, 21))
    assert days_served("2026-11", date(2026, 1, 1), [stop]) == 20


def test_a_whole_month_of_stop_has_no_day_served() -> None:
    assert days_served("2026-11", date(2026, 1, 1), [Stop(date(2026, 10, 5))]) == 0


def test_expiry_stops_before_the_first_open_month_even_when_later_ones_are_settled() -> None:
    months = [ChargedMonth("2026-03", True), ChargedMonth("2026-01", True), ChargedMonth("2026-02", False)]
    assert expiry(months, date(2025, 12, 10)) == date(2026, 1, 31)


def test_with_nothing_settled_the_expiry_is_the_first_day_of_service() -> None:
    assert expiry([ChargedMonth("2026-01", False)], date(2026, 1, 5)) == date(2026, 1, 5)


@pytest.mark.parametrize(
    ("expires", "something_open", "expected"),
    [
        (date(2026, 10, 31), False, Status.ACTIVE),
        (date(2026, 11, 1), True, Status.ACTIVE),
        (date(2026, 10, 31), True, Status.INACTIVE),
        (date(2026, 9, 2), True, Status.INACTIVE),
        (date(2026, 9, 1), True, Status.SUSPENDED),
    ],
)
def test_the_dates_give_the_status(expires: date, something_open: bool, expected: Status) -> None:
    today = date(2026, 11, 1)
    assert (
        status_by_date(expires, today, ExpiryPolicy(), charged=True, something_open=something_open)
        is expected
    )


def test_days_of_grace_keep_a_subscription_active() -> None:
    policy = ExpiryPolicy(grace_days=5)
    found = [
        status_by_date(date(2026, 10, 31), date(2026, 11, day), policy, charged=True, something_open=True)
        for day in (5, 6)
    ]
    assert found == [Status.ACTIVE, Status.INACTIVE]


def test_never_charged_is_applied_whatever_the_dates() -> None:
    assert (
        status_by_date(
            date(2020, 1, 1), date(2026, 1, 1), ExpiryPolicy(), charged=False, something_open=False
        )
        is Status.APPLIED
    )


def test_nothing_leads_out_of_closed() -> None:
    assert not ALLOWED[Status.CLOSED]
    for to in Status:
        with pytest.raises(MoveNotAllowed):
            check_move(Status.CLOSED, to)


@given(st.sampled_from(Status), st.sampled_from(Status))
def test_a_move_that_is_let_through_stands_in_the_table(current: Status, to: Status) -> None:
    try:
        check_move(current, to)
    except MoveNotAllowed:
        return
    assert to in ASKED_FOR
    assert to in ALLOWED[current]


def test_numbers_read_branch_year_and_six_digits() -> None:
    assert (number_text("MAIN", 2026, 1), number_text("MAIN", 2026, 1234567)) == (
        "MAIN-2026-000001",
        "MAIN-2026-1234567",
    )


charged = st.builds(
    lambda amount, part, service, category: ChargedLine(
        uuid4(), uuid4(), service, category, amount, amount * part // 10
    ),
    st.integers(0, 10**9),
    st.integers(0, 10),
    st.sampled_from([Service.CABLE_TV, Service.BROADBAND, None]),
    st.sampled_from(FeeCategory),
)


@given(st.lists(charged))
def test_every_entry_sums_to_zero_and_customers_owe_what_is_open(charges: list[ChargedLine]) -> None:
    raised, opening = charge_lines(charges), opening_lines(charges)
    assert sum(line.amount_minor for line in raised) == 0
    owed = sum(line.amount_minor for line in opening if line.account is Account.RECEIVABLE)
    assert owed == sum(one.amount_minor - one.settled_minor for one in charges)


@given(st.lists(charged))
def test_an_entry_and_its_reversal_leave_nothing(charges: list[ChargedLine]) -> None:
    lines = [*charge_lines(charges), *reversed_lines(charge_lines(charges))]
    left: dict[object, int] = {}
    for line in lines:
        key = (line.account, line.charge_id, line.service, line.category)
        left[key] = left.get(key, 0) + line.amount_minor
    assert not any(left.values())


def test_lines_that_do_not_sum_to_zero_are_no_entry() -> None:
    with pytest.raises(ValueError, match="away from zero"):
        balanced([JournalLine(Account.CASH, 1)])
