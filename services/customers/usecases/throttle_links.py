"""How many one-time links a person is mailed."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.clock import Clock
from customers.domain.refusals import TooManyInvitations
from customers.signin_tables import Login, OneTimeLink

MOST_LINKS, PER = 3, timedelta(hours=1)
"""So many links an hour and person, then none (TRUST, check 6)."""


def throttle_links(session: Session, login: Login, clock: Clock) -> None:
    """Raises TooManyInvitations, which says when the next one may be sent. The login's row is locked by the caller."""
    recent, oldest = session.execute(
        select(func.count(), func.min(OneTimeLink.issued_at))
        .where(OneTimeLink.login_id == login.id, OneTimeLink.issued_at > clock.now() - PER)
    ).one()  # fmt: skip
    if recent >= MOST_LINKS:
        refusal = TooManyInvitations(
            f"{recent} links were mailed within the last hour; wait until one of them is read."
        )
        refusal.retry_after = max(1, int((oldest + PER - clock.now()).total_seconds()) + 1)
        raise refusal
