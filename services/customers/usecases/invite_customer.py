"""Mail a customer a one-time link that sets a password."""

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.outbox import emit
from contracts.actor import Actor, Right
from contracts.calls import Done
from contracts.calls.customers import InviteCustomer
from contracts.cards import CustomerState
from contracts.events import PasswordLinkIssued
from customers.cards import branch_card, customer_card
from customers.domain.refusals import CustomerHasNoEmail, CustomerIsDeactivated
from customers.sight import login_of_customer, visible_customer
from customers.tables import Branch
from customers.usecases.issue_link import issue_link
from customers.usecases.throttle_links import throttle_links


def invite_customer(
    session: Session, request: InviteCustomer, actor: Actor, clock: Clock, sealing_key: AESGCM
) -> Done:
    """Issue a link and tell notify to mail it.

    Raises NotFound, Forbidden, CustomerHasNoEmail, CustomerIsDeactivated, TooManyInvitations.
    """
    customer = visible_customer(session, actor, request.customer_id)
    actor.require(Right.EDIT_CUSTOMERS)
    if customer.state != CustomerState.ACTIVE.value:
        raise CustomerIsDeactivated(f"{customer.name} is deactivated; restore them first.")
    if not customer.email:
        raise CustomerHasNoEmail(f"{customer.name} has no e-mail address; enter one first.", field="email")
    login = login_of_customer(session, customer.id)
    throttle_links(session, login, clock)
    emit(
        session,
        PasswordLinkIssued(
            name=customer.name, username=login.username, email=customer.email, locale=customer.locale,
            branch=branch_card(session.get_one(Branch, customer.branch_id)), customer=customer_card(customer),
            link_token=issue_link(session, login.id, clock.now(), sealing_key),
        ),
        clock,
    )  # fmt: skip
    return Done()
