"""Forget an erased customer: everything but the ledger and the issued invoices (RULES, keeping and erasing)."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from billing.tables import Promise
from billing.usecases.keep_customer import keep_customer
from chassis.erasing import erase_in_events
from contracts.cards import CustomerCard


def erase_person(session: Session, left: CustomerCard) -> None:
    """Blank the copy, what was noted of promises, and the events about the person."""
    keep_customer(session, left)
    session.execute(
        update(Promise).where(Promise.customer_id == left.id).values(note=""),
        execution_options={"synchronize_session": False},
    )
    erase_in_events(session, left)
