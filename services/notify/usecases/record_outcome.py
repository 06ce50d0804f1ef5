"""Write down how far a message has come. Each function does nothing, and says so, when somebody has taken it over."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.database import lease_time
from chassis.outbox import emit
from contracts.events import MessageFailed
from notify.domain.schedule import ONCE_MORE_AFTER
from notify.domain.states import State
from notify.mail import File
from notify.tables import Attachment, Message
from notify.usecases.claim_messages import LEASE


def begin_sending(
    session: Session, message: Message, token: UUID, subject: str, drawn: File | None, clock: Clock
) -> bool:
    """The message is `sending`: to be committed before the dialogue begins. Keeps the attachment if it is new.

    A message whose outcome was unknown is counted as repeated from here on.
    """
    if not _change(
        session, message, token, state=State.SENDING, subject=subject, attempts=message.attempts + 1, problem=None,
        repeated=message.repeated or message.state == State.UNKNOWN, next_attempt_at=lease_time(session, clock) + LEASE,
    ):  # fmt: skip
        return False
    if drawn is not None:
        session.add(
            Attachment(
                message_id=message.id, file_name=drawn.name, media_type=drawn.media_type, content=drawn.content,
                created_at=clock.now(),
            )
        )  # fmt: skip
    return True


def sent(session: Session, message: Message, token: UUID, clock: Clock) -> bool:
    """The mail server has taken it."""
    return _change(
        session,
        message,
        token,
        state=State.SENT,
        sent_at=clock.now(),
        problem=None,
        next_attempt_at=None,
        lease_token=None,
    )


def try_again(
    session: Session, message: Message, token: UUID, problem: str, wait: timedelta, clock: Clock
) -> bool:
    """It was surely not taken; the next attempt is after `wait`. An unknown outcome of before stays unknown."""
    unknown = message.state == State.UNKNOWN and not message.repeated
    return _change(
        session, message, token, state=State.UNKNOWN if unknown else State.RETRY, problem=problem,
        next_attempt_at=lease_time(session, clock) + wait, lease_token=None,
    )  # fmt: skip


def give_up(session: Session, message: Message, token: UUID, problem: str, clock: Clock) -> bool:
    """It was refused for good, or tried too often: failed, and everybody who listens is told."""
    if not _change(
        session, message, token, state=State.FAILED, problem=problem, next_attempt_at=None, lease_token=None
    ):
        return False
    failed = MessageFailed(
        message_id=message.id, customer_id=message.customer_id, template=message.template, reason=problem
    )
    emit(session, failed, clock)
    return True


def outcome_unknown(session: Session, message: Message, token: UUID, problem: str, clock: Clock) -> bool:
    """The mail server may have taken it: it is sent once more with the same Message-ID, but never a third time."""
    again: datetime | None = None if message.repeated else lease_time(session, clock) + ONCE_MORE_AFTER
    return _change(
        session, message, token, state=State.UNKNOWN, problem=problem, next_attempt_at=again, lease_token=None
    )


def _change(session: Session, message: Message, token: UUID, **values: Any) -> bool:
    changed = session.execute(
        update(Message).where(Message.id == message.id, Message.lease_token == token).values(**values),
        execution_options={"synchronize_session": False},
    )
    assert isinstance(changed, CursorResult)  # noqa: S101 - what every UPDATE returns; tells mypy
    if changed.rowcount != 1:
        return False
    for name, value in values.items():
        setattr(message, name, value)
    return True
