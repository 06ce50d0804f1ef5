"""After a backup was restored: what was used or ended since must not work again, nor a number be given twice."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis.clock import Clock
from customers.signin_tables import EmailChange, Login, LoginSession, OneTimeLink, PasswordCode
from customers.tables import Counter


def sign_everybody_out(session: Session, clock: Clock) -> None:
    """End every session; let every one-time password, link and code that is open expire now."""
    now = clock.now()
    quietly = {"synchronize_session": False}
    session.execute(
        update(LoginSession).where(LoginSession.ended_at.is_(None)).values(ended_at=now),
        execution_options=quietly,
    )
    for table in (OneTimeLink, PasswordCode, EmailChange):
        session.execute(
            update(table).where(table.expires_at > now).values(expires_at=now), execution_options=quietly
        )
    open_once = Login.one_time_expires_at > now
    session.execute(update(Login).where(open_once).values(one_time_expires_at=now), execution_options=quietly)


def skip_counters(session: Session, count: int) -> None:
    """Leave out so many CRF numbers and numbers of complaints: they may be on paper already."""
    session.execute(
        update(Counter).values(value=Counter.value + count), execution_options={"synchronize_session": False}
    )
