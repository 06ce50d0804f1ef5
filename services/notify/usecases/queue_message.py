"""Store a message that an event asks for, and wake the senders."""

from uuid import UUID, uuid4

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from chassis.database import DUE_AT_ONCE, wake_after_commit
from chassis.outbox import emit
from chassis.reactions import EventContext
from chassis.upserts import Upsert
from contracts.cards import BranchCard, CustomerCard
from contracts.events import Event, MessageFailed
from notify.domain.header_text import header_line
from notify.domain.states import State
from notify.facts import Surroundings, facts_of
from notify.letters import Letter
from notify.mail import BadAddress, recipient_address
from notify.tables import BranchCopy, CustomerCopy, Message
from notify.templating import render_subject

SEND = "send"
"""The signal that wakes the senders."""
EMAIL = "email"
"""The only channel so far."""
NO_ADDRESS = "There is no e-mail address to send to; add one and send the message again."


def queue_message(
    session: Session, letter: Letter, event: Event, context: EventContext, *,
    recipient: str | None, locale: str, customer: CustomerCard | None, branch: BranchCard | None,
    mail_id: UUID | None = None,
) -> None:  # fmt: skip
    """One message of this kind to this recipient; a second one for the same event is left out. A second kind of
    message for one event has a `mail_id` of its own, as mail programs show only one mail of an id.

    Without a usable address the message is stored as failed, so that staff see that nobody was told.
    """
    newer = _newer(session, customer) if customer else None
    if newer and newer.erased:
        return  # the event was slower than the erasing
    branch_id = _branch_of(newer or customer, branch)
    branch = branch or branch_copy(session, branch_id)
    address, problem = _address(recipient)
    secret = letter.secret_of(event)
    row = {
        "id": uuid4(), "event_id": context.event_id, "mail_id": mail_id or context.event_id,
        "template": letter.template, "channel": EMAIL, "priority": letter.priority,
        "customer_id": customer.id if customer else None, "branch_id": branch_id,
        "recipient": address, "locale": locale,
        "subject": render_subject(letter.template, locale, facts_of(letter, event, Surroundings(locale, branch))),
        "body": event, "secret_expires_at": secret.expires_at if secret else None,
        "trace": context.trace, "occurred_at": context.occurred_at, "created_at": context.clock.now(), "attempts": 0,
        "state": State.FAILED if problem else State.QUEUED, "next_attempt_at": None if problem else DUE_AT_ONCE,
        "problem": problem, "repeated": False,
    }  # fmt: skip
    if not _insert(session, row):
        return
    if problem:
        failed = MessageFailed(
            message_id=UUID(str(row["id"])), customer_id=customer.id if customer else None, template=letter.template,
            reason=problem,
        )  # fmt: skip
        emit(session, failed, context.clock)
    else:
        wake_after_commit(session, SEND)


def branch_copy(session: Session, branch_id: UUID | None) -> BranchCard | None:
    """The branch as far as we know it."""
    found = session.get(BranchCopy, branch_id) if branch_id else None
    return BranchCard.model_validate(found.card) if found else None


def customer_copy(session: Session, customer_id: UUID | None) -> CustomerCard | None:
    """The customer as far as we know them."""
    found = session.get(CustomerCopy, customer_id) if customer_id else None
    return CustomerCard.model_validate(found.card) if found else None


_NEWEST = select(CustomerCopy.version).where(CustomerCopy.id == bindparam("customer_id"))


def _newer(session: Session, customer: CustomerCard) -> CustomerCard | None:
    """The customer as they are now, where that is not what the event says."""
    known = session.connection().execute(_NEWEST, {"customer_id": customer.id}).scalar()
    return customer_copy(session, customer.id) if known is not None and known > customer.version else None


def _branch_of(customer: CustomerCard | None, branch: BranchCard | None) -> UUID | None:
    """The branch whose staff see the message: that of the customer as they are now."""
    if customer is None:
        return branch.id if branch else None
    return customer.branch_id


def _address(recipient: str | None) -> tuple[str, str | None]:
    """The address to store and what is wrong with it."""
    if not recipient:
        return "", NO_ADDRESS
    try:
        return recipient_address(recipient), None
    except BadAddress as error:
        return header_line(recipient), f"{error}; correct it and send the message again."


_STORE = Upsert(Message, lambda insert: insert.on_conflict_do_nothing().returning(Message.id))


def _insert(session: Session, row: dict[str, object]) -> bool:
    """Store the message; whether it was not there yet."""
    return _STORE.run(session, [row]).first() is not None
