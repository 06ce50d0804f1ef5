"""End the sessions of a member of staff, who may sign in again."""

from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.actor import Actor, Role
from contracts.calls import Done
from contracts.calls.staffing import EndStaffSessions
from contracts.calls.two_step import SignInChange
from customers.sight import login_of_staff, visible_staff
from customers.usecases.add_staff import require_may_staff
from customers.usecases.end_sessions import end_sessions
from customers.usecases.note_sign_in import note_sign_in


def end_staff_sessions(session: Session, request: EndStaffSessions, actor: Actor, clock: Clock) -> Done:
    """Sign the person out everywhere. Raises NotFound, Forbidden."""
    member, branch_ids = visible_staff(session, actor, request.staff_id)
    require_may_staff(session, actor, Role(member.role), branch_ids)
    login, now = login_of_staff(session, member.id), clock.now()
    end_sessions(session, login.id, now)
    note_sign_in(session, login.id, SignInChange.SESSIONS_ENDED, actor, now)
    return Done()
