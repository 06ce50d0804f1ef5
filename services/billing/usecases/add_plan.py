"""Add a plan to a branch, and set a plan's price from a date on."""

from datetime import date
from uuid import uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from billing.copies import find_branch
from billing.domain.refusals import PlanCodeTaken, PriceNegative
from billing.queries.plans import plan_view
from billing.statements import insert_for
from billing.tables import Plan, PlanPrice
from chassis.audit import about
from chassis.clock import Clock
from contracts.actor import Actor, Right
from contracts.calls.billing import AddPlan, PlanView
from contracts.money import Money

FROM_EVER = date(1900, 1, 1)
"""The first day of a price that was given no date."""


def add_plan(session: Session, request: AddPlan, actor: Actor, clock: Clock) -> PlanView:
    """Add a plan with its first price. Raises NotFound, Forbidden, PlanCodeTaken, NotAnAmount,
    PriceNegative.
    """
    branch = find_branch(session, request.branch_id, actor)
    actor.require(Right.MANAGE_PLANS)
    price = price_of(request.price, branch.currency)
    plan_id, now = uuid4(), clock.now()
    row = {
        "id": plan_id,
        "code": request.code,
        "name": request.name,
        "service": request.service_kind.value,
        "branch_id": branch.id,
        "currency": branch.currency,
        "created_at": now,
    }
    added = session.execute(
        insert_for(session, Plan).values(**row).on_conflict_do_nothing().returning(Plan.id)
    )
    if added.first() is None:
        raise PlanCodeTaken(
            f'{branch.card.name} has a plan "{request.code}" already; choose another code.', field="code"
        )
    about(session, "plan", plan_id, branch_id=branch.id, code=request.code, price_minor=price.minor)
    session.execute(
        insert(PlanPrice).values(
            plan_id=plan_id,
            valid_from=request.valid_from or FROM_EVER,
            price_minor=price.minor,
            set_by=actor.subject,
            set_at=now,
        )
    )
    return plan_view(
        session, session.scalars(select(Plan).where(Plan.id == plan_id)).one(), branch.today(clock)
    )


def price_of(text: str, currency: str, field: str = "price") -> Money:
    """A price as written; zero is allowed (a complimentary line). Raises NotAnAmount, PriceNegative."""
    price = Money.parse(text, currency, field=field)
    if price.minor < 0:
        raise PriceNegative(f"A price cannot be below zero; {price} is.", field=field)
    return price
