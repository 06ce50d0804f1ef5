"""Which subscriptions a run charges for a period, and at what price, as conditions of SQL (RULES,
periods).
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from billing.domain.periods import period_end
from billing.tables import (
    Charge,
    CustomerCopy,
    Import,
    Plan,
    PlanPrice,
    Subscription,
    SubscriptionStop,
)
from contracts.cards import BranchCard, ChargeKind, CustomerState, Proration
from contracts.fields import period_start

_RECURRING = ChargeKind.RECURRING.value


def price_on_first_day(session: Session, branch_id: UUID, period: str) -> ColumnElement[int]:
    """A subscription's price on the period's first day: its own, else its plan's; before a plan's first,
    its first.
    """
    rows = session.execute(
        select(PlanPrice.plan_id, PlanPrice.valid_from, PlanPrice.price_minor)
        .join(Plan, Plan.id == PlanPrice.plan_id)
        .where(Plan.branch_id == branch_id)
        .order_by(PlanPrice.plan_id, PlanPrice.valid_from)
    )
    prices: dict[UUID, int] = {}
    for plan_id, valid_from, minor in rows:
        if plan_id not in prices or valid_from <= period_start(period):
            prices[plan_id] = minor
    if not prices:
        return func.coalesce(Subscription.price_minor, 0)
    of_plan = case(*((Subscription.plan_id == one, minor) for one, minor in prices.items()))
    return func.coalesce(Subscription.price_minor, of_plan)


def _there_is(found: Select[tuple[UUID]]) -> ColumnElement[bool]:
    """EXISTS as a lookup for each subscription.

    PostgreSQL makes a join of EXISTS, planned by statistics that know nothing of what this run has written: it then
    goes through all of that for each subscription.
    """
    return found.limit(1).scalar_subquery().is_not(None)


def was_charged(period: str) -> ColumnElement[bool]:
    """Whether the month was charged."""
    return _there_is(
        select(Charge.id).where(
            Charge.subscription_id == Subscription.id, Charge.period == period, Charge.kind == _RECURRING
        )
    )


def served(period: str) -> list[ColumnElement[bool]]:
    """What holds for every subscription that a run may charge for the period, wholly or in part."""
    return [
        Subscription.billed_from <= period,
        Subscription.started_on <= period_end(period),
        or_(
            Subscription.import_id.is_(None),
            Subscription.import_id.not_in(select(Import.id).where(Import.completed_at.is_(None))),
        ),
        Subscription.customer_id.not_in(
            select(CustomerCopy.id).where(CustomerCopy.state != CustomerState.ACTIVE.value)
        ),
        ~_there_is(
            select(SubscriptionStop.subscription_id).where(
                SubscriptionStop.subscription_id == Subscription.id,
                SubscriptionStop.stopped_on <= period_start(period),
                or_(SubscriptionStop.resumed_on.is_(None), SubscriptionStop.resumed_on > period_end(period)),
            )
        ),
    ]


def begun_or_stopped_within(period: str) -> ColumnElement[bool]:
    """Whether a part of the month was not served, so that a branch that charges by days charges less."""
    return or_(
        Subscription.started_on > period_start(period),
        _there_is(
            select(SubscriptionStop.subscription_id).where(
                SubscriptionStop.subscription_id == Subscription.id,
                SubscriptionStop.stopped_on <= period_end(period),
                or_(
                    SubscriptionStop.resumed_on.is_(None), SubscriptionStop.resumed_on > period_start(period)
                ),
            )
        ),
    )


def chargeable_whole(branch: BranchCard, period: str) -> list[ColumnElement[bool]]:
    """Subscriptions to be charged for the whole month."""
    if branch.policy.proration is Proration.DAILY:
        return [*served(period), ~begun_or_stopped_within(period)]
    return served(period)
