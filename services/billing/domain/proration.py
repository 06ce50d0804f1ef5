"""What a month costs when it was not served from its first to its last day (RULES, periods; docs/money.md,
proration).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from billing.domain.periods import period_end
from contracts.cards import Proration
from contracts.fields import period_start


@dataclass(frozen=True)
class Stop:
    """A stretch without service: `stopped_on` is its first day, `resumed_on` the first day served again, None
    while it lasts.
    """

    stopped_on: date
    resumed_on: date | None = None

    def covers(self, day: date) -> bool:
        """Whether that day was without service."""
        return self.stopped_on <= day and (self.resumed_on is None or day < self.resumed_on)


def half_up(numerator: int, denominator: int) -> int:
    """numerator / denominator, rounded half up to a whole minor unit; neither may be negative."""
    return (2 * numerator + denominator) // (2 * denominator)


def days_served(period: str, started_on: date, stops: Iterable[Stop]) -> int:
    """On how many days of the period the subscription was served."""
    first, last = period_start(period), period_end(period)
    day, stretches = max(first, started_on), list(stops)
    span = (last - day).days + 1
    return sum(not any(one.covers(day + timedelta(days=n)) for one in stretches) for n in range(span))


def month_price(price_minor: int, period: str, served: int, proration: Proration) -> int:
    """The charge for a month in minor units, rounded once: all of it when a day was served, by days with
    `daily`.
    """
    if served == 0:
        return 0
    days = period_end(period).day
    if proration is Proration.NONE or served == days:
        return price_minor
    return half_up(price_minor * served, days)
