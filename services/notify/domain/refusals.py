"""What notify says instead of an answer."""

from contracts.errors import Conflict, Invalid, NotFound, RuleBroken, Throttled


class NoSuchMessage(NotFound):
    """Unknown, or about a customer of a hidden branch."""

    code = "no_such_message"


class WrongCursor(Invalid):
    """The cursor is not one that a list gave."""

    code = "wrong_cursor"


class MessageUnderWay(Conflict):
    """The message, or its repetition, is still to be sent."""

    code = "message_under_way"


class SecretExpired(RuleBroken):
    """The password or link inside is too old to be of use."""

    code = "secret_expired"


class NoAddress(RuleBroken):
    """There is no e-mail address to send to."""

    code = "no_address"


class TooManyRepetitions(Throttled):
    """One address gets only so many repeated messages an hour (TRUST, check 6)."""

    code = "too_many_repetitions"


class NoPreview(RuleBroken):
    """There is no such message, or it carries a secret that nobody but its reader may see."""

    code = "no_preview"
