"""Calls of the customers service about two-step sign-in of staff: a password, then a code from an app (RFC 6238).

Who changes their own says by `session_token` which session is theirs; an API token has none, so it changes nothing.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.actor import Role
from contracts.calls import Call, Done, View
from contracts.calls.api_tokens import ApiTokenView
from contracts.calls.customers import SessionOpened

SERVICE = "customers"

SessionToken = Annotated[str, Field(max_length=200)]
TypedPassword = Annotated[str, Field(max_length=200)]
TypedCode = Annotated[str, Field(max_length=40)]
"""Six digits from the app, or a recovery code; blanks and dashes do not matter."""


class CompleteSignIn(Call[SessionOpened]):
    """The second step: exchange the token of a sign-in that needs a code, and the code, for a session.

    Open to everybody. Raises WrongCode, Throttled (five wrong ones), TwoStepLocked, SessionOver (ten minutes are over).
    """

    token: SessionToken
    code: TypedCode
    address: Annotated[str, Field(max_length=100)] = ""
    """The caller's network address, for throttling."""
    user_agent: Annotated[str, Field(max_length=400)] = ""


class TwoStepView(View):
    """One's own two-step sign-in. `since` is None while it is off; `required`: the role may do nothing without it."""

    since: datetime | None
    required: bool
    recovery_codes_left: int
    being_set_up: bool
    """A secret was made and waits for its first code."""


class GetTwoStep(Call[TwoStepView]):
    """How it stands with one's own two-step sign-in."""

    session_token: SessionToken


class TwoStepSecret(View):
    """What an authenticator app is given: the secret in base32, and the same as an otpauth:// address for a QR code."""

    secret: str
    uri: str


class BeginTwoStep(Call[TwoStepSecret]):
    """Make a secret; nothing changes until it is confirmed, within half an hour.

    Raises WrongPassword, TwoStepAlreadyOn, Throttled.
    """

    session_token: SessionToken
    password: TypedPassword


class GetTwoStepSecret(Call[TwoStepSecret]):
    """The secret that waits for its first code. Raises NoTwoStepBegun."""

    session_token: SessionToken


class RecoveryCodes(View):
    """Ten codes that stand in for the app once each; shown only here. `token` is the session's new token, if it has
    one: the one before is worthless then.
    """

    codes: tuple[str, ...]
    token: str | None = None


class ConfirmTwoStep(Call[RecoveryCodes]):
    """Turn two-step sign-in on with a code from the app; other sessions end. Raises WrongCode, NoTwoStepBegun, ..."""

    session_token: SessionToken
    code: TypedCode


class RenewRecoveryCodes(Call[RecoveryCodes]):
    """Make ten new recovery codes; those of before are worthless. Raises WrongPassword, WrongCode, TwoStepIsOff, ..."""

    session_token: SessionToken
    password: TypedPassword
    code: TypedCode


class EndTwoStep(Call[Done]):
    """Turn one's own two-step sign-in off. Raises WrongPassword, WrongCode, TwoStepIsOff, Throttled."""

    session_token: SessionToken
    password: TypedPassword
    code: TypedCode


class ResetTwoStep(Call[Done]):
    """Turn off that of a member of staff who lost app and codes; their sessions end. Raises TwoStepIsOff, NotFound."""

    staff_id: UUID


class TwoStepPolicy(View):
    """The roles whose people may do nothing before they have set up two-step sign-in."""

    roles: tuple[Role, ...]


class GetTwoStepPolicy(Call[TwoStepPolicy]):
    """Which roles must sign in in two steps."""


class ChangeTwoStepPolicy(Call[TwoStepPolicy]):
    """Say which roles must sign in in two steps (operator admin); it holds at once. Raises NotAStaffRole."""

    roles: Annotated[tuple[Role, ...], Field(max_length=10)]


class SignInChange(StrEnum):
    """What happened to somebody's ways of signing in."""

    TWO_STEP_ON = "two_step_on"
    TWO_STEP_OFF = "two_step_off"
    TWO_STEP_RESET = "two_step_reset"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed"
    SESSIONS_ENDED = "sessions_ended"
    API_TOKEN_MADE = "api_token_made"  # noqa: S105 - the name of a change, no token
    API_TOKEN_REVOKED = "api_token_revoked"  # noqa: S105 - the name of a change, no token


class SignInHistoryView(View):
    """One entry of it; `detail` names what it was about, where there are several."""

    at: datetime
    change: SignInChange
    by_name: str
    detail: str = ""


class StaffSignInView(View):
    """How a member of staff signs in, for those who manage them; history newest first, the last fifty."""

    staff_id: UUID
    two_step_since: datetime | None
    two_step_required: bool
    api_tokens: tuple[ApiTokenView, ...] = ()
    history: tuple[SignInHistoryView, ...]


class GetStaffSignIn(Call[StaffSignInView]):
    """How a member of staff signs in. Raises NotFound, Forbidden."""

    staff_id: UUID
