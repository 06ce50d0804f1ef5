"""Reads of messages, within what the actor sees (RULES, who may do what)."""

import base64
import binascii
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, func, literal_column, or_, select
from sqlalchemy.orm import Session, defer

from chassis.clock import Clock
from chassis.database import DUE_AT_ONCE
from contracts.actor import Actor, Right
from contracts.calls.notify import FailedMessages, GetFailedMessages, ListMessages, MessageList, MessageView
from notify.domain.refusals import NoSuchMessage, WrongCursor
from notify.domain.states import WAITING
from notify.letters import LETTERS
from notify.mail import message_id
from notify.tables import Message


def list_messages(session: Session, request: ListMessages, actor: Actor) -> MessageList:
    """Messages of the actor's branches, newest first. Those of a hidden customer are an empty list.

    Raises Forbidden, WrongCursor.
    """
    actor.require(Right.SEE_MESSAGES)
    found = _visible(select(Message).options(defer(Message.body)), actor)
    if request.customer_id is not None:
        found = found.where(Message.customer_id == request.customer_id)
    if request.state is not None:
        found = found.where(Message.state == request.state)
    if request.cursor is not None:
        created_at, last_id = _read_cursor(request.cursor)
        found = found.where(
            or_(Message.created_at < created_at, and_(Message.created_at == created_at, Message.id < last_id))
        )
    found = found.order_by(Message.created_at.desc(), Message.id.desc()).limit(request.limit + 1)
    rows = session.scalars(found).all()
    page = rows[: request.limit]
    more = len(rows) > request.limit
    return MessageList(
        items=tuple(view_of(row, actor) for row in page), next=_cursor(page[-1]) if more else None
    )


def failed_messages(
    session: Session, request: GetFailedMessages, actor: Actor, clock: Clock
) -> FailedMessages:
    """Messages given up lately of the actor's branches, and the newest of them. Raises NotFound, Forbidden."""
    if request.branch_id is not None:
        actor.require_branch(request.branch_id, "branch")
    actor.require(Right.SEE_MESSAGES)
    failed = _visible(select(Message).options(defer(Message.body)), actor)
    # Written out: of a parameter PostgreSQL cannot know beforehand that the index of failed ones holds it.
    failed = failed.where(Message.state == literal_column("'failed'"))
    failed = failed.where(Message.created_at > clock.now() - timedelta(days=request.days))
    if request.branch_id is not None:
        failed = failed.where(Message.branch_id == request.branch_id)
    newest = session.scalars(
        failed.order_by(Message.created_at.desc(), Message.id.desc()).limit(request.newest)
    )
    return FailedMessages(
        newest=tuple(view_of(row, actor) for row in newest),
        count=session.scalar(failed.with_only_columns(func.count(), maintain_column_froms=True)) or 0,
    )


def visible_message(session: Session, actor: Actor, message_id: UUID) -> Message:
    """The message; raises Forbidden for a role that sees none, NoSuchMessage for one of a hidden branch."""
    actor.require(Right.SEE_MESSAGES)
    found = session.scalars(_visible(select(Message), actor).where(Message.id == message_id)).one_or_none()
    if found is None:
        raise NoSuchMessage("There is no such message.")
    return found


def view_of(message: Message, actor: Actor) -> MessageView:
    """A message as the actor may see it: subjects name amounts, which are not for everybody."""
    plain = LETTERS[message.template].plain_subject
    subject = plain if plain and not actor.may(Right.SEE_MONEY) else message.subject
    waits = message.state in WAITING and message.next_attempt_at is not None
    return MessageView(
        id=message.id, customer_id=message.customer_id, branch_id=message.branch_id, channel=message.channel,
        template=message.template, recipient=message.recipient, subject=subject, state=message.state,
        attempts=message.attempts, problem=message.problem, message_id=message_id(message.mail_id),
        created_at=message.created_at, sent_at=message.sent_at, repeated=message.repeated,
        next_attempt_at=message.next_attempt_at if waits and message.next_attempt_at != DUE_AT_ONCE else None,
    )  # fmt: skip


def _visible(found: Select[tuple[Message]], actor: Actor) -> Select[tuple[Message]]:
    """Only what is of the actor's branches; what is of no branch only for those who see every one."""
    return found if actor.branch_ids is None else found.where(Message.branch_id.in_(actor.branch_ids))


def _cursor(message: Message) -> str:
    return base64.urlsafe_b64encode(f"{message.created_at.isoformat()} {message.id}".encode()).decode()


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        created_at, _, last_id = base64.urlsafe_b64decode(cursor.encode("ascii")).decode().partition(" ")
        moment, found = datetime.fromisoformat(created_at), UUID(last_id)
        if moment.tzinfo is None:
            raise ValueError("a moment needs a time zone")
    except (ValueError, binascii.Error) as error:
        raise WrongCursor("Take the cursor from `next` of the page before.", field="cursor") from error
    return moment, found
