"""Sessions: sign in, sign out, who am I, passwords."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from flask import Response, g, request
from pydantic import AfterValidator, BaseModel, Field

from contracts.actor import Role
from contracts.calls.account import ConfirmEmail, RequestPasswordCode, SetPasswordByCode
from contracts.calls.customers import ChangeOwnPassword, Me, SetPasswordByLink, SignIn, SignOut
from contracts.fields import one_line
from gateway.api.resource import answer, nothing, resource
from gateway.api.shapes import Body
from gateway.auth import session_cache
from gateway.rpc import ask, ask_anonymously

sign_in = resource("sign_in", "sessions", "Signing in and out, and passwords", open_to_all=True)
sessions = resource("sessions", "sessions", "Signing in and out, and passwords")
me = resource("me", "me", "Who is signed in")

Typed = Annotated[str, Field(max_length=200), AfterValidator(one_line)]
Secret = Annotated[str, Field(max_length=200)]


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

    @classmethod
    def of(cls, answer: Me) -> Self:
        """From the call's answer."""
        return cls.model_validate(answer.model_dump())


class SessionView(BaseModel):
    """An open session; its token is shown only here."""

    token: str
    expires_at: datetime
    must_change_password: bool
    me: MeView


class SessionBody(Body):
    """What a person types to sign in."""

    username: Typed
    password: Secret


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
    """Sign in: open a session, and send its token as `Authorization: Bearer` from then on."""
    opened = ask_anonymously(
        SignIn(username=body.username, password=body.password, address=(request.remote_addr or "")[:100])
    )
    view = SessionView(
        token=opened.token,
        expires_at=opened.expires_at,
        must_change_password=opened.must_change_password,
        me=MeView.of(opened.me),
    )
    return answer(view, 201, location="/sessions/current")


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


@me.post("/me/password", responses={204: None})
def change_password(body: PasswordBody) -> Response:
    """Change your own password; your other sessions end."""
    token = g.caller.session_token
    ask(
        ChangeOwnPassword(session_token=token, current_password=body.current_password, password=body.password)
    )
    session_cache().forget_all()
    return nothing()


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
