"""Sign out."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis.audit import about, by, quiet
from chassis.clock import Clock
from contracts.calls import Done
from contracts.calls.customers import SignOut
from customers.domain.tokens import fingerprint
from customers.people import person_of
from customers.signin_tables import Login, LoginSession


def sign_out(session: Session, request: SignOut, clock: Clock) -> Done:
    """End the session of this token; a token that opens nothing is no mistake."""
    ended = session.execute(
        update(LoginSession)
        .where(LoginSession.token_hash == fingerprint(request.token), LoginSession.ended_at.is_(None))
        .values(ended_at=clock.now())
        .returning(LoginSession.id, LoginSession.login_id)
    ).first()
    if ended is None:
        quiet(session)
    else:
        by(
            session,
            person_of(session, session.get_one(Login, ended.login_id)).actor(),
        )
        about(session, "session", ended.id)
    return Done()
