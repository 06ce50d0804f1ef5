"""Mail a customer a one-time link that sets a password."""

from datetime import timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.outbox import emit
from contracts.actor import Actor, Right
from contracts.calls import Done
from contracts.calls.customers import InviteCustomer
from contracts.cards import CustomerState
from contracts.events import PasswordLinkIssued
from customers.cards import branch_card, customer_card
from customers.domain.refusals import CustomerHasNoEmail, CustomerIsDeactivated, TooManyInvitations
from customers.sight import login_of_customer, visible_customer
from customers.signin_tables import Login, OneTimeLink
from customers.tables import Branch
from customers.usecases.issue_link import issue_link

MOST_LINKS, PER = 3, timedelta(hours=1)
"""So many links an hour and person, then none (TRUST, check 6)."""


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
    _throttle(session, login, clock)
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


def _throttle(session: Session, login: Login, clock: Clock) -> None:
    recent, oldest = session.execute(
        select(func.count(), func.min(OneTimeLink.issued_at))
        .where(OneTimeLink.login_id == login.id, OneTimeLink.issued_at > clock.now() - PER)
    ).one()  # fmt: skip
    if recent >= MOST_LINKS:
        refusal = TooManyInvitations(
            f"{recent} links were mailed within the last hour; wait until one of them is read."
        )
        refusal.retry_after = max(1, int((oldest + PER - clock.now()).total_seconds()) + 1)
        raise refusal
