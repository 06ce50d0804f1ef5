"""Calls of the notify service: the history of messages."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from contracts.calls import Call, Page, View


class MessageView(View):
    """A message. `state`: queued, sending, retry, sent, failed, unknown (DESIGN, 3)."""

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
    """The Message-ID header, made from the event's uuid."""
    created_at: datetime
    next_attempt_at: datetime | None
    sent_at: datetime | None
    repeated: bool
    """Sent once more after an unknown outcome, with the same Message-ID."""


class MessageList(Page):
    """Messages, newest first."""

    items: tuple[MessageView, ...]


class ListMessages(Call[MessageList]):
    """Messages of one customer, or of all that the actor sees."""

    customer_id: UUID | None = None
    state: Annotated[str, Field(max_length=20)] | None = None
    cursor: Annotated[str, Field(max_length=400)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class GetMessage(Call[MessageView]):
    """One message."""

    message_id: UUID


class MessagePreview(View):
    """A message as it would be made now. `html` is a whole document; show it where it can do nothing."""

    recipient: str
    subject: str
    text: str
    html: str


class PreviewMessage(Call[MessagePreview]):
    """The words that an event would be told in, in its customer's language; nothing is stored or sent.

    `event` is the body of the template's event, such as a DuesOutstanding that billing drafted. Messages that carry a
    secret have no preview. Raises Invalid, NoPreview.
    """

    template: Annotated[str, Field(max_length=40)]
    event: dict[str, Any]


class ResendMessage(Call[MessageView]):
    """Send a failed or sent message again, as a new message with its own Message-ID. Raises SecretExpired."""

    message_id: UUID


class FailedMessages(View):
    """How many messages failed lately, and the newest of them."""

    count: int
    newest: tuple[MessageView, ...]


class GetFailedMessages(Call[FailedMessages]):
    """Messages of the actor's branches that were given up in the last so many days."""

    branch_id: UUID | None = None
    days: Annotated[int, Field(ge=1, le=366)] = 30
    newest: Annotated[int, Field(ge=0, le=50)] = 5
