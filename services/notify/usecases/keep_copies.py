"""Keep the newest known form of customers and branches."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis.database import is_sqlite
from contracts.cards import BranchCard, CustomerCard
from notify.tables import Base, BranchCopy, CustomerCopy, Message


def keep_branch(session: Session, card: BranchCard) -> None:
    """Store the branch unless a newer version is there."""
    _keep(session, BranchCopy, {"id": card.id, "version": card.version, "card": card.model_dump(mode="json")})


def keep_customer(session: Session, card: CustomerCard) -> None:
    """Store the customer unless a newer version is there; their messages follow them to another branch."""
    row = {
        "id": card.id,
        "version": card.version,
        "branch_id": card.branch_id,
        "card": card.model_dump(mode="json"),
    }
    if _keep(session, CustomerCopy, row):
        session.execute(
            update(Message)
            .where(Message.customer_id == card.id, Message.branch_id != card.branch_id)
            .values(branch_id=card.branch_id),
            execution_options={"synchronize_session": False},
        )


def _keep(session: Session, table: type[Base], row: dict[str, object]) -> bool:
    """Insert, or update an older version; whether something changed. Two replicas may do it at once."""
    if is_sqlite(session):
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]  # the same call on both dialects
    columns, storing = table.__table__.c, insert(table).values(**row)
    storing = storing.on_conflict_do_update(
        index_elements=["id"], set_={name: storing.excluded[name] for name in row if name != "id"},
        where=columns.version < storing.excluded.version,
    )  # fmt: skip
    return session.execute(storing.returning(columns.id)).first() is not None
