"""End the sessions of a member of staff, who may sign in again."""

from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.actor import Actor, Role
from contracts.calls import Done
from contracts.calls.staffing import EndStaffSessions
from customers.sight import login_of_staff, visible_staff
from customers.usecases.add_staff import require_may_staff
from customers.usecases.end_sessions import end_sessions


def end_staff_sessions(session: Session, request: EndStaffSessions, actor: Actor, clock: Clock) -> Done:
    """Sign the person out everywhere. Raises NotFound, Forbidden."""
    member, branch_ids = visible_staff(session, actor, request.staff_id)
    require_may_staff(session, actor, Role(member.role), branch_ids)
    end_sessions(session, login_of_staff(session, member.id).id, clock.now())
    return Done()
