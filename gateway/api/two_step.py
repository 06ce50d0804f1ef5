"""Two-step sign-in: one's own, that of staff, and who must."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from flask import Response, g
from pydantic import BaseModel, Field

from contracts.actor import Role
from contracts.calls import two_step as calls
from gateway.api.api_tokens import ApiTokenView
from gateway.api.resource import answer, nothing, resource
from gateway.api.sessions import Code, Secret
from gateway.api.shapes import Body
from gateway.api.staff import StaffPath
from gateway.auth import session_cache
from gateway.rpc import ask

api = resource("two_step", "me", "Who is signed in")
of_staff = resource("two_step_of_staff", "staff", "Staff with their roles and branches")


class TwoStepView(BaseModel):
    """Your two-step sign-in. `since` null: it is off. `required`: your role may do nothing without it."""

    since: datetime | None
    required: bool
    recovery_codes_left: int
    being_set_up: bool


class TwoStepSecretView(BaseModel):
    """What an authenticator app is given; nothing changes before it is confirmed with a code."""

    secret: str
    uri: str


class RecoveryCodesView(BaseModel):
    """Ten codes that stand in for the app once each, shown only here.

    `token`: your session goes on under this one, if it is not null; the one before is worthless.
    """

    codes: list[str]
    token: str | None


class BeginBody(Body):
    """Your password."""

    password: Secret


class CodeBody(Body):
    """A code from the app."""

    code: Code


class ProofBody(Body):
    """Your password, and a code from the app or a recovery code."""

    password: Secret
    code: Code


class PolicyView(BaseModel):
    """The roles whose people may do nothing before they have set two-step sign-in up."""

    roles: list[Role]

    @classmethod
    def of(cls, policy: calls.TwoStepPolicy) -> Self:
        """From the call's answer."""
        return cls(roles=list(policy.roles))


class PolicyBody(Body):
    """The roles that must sign in in two steps; it holds at once."""

    roles: Annotated[tuple[Role, ...], Field(max_length=10)]


class SignInHistoryView(BaseModel):
    """Something that happened to somebody's ways of signing in."""

    at: datetime
    change: calls.SignInChange
    by_name: str
    detail: str


class StaffSignInView(BaseModel):
    """How a member of staff signs in; history newest first, the last fifty."""

    staff_id: UUID
    two_step_since: datetime | None
    two_step_required: bool
    api_tokens: list[ApiTokenView]
    history: list[SignInHistoryView]


@api.get("/me/two-step", responses={200: TwoStepView})
def show() -> Response:
    """How it stands with your two-step sign-in."""
    found = ask(calls.GetTwoStep(session_token=g.caller.session_token))
    return answer(TwoStepView.model_validate(found.model_dump()))


@api.post("/me/two-step", responses={201: TwoStepSecretView})
def begin(body: BeginBody) -> Response:
    """Make a secret for your app; confirm it with a code within half an hour."""
    made = ask(calls.BeginTwoStep(session_token=g.caller.session_token, password=body.password))
    return answer(TwoStepSecretView.model_validate(made.model_dump()), 201, location="/me/two-step/secret")


@api.get("/me/two-step/secret", responses={200: TwoStepSecretView})
def show_secret() -> Response:
    """The secret that waits for its first code."""
    found = ask(calls.GetTwoStepSecret(session_token=g.caller.session_token))
    return answer(TwoStepSecretView.model_validate(found.model_dump()))


@api.post("/me/two-step/confirmation", responses={200: RecoveryCodesView})
def confirm(body: CodeBody) -> Response:
    """Turn two-step sign-in on with a code from the app; your other sessions end."""
    made = ask(calls.ConfirmTwoStep(session_token=g.caller.session_token, code=body.code))
    session_cache().forget_all()
    return answer(RecoveryCodesView(codes=list(made.codes), token=made.token))


@api.post("/me/two-step/recovery-codes", responses={200: RecoveryCodesView})
def renew_codes(body: ProofBody) -> Response:
    """Ten new recovery codes; those of before are worthless."""
    asked = calls.RenewRecoveryCodes(
        session_token=g.caller.session_token, password=body.password, code=body.code
    )
    made = ask(asked)
    return answer(RecoveryCodesView(codes=list(made.codes), token=made.token))


@api.post("/me/two-step/removal", responses={204: None})
def remove(body: ProofBody) -> Response:
    """Turn two-step sign-in off."""
    ask(calls.EndTwoStep(session_token=g.caller.session_token, password=body.password, code=body.code))
    session_cache().forget_all()
    return nothing()


@of_staff.get("/staff/<uuid:staff_id>/sign-in", responses={200: StaffSignInView})
def show_sign_in(path: StaffPath) -> Response:
    """How a member of staff signs in, and what happened to it."""
    found = ask(calls.GetStaffSignIn(staff_id=path.staff_id))
    return answer(StaffSignInView.model_validate(found.model_dump()))


@of_staff.delete("/staff/<uuid:staff_id>/two-step", responses={204: None})
def reset(path: StaffPath) -> Response:
    """Turn off the two-step sign-in of a member of staff who lost app and recovery codes; they are signed out."""
    ask(calls.ResetTwoStep(staff_id=path.staff_id))
    session_cache().forget_all()
    return nothing()


@of_staff.get("/two-step-policy", responses={200: PolicyView})
def show_policy() -> Response:
    """Which roles must sign in in two steps."""
    return answer(PolicyView.of(ask(calls.GetTwoStepPolicy())))


@of_staff.put("/two-step-policy", responses={200: PolicyView})
def change_policy(body: PolicyBody) -> Response:
    """Say which roles must sign in in two steps."""
    policy = ask(calls.ChangeTwoStepPolicy(roles=body.roles))
    session_cache().forget_all()
    return answer(PolicyView.of(policy))
