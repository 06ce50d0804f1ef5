"""Write an internal note on a complaint."""

from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.actor import Actor
from contracts.calls.complaints import ComplaintDetail, ComplaintStep, NoteOnComplaint
from customers.complaint_views import detail
from customers.complaints import add_move, complaint_to_handle, mark_read


def note_on_complaint(
    session: Session, request: NoteOnComplaint, actor: Actor, clock: Clock
) -> ComplaintDetail:
    """The customer never sees it; resolved ones take notes too. Raises NotFound, Forbidden."""
    complaint = complaint_to_handle(session, actor, request.number)
    mark_read(session, complaint, actor, clock)
    add_move(session, complaint, ComplaintStep.NOTED, request.note, actor, clock)
    return detail(session, complaint, actor, clock)
