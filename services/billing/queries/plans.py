"""Plans with their prices."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.copies import find_branch, require_staff, seen_branches
from billing.queries.cursors import cursor_of, key_of
from billing.tables import Plan, PlanPrice
from chassis.audit import within
from chassis.clock import Clock
from contracts.actor import Actor
from contracts.calls.billing import GetPlan, ListPlans, PlanList, PlanPriceView, PlanView
from contracts.cards import Service
from contracts.errors import NotFound
from contracts.money import Money


def find_plan(session: Session, plan_id: UUID, actor: Actor) -> Plan:
    """The plan; raises NotFound when there is none, or it is hidden from the actor."""
    plan = session.get(Plan, plan_id)
    if plan is None or not actor.sees_branch(plan.branch_id):
        raise NotFound("There is no such plan.", field="plan_id")
    within(session, branch_id=plan.branch_id)
    return plan


def plan_view(session: Session, plan: Plan, today: date) -> PlanView:
    """A plan as its branch sees it on that date."""
    return _views(session, [plan], {plan.branch_id: today})[0]


def get_plan(session: Session, request: GetPlan, actor: Actor, clock: Clock) -> PlanView:
    """One plan. Raises NotFound."""
    plan = find_plan(session, request.plan_id, actor)
    require_staff(actor)
    return plan_view(session, plan, find_branch(session, plan.branch_id).today(clock))


def list_plans(session: Session, request: ListPlans, actor: Actor, clock: Clock) -> PlanList:
    """The plans of the branches that the actor sees, by code."""
    require_staff(actor)
    if request.branch_id is not None:
        actor.require_branch(request.branch_id, "branch")
    today = {
        branch.id: branch.today(clock)
        for branch in seen_branches(session, actor)
        if request.branch_id in (None, branch.id)
    }
    statement = select(Plan).where(Plan.branch_id.in_(list(today))).order_by(Plan.code, Plan.id)
    if request.service_kind is not None:
        statement = statement.where(Plan.service == request.service_kind.value)
    if request.cursor:
        code, plan_id = key_of(request.cursor, str, UUID)
        statement = statement.where((Plan.code > code) | ((Plan.code == code) & (Plan.id > plan_id)))
    plans = session.scalars(statement.limit(request.limit + 1)).all()
    page = plans[: request.limit]
    after = cursor_of(page[-1].code, page[-1].id) if len(plans) > request.limit else None
    return PlanList(items=tuple(_views(session, page, today)), next=after)


def _views(session: Session, plans: Sequence[Plan], today: dict[UUID, date]) -> list[PlanView]:
    prices: dict[UUID, list[PlanPrice]] = defaultdict(list)
    wanted = select(PlanPrice).where(PlanPrice.plan_id.in_([plan.id for plan in plans]))
    for price in session.scalars(wanted.order_by(PlanPrice.valid_from.desc())):
        prices[price.plan_id].append(price)
    return [_view(plan, prices[plan.id], today[plan.branch_id]) for plan in plans]


def _view(plan: Plan, prices: Sequence[PlanPrice], today: date) -> PlanView:
    valid = next((price for price in prices if price.valid_from <= today), prices[-1])
    return PlanView(
        id=plan.id,
        code=plan.code,
        name=plan.name,
        service=Service(plan.service),
        branch_id=plan.branch_id,
        price=Money.of(valid.price_minor, plan.currency),
        prices=tuple(
            PlanPriceView(price=Money.of(price.price_minor, plan.currency), valid_from=price.valid_from)
            for price in prices
        ),
        created_at=plan.created_at,
    )
