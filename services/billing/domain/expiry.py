"""Until when a subscription is paid, and what its status is by the dates (RULES, expiry and status)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from billing.domain.periods import period_end
from contracts.cards import SubscriptionStatus

BY_DATE = frozenset(
    {
        SubscriptionStatus.APPLIED,
        SubscriptionStatus.ACTIVE,
        SubscriptionStatus.INACTIVE,
        SubscriptionStatus.SUSPENDED,
    }
)
"""Statuses that follow the dates; the others were set by somebody and win over the dates."""


@dataclass(frozen=True)
class ChargedMonth:
    """A period that was charged, and whether nothing of it is open."""

    period: str
    settled: bool


@dataclass(frozen=True)
class ExpiryPolicy:
    """What the branch grants, in days."""

    grace_days: int = 0
    suspend_after_days: int = 60

    def inactive_before(self, today: date) -> date:
        """Who expires before this day and has something open is inactive."""
        return today - timedelta(days=self.grace_days)

    def suspended_before(self, today: date) -> date:
        """Who expires before this day and has something open is suspended."""
        return today - timedelta(days=max(self.suspend_after_days, self.grace_days))


def expiry(months: Iterable[ChargedMonth], nothing_settled: date) -> date:
    """The last day of the last period up to which everything charged is settled; `nothing_settled`
    (started_on) when there is none.
    """
    last = None
    for month in sorted(months, key=lambda one: one.period):
        if not month.settled:
            break
        last = month.period
    return period_end(last) if last else nothing_settled


def expiry_at(last_settled: str | None, nothing_settled: date) -> date:
    """The expiry when that period is known already."""
    return period_end(last_settled) if last_settled else nothing_settled


def status_by_date(
    expires_on: date, today: date, policy: ExpiryPolicy, *, charged: bool, something_open: bool
) -> SubscriptionStatus:
    """The status that the dates give: applied until the first charge, active while paid or nothing is open,
    then inactive, then suspended.
    """
    if not charged:
        return SubscriptionStatus.APPLIED
    if not something_open or expires_on >= policy.inactive_before(today):
        return SubscriptionStatus.ACTIVE
    if expires_on >= policy.suspended_before(today):
        return SubscriptionStatus.INACTIVE
    return SubscriptionStatus.SUSPENDED
