"""Keep the newest known form of customers and branches."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis.upserts import newest_by_version
from contracts.cards import BranchCard, CustomerCard
from notify.tables import BranchCopy, CustomerCopy, Message


def keep_branch(session: Session, card: BranchCard) -> None:
    """Store the branch unless a newer version is there."""
    row = {"id": card.id, "version": card.version, "card": card}
    newest_by_version(BranchCopy).run(session, [row])


def keep_customer(session: Session, card: CustomerCard) -> None:
    """Store the customer unless a newer version is there; their messages follow them to another branch."""
    row = {
        "id": card.id,
        "version": card.version,
        "branch_id": card.branch_id,
        "card": card,
    }
    if newest_by_version(CustomerCopy).run(session, [row]).first() is not None:
        session.execute(
            update(Message)
            .where(Message.customer_id == card.id, Message.branch_id != card.branch_id)
            .values(branch_id=card.branch_id),
            execution_options={"synchronize_session": False},
        )
