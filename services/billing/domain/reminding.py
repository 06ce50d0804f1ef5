"""The rules of reminding: how old dues are, which stage speaks, and when a customer is left in peace."""

from collections.abc import Sequence
from datetime import date, timedelta

from billing.domain.periods import add_months
from contracts.cards import ReminderStage, StageRule
from contracts.fields import period_of

LONGEST_PROMISE = timedelta(days=92)
"""A promise that reaches further is a typing error, or no promise."""


def area_key(area: str) -> str:
    """An area as it is compared: trimmed, without regard to case."""
    return " ".join(area.split()).casefold()[:200]


def months_old(oldest: str, today: date) -> int:
    """How many months lie between the oldest pending month and this one: 0 for a month that has just begun."""
    now = period_of(today)
    return (int(now[:4]) - int(oldest[:4])) * 12 + int(now[5:]) - int(oldest[5:])


def stage_of(stages: Sequence[StageRule], oldest: str, today: date) -> ReminderStage | None:
    """The firmest stage that has been reached; None while the dues are younger than the first one."""
    reached = [one for one in stages if one.from_months <= months_old(oldest, today)]
    return max(reached, key=lambda one: one.from_months).stage if reached else None


def first_period(stages: Sequence[StageRule], today: date) -> str:
    """The youngest oldest month with which somebody is reminded at all."""
    return add_months(period_of(today), -min(one.from_months for one in stages))


def reminded_lately_from(pause_days: int, today: date) -> date:
    """From which day on a reminder is too young for a second one: with 7 days, seven days later is allowed."""
    return today - timedelta(days=pause_days - 1)
