"""Sessions: sign in, sign out, who am I, passwords."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from flask import Response, g, request
from pydantic import AfterValidator, BaseModel, Field

from contracts.actor import Role, Scope
from contracts.calls.account import ConfirmEmail, RequestPasswordCode, SetPasswordByCode
from contracts.calls.customers import (
    ChangeOwnPassword,
    Me,
    SessionOpened,
    SetPasswordByLink,
    SignIn,
    SignOut,
)
from contracts.calls.two_step import CompleteSignIn
from contracts.fields import one_line
from gateway.api.resource import answer, nothing, resource
from gateway.api.shapes import Body
from gateway.auth import session_cache, whereabouts
from gateway.rpc import ask, ask_anonymously

sign_in = resource("sign_in", "sessions", "Signing in and out, and passwords", open_to_all=True)
sessions = resource("sessions", "sessions", "Signing in and out, and passwords")
me = resource("me", "me", "Who is signed in")

Typed = Annotated[str, Field(max_length=200), AfterValidator(one_line)]
Secret = Annotated[str, Field(max_length=200)]
Code = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(one_line)]


class MeView(BaseModel):
    """Who is signed in. `branch_ids` null means every branch."""

    subject: str
    username: str
    name: str
    role: Role
    branch_ids: list[UUID] | None
    customer_id: UUID | None
    locale: str
    must_change_password: bool
    must_set_up_two_step: bool
    scopes: list[Scope] | None
    """Of the API token that asks; null: the person themself."""

    @classmethod
    def of(cls, answer: Me) -> Self:
        """From the call's answer."""
        return cls.model_validate(answer.model_dump())


class SessionView(BaseModel):
    """An open session; its token is shown only here.

    With `needs_code` it is half of one: its token is good for POST /sessions/second-step alone, for ten minutes.
    """

    token: str
    expires_at: datetime
    must_change_password: bool
    needs_code: bool
    me: MeView

    @classmethod
    def of(cls, opened: SessionOpened) -> Self:
        """From the call's answer."""
        return cls.model_validate(opened.model_dump())


class SessionBody(Body):
    """What a person types to sign in."""

    username: Typed
    password: Secret


class SecondStepBody(Body):
    """The token of a sign-in that needs a code, and the code: from the app, or one of the recovery codes."""

    token: Typed
    code: Code


class PasswordLinkBody(Body):
    """The token of a one-time link, and the password to set with it."""

    token: Typed
    password: Secret


class PasswordResetBody(Body):
    """The username or CRF number of who forgot their password."""

    username: Typed


class PasswordResetView(BaseModel):
    """A code is mailed, if the name is known and has an e-mail address; which is not told."""

    state: Literal["asked_for"] = "asked_for"


class PasswordChangedView(BaseModel):
    """The session's new token; the one before is worthless."""

    token: str


class EmailLinkBody(Body):
    """The token of a link that was sent to a new e-mail address."""

    token: Typed


class PasswordCodeBody(Body):
    """The name as in the request, the code from the e-mail, and the password to set with it."""

    username: Typed
    code: Annotated[str, Field(max_length=20), AfterValidator(one_line)]
    password: Secret


class PasswordBody(Body):
    """The password as it is, and as it shall be."""

    current_password: Secret
    password: Secret


@sign_in.post("/sessions", responses={201: SessionView})
def open_session(body: SessionBody) -> Response:
    """Sign in: open a session, and send its token as `Authorization: Bearer` from then on.

    Where the answer says `needs_code`, the person signs in in two steps: go on with POST /sessions/second-step.
    """
    opened = ask_anonymously(SignIn(username=body.username, password=body.password, **whereabouts()))
    return answer(SessionView.of(opened), 201, location="/sessions/current")


@sign_in.post("/sessions/second-step", responses={201: SessionView})
def complete_session(body: SecondStepBody) -> Response:
    """The second step of signing in: a code for a session under a token of its own; five tries, then waiting."""
    opened = ask_anonymously(CompleteSignIn(token=body.token, code=body.code, **whereabouts()))
    return answer(SessionView.of(opened), 201, location="/sessions/current")


@sessions.delete("/sessions/current", responses={204: None})
def close_session() -> Response:
    """Sign out: the token is worthless from now on."""
    # Forgotten here first: even when customers is away, this process does not serve the token again from memory.
    session_cache().forget(g.caller.session_token)
    ask(SignOut(token=g.caller.session_token))
    session_cache().forget(g.caller.session_token)
    return nothing()


@me.get("/me", responses={200: MeView})
def show_me() -> Response:
    """Who is signed in."""
    return answer(MeView.of(g.caller.me))


@me.post("/me/password", responses={200: PasswordChangedView})
def change_password(body: PasswordBody) -> Response:
    """Change your own password; your other sessions end, and this one goes on under the token that is answered."""
    token = g.caller.session_token
    changed = ask(
        ChangeOwnPassword(session_token=token, current_password=body.current_password, password=body.password)
    )
    session_cache().forget_all()
    return answer(PasswordChangedView(token=changed.token or token))


@sign_in.post("/password-links", responses={204: None})
def use_password_link(body: PasswordLinkBody) -> Response:
    """Set a password with the token of a one-time link from an e-mail."""
    ask_anonymously(SetPasswordByLink(link_token=body.token, password=body.password))
    session_cache().forget_all()
    return nothing()


@sign_in.post("/password-resets", responses={202: PasswordResetView})
def request_password_code(body: PasswordResetBody) -> Response:
    """Have a code mailed that sets a new password; the answer is the same whether the name is known or not."""
    ask_anonymously(RequestPasswordCode(username=body.username, address=(request.remote_addr or "")[:100]))
    return answer(PasswordResetView(), 202)


@sign_in.post("/password-resets/code", responses={204: None})
def use_password_code(body: PasswordCodeBody) -> Response:
    """Set a password with the code from an e-mail; the person is signed out everywhere."""
    address = (request.remote_addr or "")[:100]
    ask_anonymously(
        SetPasswordByCode(username=body.username, code=body.code, password=body.password, address=address)
    )
    session_cache().forget_all()
    return nothing()


@sign_in.post("/email-confirmations", responses={204: None})
def confirm_email(body: EmailLinkBody) -> Response:
    """Write to a new e-mail address from now on, with the token of the link that was sent there."""
    ask_anonymously(ConfirmEmail(link_token=body.token))
    return nothing()
