"""Calls of the notify service about the way by which mail leaves the house."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from contracts.calls import Call, View

SERVICE = "notify"


class MailServerView(View):
    """The settings in force. Without a `host` mails are files in `folder`. Passwords are never told."""

    host: str | None
    port: int
    security: str
    """starttls, tls or plain."""
    username: str
    sender: str
    per_minute: int
    folder: str | None


class GetMailServer(Call[MailServerView]):
    """How mail leaves the house (operator admin)."""


class MailOutcome(StrEnum):
    """What became of a test mail."""

    SENT = "sent"
    REFUSED = "refused"
    AWAY = "away"
    UNKNOWN = "unknown"


class MailTested(View):
    """What the mail server answered to a test mail."""

    outcome: MailOutcome
    answer: str
    recipient: str
    seconds: float


class SendTestMail(Call[MailTested]):
    """Send a mail to the caller's own address, at once (operator admin).

    Raises NoAddress when their record has none, TooManyTests, BadSender.
    """

    locale: Annotated[str, Field(max_length=20)] = "en"
