"""Which months a monthly report is still to be made for."""

from datetime import date, timedelta

from contracts.fields import period_of, period_start

MOST = 12
"""A machine that was off for longer makes the newest months; older ones can be asked for."""


def month_before(day: date) -> str:
    """The last month that has ended on that day: 2026-11-01 -> "2026-10"."""
    return period_of(day.replace(day=1) - timedelta(days=1))


def next_month(period: str) -> str:
    """The month after: "2026-12" -> "2027-01"."""
    return period_of(period_start(period) + timedelta(days=31))


def months_to_make(last_made: str | None, today: date) -> list[str]:
    """The months that ended since the last one that was made, oldest first; only the newest when none was yet."""
    newest = month_before(today)
    months, period = [], next_month(last_made) if last_made else newest
    while period <= newest:
        months.append(period)
        period = next_month(period)
    return months[-MOST:]
