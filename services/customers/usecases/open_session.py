"""Open a session for somebody who has proven who they are, or half of one while a code is due."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from chassis.audit import about, by
from chassis.clock import Clock
from contracts.calls.customers import SessionOpened, SignIn
from contracts.calls.two_step import CompleteSignIn
from customers.domain.sessions import session_life
from customers.domain.tokens import fingerprint, new_token
from customers.domain.whereabouts import rough_address, rough_browser
from customers.people import Person
from customers.signin_tables import Login, LoginSession
from customers.two_step_policy import must_set_up_two_step


def open_session(
    session: Session, login: Login, person: Person, came: SignIn | CompleteSignIn, clock: Clock, *,
    must_change_password: bool = False, half: timedelta | None = None,
) -> SessionOpened:  # fmt: skip
    """A new session, from where `came` says; with `half`, so long only the right to type a code (complete_sign_in)."""
    now, token = clock.now(), new_token()
    opened = LoginSession(
        id=uuid4(), login_id=login.id, token_hash=fingerprint(token), must_change_password=must_change_password,
        needs_code=half is not None, opened_at=now, touched_at=now, address=rough_address(came.address),
        browser=rough_browser(came.user_agent),
        ends_at=now + (half or session_life(person.role).whole),
    )  # fmt: skip
    session.add(opened)
    by(session, person.actor())
    about(session, "session", opened.id)
    must_set_up = half is None and must_set_up_two_step(session, login.id, person.role)
    return SessionOpened(
        token=token, expires_at=opened.ends_at, must_change_password=must_change_password, needs_code=opened.needs_code,
        me=person.me(must_change_password=must_change_password, must_set_up_two_step=must_set_up),
    )  # fmt: skip
