"""Note down that somebody who handles complaints has opened one."""

from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.actor import Actor
from contracts.calls.complaints import ComplaintDetail, MarkComplaintRead
from customers.complaint_views import detail
from customers.complaints import complaint_to_handle, mark_read


def mark_complaint_read(
    session: Session, request: MarkComplaintRead, actor: Actor, clock: Clock
) -> ComplaintDetail:
    """The first reader is noted down; later ones change nothing. Raises NotFound, Forbidden."""
    complaint = complaint_to_handle(session, actor, request.number)
    mark_read(session, complaint, actor, clock)
    return detail(session, complaint, actor, clock)
