"""Why signing in, a password, a code or a token is refused, each with its stable code."""

from contracts.errors import Conflict, RuleBroken, Throttled, Unauthenticated


class SignInRefused(Unauthenticated):
    """Unknown username, wrong password, or a login that is closed: nobody is told which."""

    code = "sign_in_refused"


class TooManyTries(Throttled):
    """Too many wrong passwords for this account or from this address."""

    code = "too_many_tries"


class SessionOver(Unauthenticated):
    """There is no such session, or it ended."""

    code = "session_over"


class CodeNeeded(Unauthenticated):
    """The password was given, and the code of the second step is due."""

    code = "code_needed"


class TooManyRequests(Throttled):
    """A person, program or address has asked as often as one may in a minute."""

    code = "too_many_requests"


class LinkExpired(RuleBroken):
    """A one-time link that was used, is too old, or never was one."""

    code = "link_expired"


class CodeRefused(RuleBroken):
    """A code that is wrong, used, too old or tried too often, or a name that nobody has: nobody is told which."""

    code = "code_refused"


class PasswordTooWeak(RuleBroken):
    """The password would be guessed."""

    code = "password_too_weak"


class WrongPassword(RuleBroken):
    """The current password, asked for again, is another one."""

    code = "wrong_password"


class WrongCode(RuleBroken):
    """The code of the second step is wrong, used already, or of another time."""

    code = "wrong_code"


class TwoStepLocked(RuleBroken):
    """So many codes in a row were wrong that the password counts as known to somebody else."""

    code = "two_step_locked"


class TwoStepIsOff(Conflict):
    """Two-step sign-in is off, so there is nothing to turn off, renew or reset."""

    code = "two_step_is_off"


class TwoStepAlreadyOn(Conflict):
    """Two-step sign-in is on; a new secret needs the one before to be turned off."""

    code = "two_step_already_on"


class NoTwoStepBegun(Conflict):
    """No secret waits for its first code."""

    code = "no_two_step_begun"


class TooManyApiTokens(RuleBroken):
    """The person has as many tokens as one may have."""

    code = "too_many_api_tokens"
