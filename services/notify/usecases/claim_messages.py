"""Claim messages that are due, for one sender, until a lease ends; and take over those whose sender is gone."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.database import is_sqlite, lease_time, lease_times, lease_values, leases_now
from chassis.pace import lease
from notify.domain.states import WAITING, Priority, State
from notify.tables import Message
from notify.usecases.take_allowance import Allowance, allowance, use_allowance

LEASE = lease(20)
"""How long a silent sender keeps its messages; a living one prolongs it (hold_messages)."""
LOST = (
    "The sender ended in the middle of the dialogue with the mail server, which may have taken the message."
)
LOST_TWICE = f"{LOST} As this was its second try, it is not sent again by itself."


def anything_due(session: Session, clock: Clock) -> bool:
    """Whether some message waits to be sent; only reads."""
    anything = _anything(is_sqlite(session))
    return session.execute(anything, lease_values(session, clock)).first() is not None


@cache
def _anything(sqlite: bool) -> Any:
    """Made once, as every idle sender asks it again and again."""
    now, _ = lease_times(LEASE, sqlite=sqlite)
    return _due(now).limit(1)


def claim_messages(
    session: Session, token: UUID, clock: Clock, *, most: int, per_minute: int
) -> Sequence[Message]:
    """At most `most` messages, the urgent ones first; what is claimed counts for the limit per minute."""
    now = lease_time(session, clock)
    left = allowance(session, per_minute, now)
    chosen = _due(now).order_by(Message.priority, Message.next_attempt_at, Message.created_at).limit(most)
    if not is_sqlite(session):
        chosen = chosen.with_for_update(skip_locked=True)
    ids = _within(left, session.execute(chosen).all())
    if not ids:
        return []
    use_allowance(session, len(ids), now)
    claimed = session.scalars(
        update(Message)
        .where(Message.id.in_(ids))
        .values(lease_token=token, next_attempt_at=now + LEASE)
        .returning(Message),
        execution_options={"synchronize_session": False},
    ).all()
    place = {message_id: number for number, message_id in enumerate(ids)}
    return sorted(claimed, key=lambda message: place[message.id])


def hold_messages(session: Session, tokens: Sequence[UUID], clock: Clock) -> None:
    """Prolong the leases of senders that are alive."""
    prolonged = update(Message).where(Message.lease_token.in_(tokens))
    session.execute(
        prolonged.values(next_attempt_at=leases_now(session, clock) + LEASE),
        execution_options={"synchronize_session": False},
    )


def take_over_lost(session: Session, clock: Clock, *, safe_to_repeat: bool) -> list[str]:
    """Messages whose sender ended in the middle of its dialogue become `unknown`; returns the template of each.

    With `safe_to_repeat` (a folder, in which a second copy replaces the first) they are merely tried again.
    """
    lost = update(Message).where(
        Message.state == State.SENDING, Message.next_attempt_at <= leases_now(session, clock)
    )
    if safe_to_repeat:
        return _templates(session, lost.values(state=State.RETRY, lease_token=None))
    once = lost.where(Message.repeated.is_(False)).values(state=State.UNKNOWN, lease_token=None, problem=LOST)
    twice = lost.where(Message.repeated.is_(True)).values(
        state=State.UNKNOWN, lease_token=None, problem=LOST_TWICE, next_attempt_at=None
    )
    return _templates(session, once) + _templates(session, twice)


def _due(now: Any) -> Any:
    return select(Message.id, Message.priority).where(
        Message.priority.in_(list(Priority)), Message.next_attempt_at <= now, Message.state.in_(WAITING)
    )


def _within(left: Allowance, due: Sequence[Any]) -> list[UUID]:
    """As many as the limit allows; `due` has the urgent ones first."""
    urgent = [row.id for row in due if row.priority == Priority.SOMEBODY_WAITS][: left.urgent]
    bulk = [row.id for row in due if row.priority != Priority.SOMEBODY_WAITS]
    return urgent + bulk[: max(0, left.bulk - len(urgent))]


def _templates(session: Session, change: Any) -> list[str]:
    changed = session.scalars(
        change.returning(Message.template), execution_options={"synchronize_session": False}
    )
    return list(changed)
