"""Set a plan's price from a date on; what was charged stays as it was (RULES, periods and charges)."""

from sqlalchemy.orm import Session

from billing.copies import find_branch
from billing.domain.refusals import PriceDateTaken
from billing.queries.plans import find_plan, plan_view
from billing.statements import insert_for
from billing.tables import PlanPrice
from billing.usecases.add_plan import price_of
from chassis.audit import about
from chassis.clock import Clock
from contracts.actor import Actor, Right
from contracts.calls.billing import PlanView, SetPlanPrice


def set_plan_price(session: Session, request: SetPlanPrice, actor: Actor, clock: Clock) -> PlanView:
    """A new price from `valid_from` on. Raises NotFound, Forbidden, PriceDateTaken, NotAnAmount,
    PriceNegative.
    """
    plan = find_plan(session, request.plan_id, actor)
    actor.require(Right.MANAGE_PLANS)
    branch = find_branch(session, plan.branch_id)
    price = price_of(request.price, plan.currency)
    row = {
        "plan_id": plan.id,
        "valid_from": request.valid_from,
        "price_minor": price.minor,
        "set_by": actor.subject,
        "set_at": clock.now(),
    }
    statement = insert_for(session, PlanPrice).values(**row).on_conflict_do_nothing()
    if session.execute(statement.returning(PlanPrice.plan_id)).first() is None:
        raise PriceDateTaken(
            f"{plan.code} has a price from {request.valid_from.isoformat()} on already; choose another date.",
            field="from",
        )
    since = request.valid_from.isoformat()
    about(session, "plan", plan.id, code=plan.code, price_minor=price.minor, valid_from=since)
    return plan_view(session, plan, branch.today(clock))
