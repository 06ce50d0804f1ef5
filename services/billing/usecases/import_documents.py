"""Take over the numbers of invoices that the program before issued, in a series of their own: no PDF, no
event.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.statements import insert_for
from billing.tables import CustomerCopy, ExternalDocument
from chassis.clock import Clock
from contracts.actor import Actor, Right
from contracts.cards import PaymentMode, Service
from contracts.fields import Line


class DocumentRow(BaseModel):
    """An old invoice. Its number may stand twice in the old program; its row there does not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source_row: int
    customer_id: UUID
    number: Line
    issued_on: date | None = None
    service: Service | None = None
    mode: PaymentMode | None = None
    reference: Line | None = None


def import_documents(
    session: Session, import_id: UUID, series: Line, rows: Sequence[DocumentRow], actor: Actor, clock: Clock
) -> int:
    """Write the documents of an open import that are not there yet; returns how many. Raises Forbidden."""
    actor.require(Right.MANAGE_BRANCHES)
    customers = {row.customer_id for row in rows}
    found = session.execute(
        select(CustomerCopy.id, CustomerCopy.branch_id).where(CustomerCopy.id.in_(customers))
    )
    branch_of: dict[UUID, UUID] = dict(found.tuples().all())
    made = [
        {
            "id": uuid5(import_id, f"document:{row.source_row}"),
            "import_id": import_id,
            "source_row": row.source_row,
            "branch_id": branch_of[row.customer_id],
            "customer_id": row.customer_id,
            "series": series,
            "number": row.number,
            "issued_on": row.issued_on,
            "service": row.service.value if row.service else None,
            "mode": row.mode.value if row.mode else None,
            "reference": row.reference,
        }
        for row in rows
    ]
    if not made:
        return 0
    statement = insert_for(session, ExternalDocument).values(made).on_conflict_do_nothing()
    return len(session.scalars(statement.returning(ExternalDocument.id)).all())
