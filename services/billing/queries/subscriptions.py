"""Subscriptions of a customer."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.copies import find_customer
from billing.tables import Plan, Subscription
from contracts.actor import Actor, Right
from contracts.calls.billing import ListSubscriptions, SubscriptionList, SubscriptionView
from contracts.cards import Service, SubscriptionStatus
from contracts.money import Money


def list_subscriptions(session: Session, request: ListSubscriptions, actor: Actor) -> SubscriptionList:
    """All subscriptions of one customer, oldest first. Raises NotFound."""
    find_customer(session, request.customer_id, actor)
    actor.require(Right.SEE_CUSTOMERS)
    rows = session.execute(
        select(Subscription, Plan)
        .join(Plan, Plan.id == Subscription.plan_id)
        .where(Subscription.customer_id == request.customer_id)
        .order_by(Subscription.started_on, Subscription.id)
    )
    return SubscriptionList(items=tuple(subscription_view(one, plan) for one, plan in rows))


def subscription_view(subscription: Subscription, plan: Plan) -> SubscriptionView:
    """A subscription as its customer's page shows it."""
    own = subscription.price_minor
    return SubscriptionView(
        id=subscription.id,
        customer_id=subscription.customer_id,
        branch_id=subscription.branch_id,
        plan_id=plan.id,
        plan_code=plan.code,
        plan_name=plan.name,
        service=Service(subscription.service),
        status=SubscriptionStatus(subscription.status),
        started_on=subscription.started_on,
        billed_from=subscription.billed_from,
        expires_on=subscription.expires_on,
        price=None if own is None else Money.of(own, subscription.currency),
        closed_on=subscription.closed_on,
    )
