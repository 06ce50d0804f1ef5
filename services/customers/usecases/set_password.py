"""Write a new password into a login."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis.audit import about, within
from chassis.clock import Clock
from customers.domain.passwords import check_password
from customers.hashing import common_passwords
from customers.people import Person
from customers.signin_tables import Login, OneTimeLink, PasswordCode
from customers.two_step_tables import TwoStep
from customers.usecases.end_sessions import end_sessions


def require_good_password(password: str, person: Person) -> None:
    """Raises PasswordTooWeak for a password that guessing finds soon."""
    check_password(password, (person.username, person.crf), common_passwords())


def set_password(
    session: Session, login: Login, password_hash: str, clock: Clock, *, but: UUID | None = None
) -> None:
    """Only the new password opens the login from now on: one-time passwords, links, codes end, and sessions
    except `but`. Who guessed codes of the second step with the old one cannot go on, so these count no more.
    """
    now = clock.now()
    within(session, customer_id=login.customer_id)
    about(session, "login", login.id)
    login.password_hash, login.password_set_at = password_hash, now
    login.one_time_hash = login.one_time_expires_at = None
    session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.login_id == login.id, OneTimeLink.used_at.is_(None))
        .values(used_at=now)
    )
    session.execute(
        update(PasswordCode)
        .where(PasswordCode.login_id == login.id, PasswordCode.used_at.is_(None))
        .values(used_at=now)
    )
    session.execute(update(TwoStep).where(TwoStep.login_id == login.id).values(failures=0))
    end_sessions(session, login.id, now, but=but)
