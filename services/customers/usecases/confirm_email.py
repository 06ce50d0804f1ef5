"""Write to a new e-mail address from now on: who follows the link reads the mail there."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.audit import by
from chassis.clock import Clock
from chassis.outbox import emit
from contracts.actor import Actor, Role
from contracts.calls import Done
from contracts.calls.account import ConfirmEmail
from contracts.calls.customers import HistoryKind
from contracts.cards import CustomerState
from contracts.events import CustomerChanged
from customers.cards import customer_card
from customers.domain.sign_in_refusals import LinkExpired
from customers.domain.tokens import fingerprint
from customers.signin_tables import EmailChange
from customers.tables import Customer
from customers.usecases.keep_history import as_written, note


def confirm_email(session: Session, request: ConfirmEmail, clock: Clock) -> Done:
    """Use the link up and change the address. Raises LinkExpired."""
    looking = select(EmailChange).where(EmailChange.token_hash == fingerprint(request.link_token))
    found = session.scalars(looking).one_or_none()
    if found is None:
        raise _expired()
    # The customer first, as whoever changes or withdraws the address does, then the link as it is now.
    customer = session.get_one(Customer, found.customer_id, with_for_update=True)
    change = session.scalars(looking.execution_options(populate_existing=True)).one()
    over = change.confirmed_at is not None or change.withdrawn_at is not None
    if over or change.expires_at <= clock.now() or customer.state != CustomerState.ACTIVE.value:
        raise _expired()
    before = as_written(customer)
    change.confirmed_at = clock.now()
    customer.email = change.email
    customer.version, customer.updated_at = customer.version + 1, clock.now()
    themself = Actor(subject=f"customer:{customer.id}", name=customer.name, role=Role.CUSTOMER)
    by(session, themself)
    note(session, customer, HistoryKind.CHANGED, themself, customer.updated_at, before=before)
    emit(session, CustomerChanged(customer=customer_card(customer)), clock)
    return Done()


def _expired() -> LinkExpired:
    return LinkExpired(
        "This link was used already, was withdrawn, or is too old; sign in and see under your details.",
        field="link_token",
    )
