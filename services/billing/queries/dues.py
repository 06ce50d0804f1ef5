"""What a customer owes (RULES, dues and reminders)."""

from sqlalchemy.orm import Session

from billing.copies import find_customer
from billing.domain.allocation import total_open
from billing.domain.payment_rules import smallest_payment
from billing.dues import Due, open_dues
from billing.promises import promise_that_holds
from chassis.clock import Clock
from contracts.actor import Actor, Right, Role
from contracts.calls.billing import DueCharge, DuesView, GetDues


def get_dues(session: Session, request: GetDues, actor: Actor, clock: Clock) -> DuesView:
    """Open charges, oldest period first. Who may not see money learns only that there are dues. Raises
    NotFound, Forbidden.
    """
    customer = find_customer(session, request.customer_id, actor)
    actor.require(Right.SEE_DUES)
    branch = customer.branch
    dues = open_dues(session, customer.id, branch.currency)
    promise = None
    if actor.role is not Role.CUSTOMER:
        promise = promise_that_holds(session, customer.id, branch.today(clock))
    if not actor.may(Right.SEE_MONEY):
        return DuesView(
            customer_id=customer.id,
            has_dues=bool(dues),
            total=None,
            minimum_payment=None,
            periods=(),
            charges=(),
            promise=promise,
        )
    total = total_open((due.charge for due in dues), branch.currency)
    return DuesView(
        customer_id=customer.id,
        has_dues=bool(dues),
        total=total,
        minimum_payment=smallest_payment(total, branch.minimum_payment),
        periods=tuple(sorted({due.charge.period for due in dues})),
        charges=tuple(_charge(due) for due in dues),
        promise=promise,
    )


def _charge(due: Due) -> DueCharge:
    return DueCharge(
        id=due.charge.id,
        kind=due.kind,
        category=due.category,
        service=due.charge.service,
        subscription_id=due.subscription_id,
        period=due.charge.period,
        amount=due.charge.amount,
        open=due.charge.open,
    )
