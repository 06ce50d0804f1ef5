"""Keep a copy of a customer or a branch, by version: an older card never replaces a newer one (DESIGN, 3)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from billing.domain.reminding import area_key
from billing.tables import BranchCopy, CustomerCopy
from chassis.audit import quiet
from chassis.upserts import newest_by_version
from contracts.cards import BranchCard, CustomerCard


def keep_customer(session: Session, card: CustomerCard) -> None:
    """Store the card unless a newer one is here."""
    keep_customers(session, [card])


def keep_customers(session: Session, cards: Sequence[CustomerCard]) -> None:
    """Store the cards of different customers, each unless a newer one is here."""
    quiet(session)
    rows = [
        {
            "id": card.id,
            "version": card.version,
            "branch_id": card.branch_id,
            "state": card.state.value,
            "area_key": area_key(card.address.area),
            "card": card,
        }
        for card in cards
    ]
    if rows:
        newest_by_version(CustomerCopy).run(session, rows)


def keep_branch(session: Session, card: BranchCard) -> None:
    """Store the card unless a newer one is here."""
    quiet(session)
    row = {"id": card.id, "version": card.version, "code": card.code, "card": card}
    newest_by_version(BranchCopy).run(session, [row])
