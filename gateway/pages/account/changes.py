"""What happened to somebody's ways of signing in, in words; and long codes in groups that can be typed."""

from flask_babel import gettext, ngettext

from contracts.calls.two_step import SignInChange, SignInHistoryView


def change_text(one: SignInHistoryView) -> str:
    """One entry of the history, in the page's language."""
    if one.change is SignInChange.RECOVERY_CODE_USED:
        left = int(one.detail) if one.detail.isdecimal() else 0
        return str(
            ngettext(
                "signed in with a recovery code, %(num)d is left",
                "signed in with a recovery code, %(num)d are left",
                left,
            )
        )
    texts: dict[SignInChange, str] = {
        SignInChange.TWO_STEP_ON: gettext("two-step sign-in turned on"),
        SignInChange.TWO_STEP_OFF: gettext("two-step sign-in turned off"),
        SignInChange.TWO_STEP_RESET: gettext("two-step sign-in reset"),
        SignInChange.RECOVERY_CODES_RENEWED: gettext("new recovery codes made"),
        SignInChange.SESSIONS_ENDED: gettext("signed out everywhere"),
        SignInChange.API_TOKEN_MADE: gettext("API token “%(purpose)s” made", purpose=one.detail),
        SignInChange.API_TOKEN_REVOKED: gettext("API token “%(purpose)s” revoked", purpose=one.detail),
    }
    return texts[one.change]


def in_fours(text: str) -> str:
    """A long code in groups of four."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
