"""The notify service: its doors."""

from typing import ClassVar

from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.jobs import Job
from chassis.platform import Platform
from chassis.reactions import Reactions
from chassis.service import call
from contracts.actor import Actor
from contracts.calls.notify import (
    FailedMessages,
    GetFailedMessages,
    GetMessage,
    ListMessages,
    MessageList,
    MessagePreview,
    MessageView,
    PreviewMessage,
    ResendMessage,
)
from notify.counts import measure_messages
from notify.jobs import JOBS
from notify.letter_doors import LetterDoors
from notify.previewing import preview_message
from notify.queries import failed_messages, list_messages, view_of, visible_message
from notify.reactions import REACTIONS
from notify.sender_pool import pool_of
from notify.usecases.resend_message import resend_message


class NotifyService(LetterDoors):
    """Sends what events ask for, and shows what became of it."""

    name = "notify"
    reactions: ClassVar[Reactions] = REACTIONS
    jobs: ClassVar[tuple[Job, ...]] = JOBS

    @classmethod
    def prepare(cls, platform: Platform) -> None:
        """Let the senders hear of new messages."""
        pool_of(platform)

    @classmethod
    def measure(cls, session: Session, clock: Clock) -> None:
        """How many messages are in which state."""
        measure_messages(session, clock)

    @call
    def list_messages(self, request: ListMessages, actor: Actor) -> MessageList:
        """Messages that the actor sees, newest first."""
        with self.reading() as session:
            return list_messages(session, request, actor)

    @call
    def get_failed_messages(self, request: GetFailedMessages, actor: Actor) -> FailedMessages:
        """Messages given up lately."""
        with self.reading() as session:
            return failed_messages(session, request, actor, self.clock)

    @call
    def get_message(self, request: GetMessage, actor: Actor) -> MessageView:
        """One message."""
        with self.reading() as session:
            return view_of(visible_message(session, actor, request.message_id), actor)

    @call
    def resend_message(self, request: ResendMessage, actor: Actor) -> MessageView:
        """Send a message again, as a new one."""
        with self.transaction() as session:
            return resend_message(session, request, actor, self.clock)

    @call
    def preview_message(self, request: PreviewMessage, actor: Actor) -> MessagePreview:
        """The words of a message, without sending it."""
        return preview_message(request, actor, self.settings.links_to)
