"""Give a complaint to somebody, or to nobody."""

from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.actor import Actor
from contracts.calls.complaints import AssignComplaint, ComplaintDetail, ComplaintStep
from customers.complaint_tables import Complaint
from customers.complaint_views import detail
from customers.complaints import add_move, complaint_to_handle, handlers
from customers.domain.refusals import NotAssignable
from customers.tables import StaffMember


def assign_complaint(
    session: Session, request: AssignComplaint, actor: Actor, clock: Clock
) -> ComplaintDetail:
    """Give it to who handles complaints in its branch; giving it to who has it changes nothing.

    Raises NotFound, Forbidden, NotAssignable.
    """
    complaint = complaint_to_handle(session, actor, request.number)
    if complaint.assigned_to != request.staff_id:
        name = _name_of(session, complaint, request)
        complaint.assigned_to = request.staff_id
        add_move(session, complaint, ComplaintStep.ASSIGNED, name, actor, clock)
    return detail(session, complaint, actor, clock)


def _name_of(session: Session, complaint: Complaint, request: AssignComplaint) -> str:
    """The name of who gets it, empty for nobody. Raises NotAssignable."""
    if request.staff_id is None:
        return ""
    wanted = handlers(complaint.branch_id).where(StaffMember.id == request.staff_id)
    member = session.scalars(wanted).one_or_none()
    if member is None:
        raise NotAssignable(
            "Choose somebody who handles complaints in the customer's branch.", field="staff_id"
        )
    return member.name
