"""API tokens: what programs of yours sign in with."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from flask import Response, g
from pydantic import BaseModel, Field

from contracts.actor import Scope
from contracts.calls import api_tokens as calls
from contracts.fields import Name
from gateway.api.resource import answer, nothing, resource
from gateway.api.shapes import Body, Parameters
from gateway.auth import session_cache
from gateway.rpc import ask

api = resource("api_tokens", "me", "Who is signed in")
of_staff = resource("api_tokens_of_staff", "staff", "Staff with their roles and branches")


class TokenPath(Parameters):
    """Which token."""

    token_id: UUID


class StaffTokenPath(Parameters):
    """Whose token, and which."""

    staff_id: UUID
    token_id: UUID


class ApiTokenView(BaseModel):
    """A token without its secret; `prefix` is what it begins with. `last_used_at` to the minute."""

    id: UUID
    purpose: str
    prefix: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class ApiTokenList(BaseModel):
    """Your tokens that open something, the newest first."""

    items: list[ApiTokenView]


class ApiTokenMadeView(BaseModel):
    """A new token: send it as `Authorization: Bearer hdt_...`. It is shown only here."""

    token: str
    about: ApiTokenView


class ApiTokenBody(Body):
    """A token to make. `code` is needed where you sign in in two steps."""

    purpose: Name
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=10)]
    days: Annotated[int, Field(ge=1, le=calls.LONGEST_DAYS)]
    password: Annotated[str, Field(max_length=200)]
    code: Annotated[str, Field(max_length=40)] = ""


@api.get("/me/api-tokens", responses={200: ApiTokenList})
def list_tokens() -> Response:
    """Your tokens."""
    found = ask(calls.ListOwnApiTokens(session_token=g.caller.session_token))
    return answer(ApiTokenList.model_validate(found.model_dump()))


@api.post("/me/api-tokens", responses={201: ApiTokenMadeView})
def make_token(body: ApiTokenBody) -> Response:
    """Make a token for a program; it acts for you, within its scopes, and never does more than you may."""
    made = ask(calls.MakeApiToken(session_token=g.caller.session_token, **body.given()))
    return answer(ApiTokenMadeView.model_validate(made.model_dump()), 201)


@api.delete("/me/api-tokens/<uuid:token_id>", responses={204: None})
def revoke_token(path: TokenPath) -> Response:
    """Revoke one of your tokens."""
    ask(calls.RevokeOwnApiToken(session_token=g.caller.session_token, token_id=path.token_id))
    session_cache().forget_all()
    return nothing()


@of_staff.delete("/staff/<uuid:staff_id>/api-tokens/<uuid:token_id>", responses={204: None})
def revoke_token_of_staff(path: StaffTokenPath) -> Response:
    """Revoke a token of a member of staff."""
    ask(calls.RevokeApiToken(staff_id=path.staff_id, token_id=path.token_id))
    session_cache().forget_all()
    return nothing()
