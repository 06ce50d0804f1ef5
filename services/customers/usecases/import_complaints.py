"""Take over complaints from another program: ordinary complaints, of which nobody is told."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.audit import about
from chassis.clock import Clock
from contracts.actor import Actor, Right
from contracts.calls.complaints import ComplaintState, ComplaintStep
from contracts.fields import CrfNumber, Line, Text
from customers.complaint_tables import Complaint
from customers.complaints import add_move
from customers.domain.complaints import imported_number, kind_of, service_of
from customers.tables import Branch, Customer


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
    """Write the complaints that are not there yet; returns how many. Raises Forbidden.

    The other program kept no days: they count as filed, read and resolved on the day of the import.
    """
    actor.require(Right.MANAGE_BRANCHES)
    sources = {row.source for row in rows}
    known = select(Complaint.source, Complaint.source_number).where(Complaint.source.in_(sources))
    present = {(source, number) for source, number in session.execute(known)}
    fresh = {(row.source, row.number): row for row in rows if (row.source, row.number) not in present}
    branches = _branches_of(session, {row.customer_id for row in fresh.values()})
    made = [_complaint(row, branches[row.customer_id], clock) for row in fresh.values()]
    session.add_all(made)
    session.flush()
    for complaint in made:
        add_move(session, complaint, ComplaintStep.FILED, "", actor, clock)
    session.flush()
    if fresh:
        about(session, "complaints", "", added=len(fresh))
    return len(fresh)


def _branches_of(session: Session, customer_ids: set[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Branch and time zone of each customer."""
    rows = session.execute(
        select(Customer.id, Branch.id, Branch.time_zone)
        .join(Branch, Branch.id == Customer.branch_id)
        .where(Customer.id.in_(customer_ids))
    )
    return {customer_id: (branch_id, zone) for customer_id, branch_id, zone in rows}


def _complaint(row: ComplaintRow, branch: tuple[UUID, str], clock: Clock) -> Complaint:
    branch_id, zone = branch
    now, today, kind = clock.now(), clock.today(zone), kind_of(row.kind)
    service = service_of(kind)
    resolved = row.is_resolved
    return Complaint(
        id=uuid4(), number=imported_number(row.source, row.number), branch_id=branch_id, customer_id=row.customer_id,
        kind=kind.value, service=service.value if service else None, message=row.message,
        state=(ComplaintState.RESOLVED if resolved else ComplaintState.OPEN).value, filed_at=now, filed_on=today,
        filed_by=row.source, read_at=now if row.is_read else None, resolved_at=now if resolved else None,
        resolved_on=today if resolved else None, resolution="" if resolved else None, source=row.source,
        source_number=row.number, source_kind=row.kind,
    )  # fmt: skip
