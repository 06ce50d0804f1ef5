"""Stop serving a customer."""

from datetime import datetime

from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.outbox import emit
from contracts.actor import Actor, Right
from contracts.calls.customers import CustomerView, DeactivateCustomer, HistoryKind
from contracts.cards import CustomerState
from contracts.events import CustomerDeactivated
from customers.cards import customer_card, customer_view
from customers.domain.refusals import AlreadyDeactivated
from customers.sight import login_of_customer, visible_customer
from customers.tables import Customer
from customers.usecases.end_sessions import end_sessions
from customers.usecases.keep_history import note


def deactivate_customer(
    session: Session, request: DeactivateCustomer, actor: Actor, clock: Clock
) -> CustomerView:
    """Close the login and tell everybody; the ledger stays. Raises NotFound, Forbidden, AlreadyDeactivated."""
    customer = visible_customer(session, actor, request.customer_id, to_write=True)
    actor.require(Right.DEACTIVATE_CUSTOMERS)
    if customer.state == CustomerState.DEACTIVATED.value:
        raise AlreadyDeactivated(f"{customer.name} ({customer.crf}) is deactivated already.")
    now = clock.now()
    move_customer(session, customer, CustomerState.DEACTIVATED, request.reason, actor, now)
    login = login_of_customer(session, customer.id)
    login.is_closed = True
    end_sessions(session, login.id, now)
    emit(session, CustomerDeactivated(customer=customer_card(customer), reason=request.reason), clock)
    return customer_view(customer, login.username)


def move_customer(
    session: Session, customer: Customer, state: CustomerState, reason: str, actor: Actor, now: datetime
) -> None:
    """The new state, with an entry of who, when and why."""
    customer.state, customer.version, customer.updated_at = state.value, customer.version + 1, now
    kind = HistoryKind.RESTORED if state is CustomerState.ACTIVE else HistoryKind.DEACTIVATED
    note(session, customer, kind, actor, now, reason=reason)
