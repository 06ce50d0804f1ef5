"""After a backup was restored: hold what was still to be sent, as it may have been sent since."""

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from notify.domain.states import WAITING, State
from notify.tables import Message


def hold_messages(session: Session, reason: str) -> int:
    """Nothing that waits is sent by itself any more: it is of unknown outcome, and staff may send it again.

    Returns how many there were.
    """
    held = session.execute(
        update(Message)
        .where(Message.state.in_((*WAITING, State.SENDING)), Message.next_attempt_at.is_not(None))
        .values(state=State.UNKNOWN, problem=reason, next_attempt_at=None, lease_token=None),
        execution_options={"synchronize_session": False},
    )
    return held.rowcount if isinstance(held, CursorResult) else 0
