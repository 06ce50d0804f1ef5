"""Keep a copy of a customer or a branch, by version: an older card never replaces a newer one (DESIGN, 3)."""

from typing import Any

from sqlalchemy.orm import Session

from billing.statements import insert_for
from billing.tables import BranchCopy, CustomerCopy
from contracts.cards import BranchCard, CustomerCard


def keep_customer(session: Session, card: CustomerCard) -> None:
    """Store the card unless a newer one is here."""
    _keep(
        session,
        CustomerCopy,
        {
            "id": card.id,
            "version": card.version,
            "branch_id": card.branch_id,
            "state": card.state.value,
            "card": card.model_dump(mode="json"),
        },
    )


def keep_branch(session: Session, card: BranchCard) -> None:
    """Store the card unless a newer one is here."""
    row = {"id": card.id, "version": card.version, "code": card.code, "card": card.model_dump(mode="json")}
    _keep(session, BranchCopy, row)


def _keep(session: Session, table: type[CustomerCopy] | type[BranchCopy], row: dict[str, Any]) -> None:
    statement = insert_for(session, table).values(**row)
    newer = {name: statement.excluded[name] for name in row if name != "id"}
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"], set_=newer, where=table.version < statement.excluded.version
        )
    )
