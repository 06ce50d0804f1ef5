"""Reopen a complaint that is not settled after all."""

from datetime import date

from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.actor import Actor, Right, Role
from contracts.calls.complaints import ComplaintDetail, ComplaintState, ComplaintStep, ReopenComplaint
from customers.complaint_tables import Complaint
from customers.complaint_views import detail
from customers.complaints import add_move, visible_complaint
from customers.domain.complaints import reopen_until
from customers.domain.refusals import NotResolved, ReopenTooLate
from customers.tables import Branch


def reopen_complaint(
    session: Session, request: ReopenComplaint, actor: Actor, clock: Clock
) -> ComplaintDetail:
    """Open it again; what was told to the customer stays in the history. By the customer, it is unread again.

    Raises NotFound, Forbidden, NotResolved, ReopenTooLate.
    """
    complaint = visible_complaint(session, actor, request.number, to_write=True)
    by_customer = actor.role is Role.CUSTOMER
    if not by_customer:
        actor.require(Right.HANDLE_COMPLAINTS)
    if complaint.state != ComplaintState.RESOLVED.value or complaint.resolved_on is None:
        raise NotResolved(f"{complaint.number} is open; there is nothing to reopen.")
    if by_customer:
        _check_in_time(session, complaint, complaint.resolved_on, clock)
        complaint.read_at = None
    complaint.state = ComplaintState.OPEN.value
    complaint.resolved_at = complaint.resolved_on = complaint.resolution = None
    add_move(session, complaint, ComplaintStep.REOPENED, request.reason, actor, clock)
    return detail(session, complaint, actor, clock)


def _check_in_time(session: Session, complaint: Complaint, resolved_on: date, clock: Clock) -> None:
    """Raises ReopenTooLate when the branch's days are over (policy complaint_reopen_days)."""
    branch = session.get_one(Branch, complaint.branch_id)
    last = reopen_until(resolved_on, branch.complaint_reopen_days)
    if clock.today(branch.time_zone) > last:
        raise ReopenTooLate(f"This could be reopened until {last}; please file a new complaint.")
