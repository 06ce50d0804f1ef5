"""Forget what is of no use any more: expired secrets and old attachments, which can be drawn again."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.events import SealedSecret
from notify.domain.states import State
from notify.letters import LETTERS
from notify.tables import Attachment, Message

CHUNK = 200
KEEP_ATTACHMENTS = timedelta(days=90)


def forget_secrets(session: Session, clock: Clock) -> bool:
    """Empty the sealed secrets that have expired, a chunk at a time; True when there may be more."""
    expired = (
        select(Message)
        .where(Message.secret_expires_at <= clock.now())
        .limit(CHUNK)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(expired).all()
    for message in found:
        field = LETTERS[message.template].secret_field or ""
        if message.body.get(field):
            empty = SealedSecret(sealed="", expires_at=message.body[field]["expires_at"])
            message.body = {**message.body, field: empty.model_dump(mode="json")}
        message.secret_expires_at = None
    return len(found) == CHUNK


def forget_attachments(session: Session, clock: Clock) -> bool:
    """Remove the files of messages that were done with long ago, a chunk at a time; True when there may be more."""
    old = (
        select(Attachment.message_id)
        .join(Message, Message.id == Attachment.message_id)
        .where(
            Attachment.created_at < clock.now() - KEEP_ATTACHMENTS,
            Message.state.in_((State.SENT, State.FAILED)),
        )
        .limit(CHUNK)
    )
    ids = list(session.scalars(old))
    session.execute(delete(Attachment).where(Attachment.message_id.in_(ids)))
    return len(ids) == CHUNK
