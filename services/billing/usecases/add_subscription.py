"""Subscribe a customer to a plan of their branch."""

from datetime import date
from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from billing.copies import KnownCustomer, find_customer
from billing.domain.periods import check_start
from billing.domain.refusals import CustomerDeactivated, PlanOfOtherBranch
from billing.queries.plans import find_plan
from billing.queries.subscriptions import subscription_view
from billing.standing import move_row, standings
from billing.tables import Plan, Subscription, SubscriptionMove
from billing.usecases.add_plan import price_of
from chassis import idempotency
from chassis.audit import about
from chassis.clock import Clock
from chassis.outbox import emit
from contracts.actor import Actor, Right
from contracts.calls.billing import AddSubscription, SubscriptionView
from contracts.cards import CustomerState, SubscriptionStatus
from contracts.events import SubscriptionChanged
from contracts.fields import period_of


def add_subscription(
    session: Session, request: AddSubscription, actor: Actor, clock: Clock
) -> SubscriptionView:
    """Subscribe a customer; the first month that a run charges is the month of started_on.

    Raises NotFound, Forbidden, PlanOfOtherBranch, CustomerDeactivated, StartOutOfReach, NotAnAmount,
    PriceNegative.
    """
    customer = find_customer(session, request.customer_id, actor, lock=True)
    actor.require(Right.MANAGE_SUBSCRIPTIONS)
    scope = f"{actor.subject}:add_subscription"
    if request.idempotency_key:
        earlier = idempotency.claim(session, scope, request.idempotency_key, request, SubscriptionView, clock)
        if earlier is not None:
            return earlier
    plan = find_plan(session, request.plan_id, actor)
    _check(customer, plan)
    check_start(request.started_on, customer.branch.today(clock))
    subscription = _subscription(request, customer, plan, clock)
    session.add(subscription)
    session.flush()
    applied = move_row(
        subscription.id, None, SubscriptionStatus.APPLIED, today=customer.branch.today(clock), reason="Added.",
        actor=actor, clock=clock,
    )  # fmt: skip
    session.execute(insert(SubscriptionMove), [applied])
    about(session, "subscription", subscription.id, plan=plan.code)
    emit(session, SubscriptionChanged(subscription=standings(session, [subscription.id])[0].state()), clock)
    view = subscription_view(subscription, plan)
    if request.idempotency_key:
        idempotency.remember(session, scope, request.idempotency_key, view)
    return view


def _check(customer: KnownCustomer, plan: Plan) -> None:
    if customer.card.state is not CustomerState.ACTIVE:
        raise CustomerDeactivated(
            f"{customer.card.name} is deactivated; restore the customer first.", field="customer_id"
        )
    if plan.branch_id != customer.branch.id:
        raise PlanOfOtherBranch(
            f"The plan {plan.code} belongs to another branch than {customer.card.name}; choose one of "
            f"{customer.branch.card.name}.",
            field="plan_id",
        )


def _subscription(
    request: AddSubscription, customer: KnownCustomer, plan: Plan, clock: Clock
) -> Subscription:
    started: date = request.started_on
    return Subscription(
        id=uuid4(),
        customer_id=customer.id,
        branch_id=plan.branch_id,
        plan_id=plan.id,
        service=plan.service,
        price_minor=None if request.price is None else price_of(request.price, plan.currency).minor,
        currency=plan.currency,
        status=SubscriptionStatus.APPLIED.value,
        started_on=started,
        billed_from=period_of(started),
        expires_on=started,
        opening_expires_on=started,
        version=1,
        created_at=clock.now(),
    )
