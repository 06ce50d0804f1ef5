"""Reading where somebody is signed in."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.calls.own_sessions import OwnSession, OwnSessionList
from customers.domain.sessions import session_life
from customers.signin_tables import LoginSession
from customers.usecases.check_session import CheckedSession

_SHOWN = 100


def list_own_sessions(session: Session, checked: CheckedSession, clock: Clock) -> OwnSessionList:
    """The sessions of the login that still open something, the one used last first."""
    life = session_life(checked.person.role)
    found = session.scalars(
        select(LoginSession)
        .where(open_sessions(checked, clock.now()), LoginSession.touched_at > clock.now() - life.idle)
        .order_by(LoginSession.touched_at.desc(), LoginSession.id)
        .limit(_SHOWN)
    )
    return OwnSessionList(
        items=tuple(
            OwnSession(
                id=one.id, is_current=one.id == checked.id, opened_at=one.opened_at, last_seen_at=one.touched_at,
                ends_at=one.ends_at, address=one.address, browser=one.browser,
            )
            for one in found
        )
    )  # fmt: skip


def open_sessions(checked: CheckedSession, now: datetime) -> ColumnElement[bool]:
    """Those of the same login that nobody ended; half ones are not sessions yet."""
    return and_(
        LoginSession.login_id == checked.login_id, LoginSession.ended_at.is_(None),
        LoginSession.needs_code.is_(False), LoginSession.ends_at > now,
    )  # fmt: skip
