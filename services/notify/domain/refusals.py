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


class NotRepeated(RuleBroken):
    """Messages of this kind prove who reads an address; nobody sends them again for somebody else."""

    code = "not_repeated"


class NoSuchLetter(NotFound):
    """There is no e-mail of that kind, or not in that language."""

    code = "no_such_letter"


class PlaceholderUnknown(RuleBroken):
    """The letter offers no such placeholder."""

    code = "placeholder_unknown"


class PlaceholderMissing(RuleBroken):
    """What the e-mail is sent for is not in it."""

    code = "placeholder_missing"


class PlaceholderMisplaced(RuleBroken):
    """A list among words, or a list or a secret in the subject."""

    code = "placeholder_misplaced"


class BraceAlone(RuleBroken):
    """A brace that belongs to no placeholder."""

    code = "brace_alone"


class WordsChangedMeanwhile(Conflict):
    """Somebody else has changed the words since they were read."""

    code = "words_changed_meanwhile"


class TooManyTests(Throttled):
    """One test mail at a time."""

    code = "too_many_tests"


class BadSender(RuleBroken):
    """The address that mails come from, or the one they would go to, is none."""

    code = "bad_sender"


class NoPreview(RuleBroken):
    """There is no such message, or it carries a secret that nobody but its reader may see."""

    code = "no_preview"
