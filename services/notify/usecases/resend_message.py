"""Send a message again, as a new message with its own Message-ID."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from chassis.audit import about, within
from chassis.clock import Clock
from chassis.database import DUE_AT_ONCE, lock_key, wake_after_commit
from chassis.logs import current_trace
from contracts.actor import Actor, Right
from contracts.calls.notify import MessageView, ResendMessage
from notify.domain.refusals import MessageUnderWay, NoAddress, NotRepeated, SecretExpired, TooManyRepetitions
from notify.domain.states import Priority, State
from notify.letters import LETTERS
from notify.mail import BadAddress, recipient_address
from notify.queries import view_of, visible_message
from notify.tables import Message
from notify.usecases.queue_message import NO_ADDRESS, SEND, customer_copy

MOST, PER = 3, timedelta(hours=1)
"""So many repetitions to one address an hour (TRUST, check 6)."""
_LOCK = 0x52455345  # any number, the same in every replica


def resend_message(session: Session, request: ResendMessage, actor: Actor, clock: Clock) -> MessageView:
    """Queue the message anew, to the customer's present address. The invoice is that of the first message.

    Raises NoSuchMessage, Forbidden, MessageUnderWay, NotRepeated, SecretExpired, NoAddress,
    TooManyRepetitions.
    """
    lock_key(session, _LOCK)
    message = visible_message(session, actor, request.message_id)
    actor.require(Right.SEND_MESSAGES)
    letter = LETTERS[message.template]
    if not letter.may_be_repeated:
        raise NotRepeated("This message is not sent twice; the person asks for a new one by themselves.")
    _require_done(session, message)
    secret = letter.secret_of(letter.read(message.body))
    if secret is not None and (secret.expires_at <= clock.now() or not secret.sealed):
        raise SecretExpired(
            "The password or link inside has expired; invite the person again, which makes a new one."
        )
    recipient = _recipient(session, message)
    _throttle(session, recipient, clock)
    again = _again(message, actor, recipient, clock)
    session.add(again)
    session.flush()
    within(session, branch_id=message.branch_id, customer_id=message.customer_id)
    about(session, "message", again.id, again=str(message.id))
    wake_after_commit(session, SEND)
    return view_of(again, actor)


def _again(message: Message, actor: Actor, recipient: str, clock: Clock) -> Message:
    return Message(
        id=uuid4(), event_id=None, mail_id=uuid4(), resend_of=message.resend_of or message.id, resent_by=actor.name,
        template=message.template, channel=message.channel, priority=Priority.SOMEBODY_WAITS,
        customer_id=message.customer_id, branch_id=message.branch_id, recipient=recipient, locale=message.locale,
        subject=message.subject, body=message.body, secret_expires_at=message.secret_expires_at, trace=current_trace(),
        occurred_at=clock.now(), created_at=clock.now(), state=State.QUEUED, attempts=0, next_attempt_at=DUE_AT_ONCE,
        repeated=False,
    )  # fmt: skip


def _require_done(session: Session, message: Message) -> None:
    first = message.resend_of or message.id
    waiting = select(Message.id).where(
        or_(Message.id == first, Message.resend_of == first), Message.next_attempt_at.is_not(None)
    )
    if session.execute(waiting.limit(1)).first() is not None:
        raise MessageUnderWay("This message is still to be sent; wait until it is sent or has failed.")


def _recipient(session: Session, message: Message) -> str:
    customer = customer_copy(session, message.customer_id)
    text = (customer.email if customer else None) or message.recipient
    if not text:
        raise NoAddress(NO_ADDRESS)
    try:
        return recipient_address(text)
    except BadAddress as error:
        raise NoAddress(f"{error}; correct it first.") from error


def _throttle(session: Session, recipient: str, clock: Clock) -> None:
    recent, oldest = session.execute(
        select(func.count(), func.min(Message.created_at))
        .where(Message.recipient == recipient, Message.resend_of.is_not(None), Message.created_at > clock.now() - PER)
    ).one()  # fmt: skip
    if recent >= MOST:
        refusal = TooManyRepetitions(
            f"{recent} messages were repeated to {recipient} within the last hour; wait a little."
        )
        refusal.retry_after = max(1, int((oldest + PER - clock.now()).total_seconds()) + 1)
        raise refusal
