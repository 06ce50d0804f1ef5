"""Periods: calendar months written "2026-11" (RULES, periods and charges). As text they sort by time."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from contracts.errors import RuleBroken
from contracts.fields import period_of, period_start


class PeriodTooFarAhead(RuleBroken):
    """A run was asked for a period more than one month ahead."""

    code = "period_too_far_ahead"


class StartOutOfReach(RuleBroken):
    """A subscription was to start on a day that can only be a typing error."""

    code = "start_out_of_reach"


EARLIEST_START = date(1950, 1, 1)
MOST_DAYS_AHEAD = 366


def add_months(period: str, months: int) -> str:
    """The period so many months later (earlier when negative): "2026-11" + 2 -> "2027-01"."""
    count = int(period[:4]) * 12 + int(period[5:]) - 1 + months
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def days_of(period: str) -> int:
    """How many days the month has."""
    return monthrange(int(period[:4]), int(period[5:]))[1]


def period_end(period: str) -> date:
    """The last day of the period."""
    return period_start(period).replace(day=days_of(period))


def day_before(period: str) -> date:
    """The day before the period begins."""
    return period_start(period) - timedelta(days=1)


def periods_between(first: str, last: str) -> Iterator[str]:
    """Every period from `first` to `last`, both included; none when `last` is earlier."""
    while first <= last:
        yield first
        first = add_months(first, 1)


def check_start(started_on: date, today: date) -> None:
    """A subscription starts not before there was cable TV and at most a year ahead: 2062 for 2026 would never
    be
    billed, and nobody would notice. Raises StartOutOfReach.
    """
    latest = today + timedelta(days=MOST_DAYS_AHEAD)
    if not EARLIEST_START <= started_on <= latest:
        raise StartOutOfReach(
            f"A subscription starts between {EARLIEST_START.isoformat()} and {latest.isoformat()}; "
            f"{started_on.isoformat()} is out of reach.",
            field="started_on",
        )


def check_period_to_charge(period: str, today: date) -> None:
    """A run may be made up to one month ahead of the business date; raises PeriodTooFarAhead (RULES,
    periods).
    """
    furthest = add_months(period_of(today), 1)
    if period > furthest:
        raise PeriodTooFarAhead(
            f"{period} is too far ahead; today, {today.isoformat()}, months up to {furthest} can be charged.",
            field="period",
        )
