"""Write down how far a message has come. Each function does nothing, and says so, when somebody has taken it over."""

from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Update, bindparam, update
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.database import is_sqlite, lease_times, lease_values
from chassis.outbox import emit
from chassis.pace import pause
from chassis.writes import add_rows
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
        session, message, token, clock, LEASE, state=State.SENDING, subject=subject, attempts=message.attempts + 1,
        problem=None, repeated=message.repeated or message.state == State.UNKNOWN,
    ):  # fmt: skip
        return False
    if drawn is not None:
        file = {"message_id": message.id, "file_name": drawn.name, "media_type": drawn.media_type,
                "content": drawn.content, "created_at": clock.now()}  # fmt: skip
        add_rows(session, Attachment, [file])
    return True


def sent(session: Session, message: Message, token: UUID, clock: Clock) -> bool:
    """The mail server has taken it."""
    return _change(
        session, message, token, clock, None, state=State.SENT, sent_at=clock.now(), problem=None, lease_token=None
    )  # fmt: skip


def try_again(
    session: Session, message: Message, token: UUID, problem: str, wait: timedelta, clock: Clock
) -> bool:
    """It was surely not taken; the next attempt is after `wait`. An unknown outcome of before stays unknown."""
    unknown = message.state == State.UNKNOWN and not message.repeated
    return _change(
        session, message, token, clock, wait, state=State.UNKNOWN if unknown else State.RETRY, problem=problem,
        lease_token=None,
    )  # fmt: skip


def give_up(session: Session, message: Message, token: UUID, problem: str, clock: Clock) -> bool:
    """It was refused for good, or tried too often: failed, and everybody who listens is told."""
    if not _change(
        session, message, token, clock, None, state=State.FAILED, problem=problem, lease_token=None
    ):
        return False
    failed = MessageFailed(
        message_id=message.id, customer_id=message.customer_id, template=message.template, reason=problem
    )
    emit(session, failed, clock)
    return True


def outcome_unknown(session: Session, message: Message, token: UUID, problem: str, clock: Clock) -> bool:
    """The mail server may have taken it: it is sent once more with the same Message-ID, but never a third time."""
    again = None if message.repeated else pause(ONCE_MORE_AFTER.total_seconds())
    return _change(
        session, message, token, clock, again, state=State.UNKNOWN, problem=problem, lease_token=None
    )


def _change(
    session: Session, message: Message, token: UUID, clock: Clock, again: timedelta | None, **values: Any
) -> bool:
    """Write the values, and that the message is to be looked at again after so long, or never."""
    statement = _changing(tuple(values), again, is_sqlite(session))
    given = {f"to_{name}": value for name, value in values.items()}
    given |= {"of_id": message.id, "of_token": token} | (lease_values(session, clock, again) if again else {})
    if session.connection().execute(statement, given).rowcount != 1:
        return False
    for name, value in values.items():
        setattr(message, name, value)
    return True


_MESSAGES = Message.metadata.tables[Message.__tablename__]


@lru_cache(maxsize=64)
def _changing(names: tuple[str, ...], again: timedelta | None, sqlite: bool) -> Update:
    """Made once for what is written: a mail is changed three times on its way."""
    at, until = _MESSAGES.c, None if again is None else lease_times(again, sqlite=sqlite)[1]
    given = {name: bindparam(f"to_{name}", type_=at[name].type) for name in names}
    held = (at.id == bindparam("of_id"), at.lease_token == bindparam("of_token"))
    return update(_MESSAGES).where(*held).values(**given, next_attempt_at=until)
