"""Keep a copy of a customer or a branch, by version: an older card never replaces a newer one (DESIGN, 3)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from billing.statements import insert_for
from billing.tables import BranchCopy, CustomerCopy
from contracts.cards import BranchCard, CustomerCard


def keep_customer(session: Session, card: CustomerCard) -> None:
    """Store the card unless a newer one is here."""
    keep_customers(session, [card])


def keep_customers(session: Session, cards: Sequence[CustomerCard]) -> None:
    """Store the cards of different customers, each unless a newer one is here."""
    rows = [
        {
            "id": card.id,
            "version": card.version,
            "branch_id": card.branch_id,
            "state": card.state.value,
            "card": card.model_dump(mode="json"),
        }
        for card in cards
    ]
    _keep(session, CustomerCopy, rows)


def keep_branch(session: Session, card: BranchCard) -> None:
    """Store the card unless a newer one is here."""
    row = {"id": card.id, "version": card.version, "code": card.code, "card": card.model_dump(mode="json")}
    _keep(session, BranchCopy, [row])


def _keep(
    session: Session, table: type[CustomerCopy] | type[BranchCopy], rows: Sequence[dict[str, Any]]
) -> None:
    if not rows:
        return
    statement = insert_for(session, table)
    newer = {name: statement.excluded[name] for name in rows[0] if name != "id"}
    # On the connection: the rows are no objects of the session, and a chunk goes as one statement.
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["id"], set_=newer, where=table.version < statement.excluded.version
        ),
        list(rows),
    )
