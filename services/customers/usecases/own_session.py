"""The session that somebody names as theirs when they change how they sign in."""

from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.actor import Actor, Role
from contracts.errors import Forbidden
from customers.domain.tokens import fingerprint, new_token
from customers.signin_tables import Login, LoginSession
from customers.usecases.check_session import CheckedSession, check_session
from customers.usecases.count_try import count_try
from customers.usecases.sign_in import Candidate


def own_session(session: Session, token: str, actor: Actor, clock: Clock) -> CheckedSession:
    """The session of the token. Raises SessionOver, and Forbidden when it is somebody else's."""
    checked = check_session(session, token, clock)
    if checked.person.subject != actor.subject:
        raise Forbidden("You may change only your own ways of signing in.")
    return checked


def own_staff_session(session: Session, token: str, actor: Actor, clock: Clock) -> CheckedSession:
    """The same for what only staff have."""
    checked = own_session(session, token, actor, clock)
    if checked.person.role is Role.CUSTOMER:
        raise Forbidden("This is for the operator's staff.")
    return checked


def own_password(session: Session, checked: CheckedSession, clock: Clock) -> Candidate:
    """Count the try and find what the person's password, asked for again, is compared with. Raises TooManyTries."""
    login = session.get_one(Login, checked.login_id)
    count_try(session, login.username_key, "", clock.now())
    return Candidate(login.id, login.password_hash)


def give_new_token(held: LoginSession) -> str:
    """The session goes on under another token; the one before is worthless (TRUST, check 7)."""
    token = new_token()
    held.token_hash = fingerprint(token)
    return token
