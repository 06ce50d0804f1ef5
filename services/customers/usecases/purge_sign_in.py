"""Forget sessions, links, codes and tries that open nothing any more."""

from datetime import timedelta

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from chassis.clock import Clock
from customers.api_token_table import ApiToken
from customers.domain.throttling import WINDOW
from customers.signin_tables import (
    EmailChange,
    LoginSession,
    OneTimeLink,
    PasswordCode,
    RequestCount,
    SignInTries,
)

KEEP = timedelta(days=30)
"""So long ended sessions and links stay, to answer who was signed in when."""


def purge_sign_in(session: Session, clock: Clock) -> None:
    """Delete what has been over for 30 days, and tries that are forgotten anyway."""
    now = clock.now()
    session.execute(
        delete(LoginSession).where(or_(LoginSession.ends_at < now - KEEP, LoginSession.ended_at < now - KEEP))
    )
    session.execute(
        delete(ApiToken).where(or_(ApiToken.expires_at < now - KEEP, ApiToken.revoked_at < now - KEEP))
    )
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now - KEEP))
    session.execute(delete(EmailChange).where(EmailChange.expires_at < now - KEEP))
    session.execute(delete(PasswordCode).where(PasswordCode.expires_at < now - KEEP))
    session.execute(
        delete(SignInTries).where(
            SignInTries.last_at < now - WINDOW,
            or_(SignInTries.blocked_until.is_(None), SignInTries.blocked_until < now),
        )
    )
    session.execute(delete(RequestCount).where(RequestCount.window_at < now - WINDOW))
