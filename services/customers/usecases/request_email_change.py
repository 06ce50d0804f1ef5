"""A customer's new e-mail address: send a link there, tell the old one, wait."""

from datetime import timedelta
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.audit import about
from chassis.clock import Clock
from chassis.outbox import emit
from chassis.seal import seal
from contracts.actor import Actor, Right, Role
from contracts.calls.account import ResendEmailLink
from contracts.calls.customers import CustomerView
from contracts.events import EmailChangeRequested
from customers.cards import branch_card, customer_card, customer_view
from customers.domain.refusals import EmailNotRemoved, NoEmailChange, TooManyEmailLinks
from customers.domain.tokens import fingerprint, new_token
from customers.queries import pending_change
from customers.sight import login_of_customer, visible_customer
from customers.signin_tables import EmailChange
from customers.tables import Branch, Customer
from customers.usecases.withdraw_email_change import withdraw_changes

PURPOSE = "email-link"
"""What a link's token is sealed for in EmailChangeRequested."""
LINK_LIFE = timedelta(hours=24)
MOST_LINKS, PER = 3, timedelta(hours=1)
"""So many links an hour and customer, then none (TRUST, check 6)."""


def request_email_change(
    session: Session, customer: Customer, email: str | None, clock: Clock, sealing_key: AESGCM
) -> None:
    """Let the address wait for confirmation. The one that holds, or that waits already, occasions nothing.

    Raises EmailNotRemoved, TooManyEmailLinks.
    """
    if email == customer.email:
        return
    if email is None:
        raise EmailNotRemoved(
            "Your e-mail address can be changed to another one here; to be without one, ask your branch.",
            field="email",
        )
    pending = pending_change(session, customer.id, clock)
    if pending is None or pending.email != email:
        _send_link(session, customer, email, clock, sealing_key, again=False)


def resend_email_link(
    session: Session, request: ResendEmailLink, actor: Actor, clock: Clock, sealing_key: AESGCM
) -> CustomerView:
    """A new link to the address that waits; it has its whole life again.

    Raises NotFound, Forbidden, NoEmailChange, TooManyEmailLinks.
    """
    customer = visible_customer(session, actor, request.customer_id, to_write=True)
    if actor.role is not Role.CUSTOMER:
        actor.require(Right.EDIT_CUSTOMERS)
    pending = pending_change(session, customer.id, clock)
    if pending is None:
        raise NoEmailChange("No new e-mail address waits for confirmation; enter it once more.")
    _send_link(session, customer, pending.email, clock, sealing_key, again=True)
    session.flush()
    username = login_of_customer(session, customer.id).username
    return customer_view(customer, username, pending_change(session, customer.id, clock))


def _send_link(
    session: Session, customer: Customer, email: str, clock: Clock, sealing_key: AESGCM, *, again: bool
) -> None:
    _throttle(session, customer.id, clock)
    now, token = clock.now(), new_token()
    withdraw_changes(session, customer.id, now)
    session.add(
        EmailChange(
            id=uuid4(), customer_id=customer.id, email=email, token_hash=fingerprint(token), issued_at=now,
            expires_at=now + LINK_LIFE,
        )
    )  # fmt: skip
    session.flush()
    about(session, "email_change", customer.id, fields=["email"])
    emit(
        session,
        EmailChangeRequested(
            customer=customer_card(customer), branch=branch_card(session.get_one(Branch, customer.branch_id)),
            new_email=email, link_token=seal(sealing_key, token, PURPOSE, now + LINK_LIFE), again=again,
        ),
        clock,
    )  # fmt: skip


def _throttle(session: Session, customer_id: UUID, clock: Clock) -> None:
    recent, oldest = session.execute(
        select(func.count(), func.min(EmailChange.issued_at))
        .where(EmailChange.customer_id == customer_id, EmailChange.issued_at > clock.now() - PER)
    ).one()  # fmt: skip
    if recent >= MOST_LINKS:
        refusal = TooManyEmailLinks(
            f"{recent} links were sent within the last hour; look into the spam folder too, and wait a little.",
            field="email",
        )
        refusal.retry_after = max(1, int((oldest + PER - clock.now()).total_seconds()) + 1)
        raise refusal
