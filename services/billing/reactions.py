"""What billing listens to: customers and branches, of which it keeps copies by version."""

from sqlalchemy.orm import Session

from billing.usecases.erase_person import erase_person
from billing.usecases.keep_customer import keep_branch, keep_customer
from chassis.reactions import EventContext, Reactions
from contracts.events import (
    BranchChanged,
    CustomerChanged,
    CustomerDeactivated,
    CustomerErased,
    CustomerRegistered,
)


def on_customer(
    session: Session,
    event: CustomerRegistered | CustomerChanged | CustomerDeactivated,
    context: EventContext,
) -> None:
    """Keep the customer as the event shows them."""
    keep_customer(session, event.customer)


def on_erased(session: Session, event: CustomerErased, context: EventContext) -> None:
    """Keep the ledger and the invoices, and nothing else of the person."""
    erase_person(session, event.customer)


def on_branch(session: Session, event: BranchChanged, context: EventContext) -> None:
    """Keep the branch as the event shows it."""
    keep_branch(session, event.branch)


REACTIONS = Reactions(
    {
        BranchChanged: on_branch,
        CustomerRegistered: on_customer,
        CustomerChanged: on_customer,
        CustomerDeactivated: on_customer,
        CustomerErased: on_erased,
    }
)
