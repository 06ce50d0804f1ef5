"""Resolve a complaint, and tell the customer."""

from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.outbox import emit
from contracts.actor import Actor
from contracts.calls.complaints import ComplaintDetail, ComplaintState, ComplaintStep, ResolveComplaint
from contracts.events import ComplaintResolved
from customers.cards import branch_card, customer_card
from customers.complaint_views import detail
from customers.complaints import add_move, complaint_card, complaint_to_handle, mark_read
from customers.domain.complaints import reopen_until
from customers.domain.refusals import AlreadyResolved
from customers.tables import Branch, Customer


def resolve_complaint(
    session: Session, request: ResolveComplaint, actor: Actor, clock: Clock
) -> ComplaintDetail:
    """Close it with a text that the customer gets. The row is locked, so the second of two is told that it is done.

    Raises NotFound, Forbidden, AlreadyResolved.
    """
    complaint = complaint_to_handle(session, actor, request.number)
    if complaint.state == ComplaintState.RESOLVED.value:
        raise AlreadyResolved(f"{complaint.number} is resolved already; see what the customer was told.")
    branch = session.get_one(Branch, complaint.branch_id)
    mark_read(session, complaint, actor, clock)
    complaint.state, complaint.resolution = ComplaintState.RESOLVED.value, request.resolution
    today = clock.today(branch.time_zone)
    complaint.resolved_at, complaint.resolved_on = clock.now(), today
    add_move(session, complaint, ComplaintStep.RESOLVED, request.resolution, actor, clock)
    customer = session.get_one(Customer, complaint.customer_id)
    resolved = ComplaintResolved(
        customer=customer_card(customer), branch=branch_card(branch), complaint=complaint_card(complaint),
        resolution=request.resolution, resolved_on=today,
        reopen_until=reopen_until(today, branch.complaint_reopen_days),
    )  # fmt: skip
    emit(session, resolved, clock)
    return detail(session, complaint, actor, clock)
