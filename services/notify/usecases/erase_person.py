"""Forget an erased customer: their address, and what messages said to them."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis.erasing import erase_in_events
from contracts.cards import CustomerCard
from notify.domain.states import WAITING, State
from notify.letters import LETTERS
from notify.tables import Attachment, Message
from notify.usecases.keep_copies import keep_customer

ERASED = "The customer's personal data was erased."


def erase_person(session: Session, left: CustomerCard) -> None:
    """Blank the person's messages, the files that went with them, and the events about them.

    That a message was sent, when and of what kind, stays; what was still to be sent is not sent any more.
    """
    keep_customer(session, left)
    about = select(Message).where(Message.customer_id == left.id).with_for_update()
    for message in session.scalars(about):
        letter = LETTERS.get(message.template)
        message.body = (
            letter.read(message.body).without_person(left).model_dump(mode="json") if letter else {}
        )
        message.recipient = message.subject = ""
        message.secret_expires_at = None
        if message.state in (*WAITING, State.SENDING):
            message.state, message.problem = State.FAILED, ERASED
            message.next_attempt_at = message.lease_token = None
        session.execute(delete(Attachment).where(Attachment.message_id == message.id))
    erase_in_events(session, left)
