"""Sign out."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.calls import Done
from contracts.calls.customers import SignOut
from customers.domain.tokens import fingerprint
from customers.signin_tables import LoginSession


def sign_out(session: Session, request: SignOut, clock: Clock) -> Done:
    """End the session of this token; a token that opens nothing is no mistake."""
    session.execute(
        update(LoginSession)
        .where(LoginSession.token_hash == fingerprint(request.token), LoginSession.ended_at.is_(None))
        .values(ended_at=clock.now())
    )
    return Done()
