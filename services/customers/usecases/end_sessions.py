"""End the sessions of a login."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from customers.signin_tables import LoginSession


def end_sessions(session: Session, login_id: UUID, now: datetime, *, but: UUID | None = None) -> None:
    """Every session of the login ends, except `but`. A caller's actor token runs out within minutes."""
    ending = update(LoginSession).where(LoginSession.login_id == login_id, LoginSession.ended_at.is_(None))
    if but is not None:
        ending = ending.where(LoginSession.id != but)
    session.execute(ending.values(ended_at=now))
