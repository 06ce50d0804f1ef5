"""Messages that were sent, or are to be."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from flask import Response
from pydantic import BaseModel

from contracts.calls.notify import GetMessage, ListMessages, ResendMessage
from contracts.calls.notify import MessageView as Message
from gateway.api.resource import answer, resource
from gateway.api.shapes import PageQuery, Parameters
from gateway.rpc import ask

api = resource("messages", "messages", "E-mails and other messages to customers, with their states")


class MessagePath(Parameters):
    """Which message."""

    message_id: UUID


class MessageView(BaseModel):
    """A message. `state`: queued, sending, retry, sent, failed or unknown (whether the mail server took it)."""

    id: UUID
    customer_id: UUID | None
    branch_id: UUID | None
    channel: str
    template: str
    recipient: str
    subject: str
    state: str
    attempts: int
    problem: str | None
    message_id: str
    created_at: datetime
    next_attempt_at: datetime | None
    sent_at: datetime | None
    repeated: bool

    @classmethod
    def of(cls, message: Message) -> Self:
        """From the call's answer."""
        return cls.model_validate(message.model_dump())


class MessageList(BaseModel):
    """Messages, newest first."""

    items: list[MessageView]
    next: str | None


class MessageQuery(PageQuery):
    """Which messages."""

    customer_id: UUID | None = None
    state: Literal["queued", "sending", "retry", "sent", "failed", "unknown"] | None = None


@api.get("/messages", responses={200: MessageList})
def list_messages(query: MessageQuery) -> Response:
    """The messages that you see."""
    found = ask(ListMessages(**query.given()))
    return answer(MessageList(items=[MessageView.of(message) for message in found.items], next=found.next))


@api.get("/messages/<uuid:message_id>", responses={200: MessageView})
def show_message(path: MessagePath) -> Response:
    """One message."""
    return answer(MessageView.of(ask(GetMessage(message_id=path.message_id))))


@api.post("/messages/<uuid:message_id>/resend", responses={202: MessageView})
def resend_message(path: MessagePath) -> Response:
    """Send a message again, as a new one."""
    message = ask(ResendMessage(message_id=path.message_id))
    return answer(MessageView.of(message), 202, location=f"/messages/{message.id}")
