"""The second step of signing in: compare the code, open the session that the password alone did not."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.field_keys import FieldKeys
from contracts.calls.customers import SessionOpened
from contracts.calls.two_step import CompleteSignIn
from customers.domain.sign_in_refusals import SessionOver
from customers.domain.tokens import fingerprint
from customers.people import person_of
from customers.signin_tables import Login, LoginSession
from customers.usecases.open_session import open_session
from customers.usecases.try_second_step import try_second_step


def complete_sign_in(
    session: Session, request: CompleteSignIn, keys: FieldKeys, clock: Clock
) -> SessionOpened | None:
    """The session, under a token of its own; None for a wrong code, to be committed so that it stays counted.

    Raises SessionOver, TooManyTries, TwoStepLocked.
    """
    half = select(LoginSession).where(
        LoginSession.token_hash == fingerprint(request.token), LoginSession.needs_code
    )
    found = session.scalars(half).one_or_none()
    if found is None:
        raise _over()
    login = session.get_one(Login, found.login_id)
    right = try_second_step(session, login, request.code, request.address, keys, clock)
    held = session.scalars(half.with_for_update().execution_options(populate_existing=True)).one()
    person = person_of(session, login)
    if held.ended_at is not None or clock.now() >= held.ends_at or login.is_closed or not person.is_served:
        raise _over()
    if not right:
        return None
    held.ended_at = clock.now()
    return open_session(session, login, person, request, clock)


def _over() -> SessionOver:
    return SessionOver("This sign-in has begun too long ago, or has ended; begin it anew with your password.")
