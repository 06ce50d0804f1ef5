"""Set a password with a one-time link: look at the link, hash outside any transaction, use the link up."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.audit import by
from chassis.clock import Clock
from contracts.calls import Done
from contracts.calls.customers import SetPasswordByLink
from customers.domain.sign_in_refusals import LinkExpired
from customers.domain.tokens import fingerprint
from customers.people import person_of
from customers.signin_tables import Login, OneTimeLink
from customers.usecases.set_password import require_good_password, set_password


def check_link(session: Session, request: SetPasswordByLink, clock: Clock) -> None:
    """Raises LinkExpired or PasswordTooWeak; only reads."""
    login = session.get_one(Login, _fresh_link(session, request, clock).login_id)
    person = person_of(session, login)
    if login.is_closed or not person.is_served:
        raise _expired()
    require_good_password(request.password, person)


def set_password_by_link(
    session: Session, request: SetPasswordByLink, password_hash: str, clock: Clock
) -> Done:
    """Use the link up and set the password; every session of the login ends. Raises LinkExpired."""
    link = _fresh_link(session, request, clock, lock=True)
    login = session.get_one(Login, link.login_id, with_for_update=True)
    if login.is_closed:
        raise _expired()
    by(session, person_of(session, login).actor())
    set_password(session, login, password_hash, clock)
    return Done()


def _fresh_link(
    session: Session, request: SetPasswordByLink, clock: Clock, *, lock: bool = False
) -> OneTimeLink:
    looking = select(OneTimeLink).where(OneTimeLink.token_hash == fingerprint(request.link_token))
    link = session.scalars(looking.with_for_update() if lock else looking).one_or_none()
    if link is None or link.used_at is not None or link.expires_at <= clock.now():
        raise _expired()
    return link


def _expired() -> LinkExpired:
    return LinkExpired(
        "This link was used already or is too old; ask your branch for a new one.", field="link_token"
    )
