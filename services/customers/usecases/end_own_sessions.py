"""End one's own sessions: one of them, or all but the current one."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.calls import Done
from contracts.calls.own_sessions import EndOwnSession
from contracts.calls.two_step import SignInChange
from contracts.errors import NotFound
from customers.own_sessions import open_sessions
from customers.signin_tables import LoginSession
from customers.usecases.check_session import CheckedSession
from customers.usecases.end_sessions import end_sessions
from customers.usecases.note_sign_in import note_sign_in


def end_own_session(session: Session, checked: CheckedSession, request: EndOwnSession, clock: Clock) -> Done:
    """That session opens nothing any more. Raises NotFound when it is nobody's, somebody else's, or ended."""
    now = clock.now()
    ended = session.execute(
        update(LoginSession)
        .where(open_sessions(checked, now), LoginSession.id == request.session_id)
        .values(ended_at=now)
        .returning(LoginSession.id)
    ).first()
    if ended is None:
        raise NotFound("There is no such session, or it has ended.")
    return Done()


def end_other_sessions(session: Session, checked: CheckedSession, clock: Clock) -> Done:
    """Only the session that asks for it is left."""
    end_sessions(session, checked.login_id, clock.now(), but=checked.id)
    note_sign_in(session, checked.login_id, SignInChange.SESSIONS_ENDED, checked.person.actor(), clock.now())
    return Done()
