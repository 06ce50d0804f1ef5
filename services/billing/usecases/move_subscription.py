"""Stop, reactivate or close a subscription (RULES, expiry and status)."""

from datetime import date

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from billing.copies import find_customer
from billing.domain.expiry import ExpiryPolicy, expiry, status_by_date
from billing.domain.moves import STOPPED, check_move
from billing.queries.subscriptions import subscription_view
from billing.standing import charged_months, move_row, standings
from billing.statements import insert_for
from billing.tables import Plan, Subscription, SubscriptionMove, SubscriptionStop
from chassis.audit import about
from chassis.clock import Clock
from chassis.outbox import emit
from contracts.actor import Actor, Right
from contracts.calls.billing import MoveSubscription, SubscriptionView
from contracts.cards import SubscriptionStatus
from contracts.errors import NotFound
from contracts.events import SubscriptionChanged


def move_subscription(
    session: Session, request: MoveSubscription, actor: Actor, clock: Clock
) -> SubscriptionView:
    """Move a subscription; `active` ends a stop, and the dates say which running status follows.

    Raises NotFound, Forbidden, MoveNotAllowed.
    """
    owner = session.scalar(select(Subscription.customer_id).where(Subscription.id == request.subscription_id))
    if owner is None:
        raise NotFound("There is no such subscription.")
    customer = find_customer(session, owner, actor, lock=True, what="subscription")
    actor.require(Right.MANAGE_SUBSCRIPTIONS)
    subscription = session.scalars(
        select(Subscription).where(Subscription.id == request.subscription_id)
    ).one()
    before, today = SubscriptionStatus(subscription.status), customer.branch.today(clock)
    check_move(before, request.to)
    if request.to in STOPPED:
        _stop(session, subscription, before, request.to, today)
    else:
        _resume(session, subscription, today)
        _status_by_charges(session, subscription, today, customer.branch.expiry_policy)
    subscription.version += 1
    moved = move_row(
        subscription.id, before, SubscriptionStatus(subscription.status), today=today, reason=request.reason,
        actor=actor, clock=clock,
    )  # fmt: skip
    session.flush()
    session.execute(insert(SubscriptionMove), [moved])
    about(session, "subscription", subscription.id, before=before.value, after=subscription.status)
    emit(session, SubscriptionChanged(subscription=standings(session, [subscription.id])[0].state()), clock)
    return subscription_view(subscription, session.get_one(Plan, subscription.plan_id))


def _stop(
    session: Session,
    subscription: Subscription,
    before: SubscriptionStatus,
    to: SubscriptionStatus,
    today: date,
) -> None:
    subscription.status = to.value
    if to is SubscriptionStatus.CLOSED:
        subscription.closed_on = today
    if before not in STOPPED:
        statement = insert_for(session, SubscriptionStop).values(
            subscription_id=subscription.id, stopped_on=today, resumed_on=None
        )
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["subscription_id", "stopped_on"], set_={"resumed_on": None}
            )
        )


def _resume(session: Session, subscription: Subscription, today: date) -> None:
    session.execute(
        update(SubscriptionStop)
        .where(SubscriptionStop.subscription_id == subscription.id, SubscriptionStop.resumed_on.is_(None))
        .values(resumed_on=today)
    )


def _status_by_charges(
    session: Session, subscription: Subscription, today: date, policy: ExpiryPolicy
) -> None:
    months = charged_months(session, [subscription.id])[subscription.id]
    subscription.expires_on = expiry(months, subscription.opening_expires_on)
    subscription.status = status_by_date(
        subscription.expires_on,
        today,
        policy,
        charged=bool(months),
        something_open=not all(month.settled for month in months),
    ).value
