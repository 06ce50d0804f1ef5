"""Stay with the e-mail address as it is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.actor import Actor, Right, Role
from contracts.calls.account import WithdrawEmailChange
from contracts.calls.customers import CustomerView
from customers.cards import customer_view
from customers.sight import login_of_customer, visible_customer
from customers.signin_tables import EmailChange


def withdraw_email_change(
    session: Session, request: WithdrawEmailChange, actor: Actor, clock: Clock
) -> CustomerView:
    """The links sent so far are worthless; that nothing waits any more is no mistake. Raises NotFound, Forbidden."""
    customer = visible_customer(session, actor, request.customer_id, to_write=True)
    if actor.role is not Role.CUSTOMER:
        actor.require(Right.EDIT_CUSTOMERS)
    withdraw_changes(session, customer.id, clock.now())
    return customer_view(customer, login_of_customer(session, customer.id).username)


def withdraw_changes(session: Session, customer_id: UUID, now: datetime) -> None:
    """Whatever waits for confirmation waits no longer."""
    session.execute(
        update(EmailChange)
        .where(
            EmailChange.customer_id == customer_id,
            EmailChange.confirmed_at.is_(None),
            EmailChange.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
