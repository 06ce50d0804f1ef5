"""What a message can be, and how urgent it is (DESIGN, 3)."""

from enum import IntEnum, StrEnum


class State(StrEnum):
    """A message goes queued -> sending -> sent | retry | failed | unknown.

    `sending` is committed before the first word of the dialogue that may end in a mail. `unknown` is a loss between the
    last dot and the answer: the mail server may have taken it, so it is sent once more with the same Message-ID.
    """

    QUEUED = "queued"
    SENDING = "sending"
    RETRY = "retry"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


WAITING = (State.QUEUED, State.RETRY, State.UNKNOWN)
"""States in which a message with a next attempt will be sent."""


class Priority(IntEnum):
    """Who is served first when the limit per minute is short."""

    SOMEBODY_WAITS = 0
    BULK = 1
