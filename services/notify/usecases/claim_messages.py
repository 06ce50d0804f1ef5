"""Claim messages that are due, for one sender, until a lease ends."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.database import is_sqlite, lease_time
from notify.domain.states import WAITING, Priority, State
from notify.tables import Message
from notify.usecases.take_allowance import allowance, use_allowance

LEASE = timedelta(seconds=30)
"""How long a silent sender keeps its messages; a living one prolongs it (hold_messages)."""
LOST = (
    "The sender ended in the middle of the dialogue with the mail server, which may have taken the message."
)
LOST_TWICE = f"{LOST} As this was its second try, it is not sent again by itself."


def anything_due(session: Session, clock: Clock) -> bool:
    """Whether some message is to be sent or taken over; only reads."""
    now = lease_time(session, clock)
    due = (
        select(Message.id)
        .where(Message.priority.in_(list(Priority)), Message.next_attempt_at <= now)
        .limit(1)
    )
    return session.execute(due).first() is not None


def claim_messages(
    session: Session, token: UUID, clock: Clock, *, most: int, per_minute: int, safe_to_repeat: bool
) -> Sequence[Row[tuple[UUID, str]]]:
    """At most `most` messages, the urgent ones first, as (id, trace); the limit per minute is counted.

    Messages whose sender ended in the middle of its dialogue become `unknown` first; with `safe_to_repeat` (a folder,
    in which a second copy replaces the first) they are merely tried again.
    """
    now = lease_time(session, clock)
    _take_over_lost(session, now, safe_to_repeat)
    left = allowance(session, per_minute, now)
    ids = _due(session, now, Priority.SOMEBODY_WAITS, min(most, left.urgent))
    ids += _due(session, now, Priority.BULK, min(most - len(ids), left.bulk - len(ids)))
    if not ids:
        return []
    use_allowance(session, len(ids), now)
    claimed = session.execute(
        update(Message)
        .where(Message.id.in_(ids))
        .values(lease_token=token, next_attempt_at=now + LEASE)
        .returning(Message.id, Message.trace),
        execution_options={"synchronize_session": False},
    ).all()
    place = {message_id: number for number, message_id in enumerate(ids)}
    return sorted(claimed, key=lambda row: place[row.id])


def hold_messages(session: Session, tokens: Sequence[UUID], clock: Clock) -> None:
    """Prolong the leases of senders that are alive."""
    session.execute(
        update(Message)
        .where(Message.lease_token.in_(tokens))
        .values(next_attempt_at=lease_time(session, clock) + LEASE),
        execution_options={"synchronize_session": False},
    )


def _take_over_lost(session: Session, now: datetime, safe_to_repeat: bool) -> None:
    lost = update(Message).where(Message.state == State.SENDING, Message.next_attempt_at <= now)
    if safe_to_repeat:
        changes = [lost.values(state=State.RETRY, lease_token=None)]
    else:
        once, twice = lost.where(Message.repeated.is_(False)), lost.where(Message.repeated.is_(True))
        changes = [
            once.values(state=State.UNKNOWN, lease_token=None, problem=LOST),
            twice.values(state=State.UNKNOWN, lease_token=None, problem=LOST_TWICE, next_attempt_at=None),
        ]
    for change in changes:
        session.execute(change, execution_options={"synchronize_session": False})


def _due(session: Session, now: datetime, priority: Priority, most: int) -> list[UUID]:
    if most <= 0:
        return []
    found = select(Message.id).where(
        Message.next_attempt_at <= now, Message.state.in_(WAITING), Message.priority == priority
    )
    found = found.order_by(Message.next_attempt_at, Message.created_at).limit(most)
    if not is_sqlite(session):
        found = found.with_for_update(skip_locked=True)
    return list(session.scalars(found))
