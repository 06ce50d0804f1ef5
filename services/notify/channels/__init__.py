"""Ways by which a mail leaves the house, and what can come of it."""

from typing import Protocol

from notify.mail import Envelope


class ChannelAway(Exception):
    """The mail server cannot be used now: away, refusing us, or without the security asked for. Nothing was sent."""


class RefusedForNow(Exception):
    """This message was not taken and may be later (4xx, or a loss before the last dot)."""


class RefusedForGood(Exception):
    """This message will never be taken (5xx)."""


class OutcomeUnknown(Exception):
    """The connection was lost after the last dot: the mail server may have taken the message."""


class Channel(Protocol):
    """One sender's way out. It keeps a connection between messages; `close` ends it."""

    safe_to_repeat: bool
    """Whether sending the same message twice leaves one."""

    def ready(self) -> None:
        """Be connected. Called before a message counts as being sent. Raises ChannelAway."""

    def send(self, envelope: Envelope) -> None:
        """Hand one mail over. Raises RefusedForNow, RefusedForGood, OutcomeUnknown; anything else is a fault of ours
        from before the last dot.
        """

    def close(self) -> None:
        """End the connection politely, if there is one."""

    def rest(self) -> None:
        """Nothing is to be sent right now."""
