"""Take over complaints from another program; a later issue shows them."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.actor import Actor, Right
from contracts.fields import CrfNumber, Line, Text
from customers.tables import Complaint


class ComplaintRow(BaseModel):
    """One complaint of an import. `number` is the other program's, unique within `source`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Line
    number: Line
    customer_id: UUID
    crf: CrfNumber
    kind: Line
    message: Text
    is_read: bool
    is_resolved: bool


def import_complaints(session: Session, rows: Sequence[ComplaintRow], actor: Actor, clock: Clock) -> int:
    """Write the complaints that are not there yet; returns how many. Raises Forbidden."""
    actor.require(Right.MANAGE_BRANCHES)
    sources = {row.source for row in rows}
    known = select(Complaint.source, Complaint.number).where(Complaint.source.in_(sources))
    present = {(source, number) for source, number in session.execute(known)}
    fresh = {(row.source, row.number): row for row in rows if (row.source, row.number) not in present}
    session.add_all(
        Complaint(id=uuid4(), imported_at=clock.now(), **row.model_dump()) for row in fresh.values()
    )
    session.flush()
    return len(fresh)
