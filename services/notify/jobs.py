"""What runs by itself: the senders, the prolonging of their leases, and tidying up."""

from collections.abc import Callable

from chassis.jobs import Job
from chassis.platform import Platform
from notify.sender import sender_of, tokens_in_hand
from notify.usecases.claim_messages import hold_messages
from notify.usecases.queue_message import SEND
from notify.usecases.tidy import forget_attachments, forget_secrets

SENDERS = 4
"""Senders of one process, each with a connection of its own."""


def _sending(number: int) -> Callable[[Platform], bool]:
    def send(platform: Platform) -> bool:
        return sender_of(platform, number).step()

    return send


def hold(platform: Platform) -> bool:
    """Prolong the leases of this process's senders, so that only a dead one loses its messages."""
    tokens = tokens_in_hand(platform)
    if tokens:
        with platform.database.transaction() as session:
            hold_messages(session, tokens, platform.clock)
    return False


def tidy(platform: Platform) -> bool:
    """Forget expired secrets and old attachments."""
    with platform.database.transaction() as session:
        secrets = forget_secrets(session, platform.clock)
    with platform.database.transaction() as session:
        attachments = forget_attachments(session, platform.clock)
    return secrets or attachments


JOBS = (
    *(
        Job(f"sender-{number}", every=1.0, run=_sending(number), signal=SEND)
        for number in range(1, SENDERS + 1)
    ),
    Job("mail-leases", every=8.0, run=hold),
    Job("mail-tidy", every=3600.0, run=tidy),
)
