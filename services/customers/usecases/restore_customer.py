"""Serve a deactivated customer again."""

from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.outbox import emit
from contracts.actor import Actor, Right
from contracts.calls.customers import CustomerView, RestoreCustomer
from contracts.cards import CustomerState
from contracts.events import CustomerChanged
from customers.cards import customer_card, customer_view
from customers.domain.refusals import NotDeactivated
from customers.sight import login_of_customer, require_not_erased, visible_customer
from customers.usecases.deactivate_customer import move_customer


def restore_customer(session: Session, request: RestoreCustomer, actor: Actor, clock: Clock) -> CustomerView:
    """Open the login again and tell everybody. Raises NotFound, Forbidden, NotDeactivated, AlreadyErased."""
    customer = visible_customer(session, actor, request.customer_id, to_write=True)
    actor.require(Right.DEACTIVATE_CUSTOMERS)
    require_not_erased(customer)
    if customer.state != CustomerState.DEACTIVATED.value:
        raise NotDeactivated(f"{customer.name} ({customer.crf}) is not deactivated.")
    move_customer(session, customer, CustomerState.ACTIVE, "", actor, clock.now())
    login = login_of_customer(session, customer.id)
    login.is_closed = False
    emit(session, CustomerChanged(customer=customer_card(customer)), clock)
    return customer_view(customer, login.username)
