"""Calls of the customers service about API tokens: what programs of the operator sign in with.

A token acts for the member of staff who made it: in their role and branches, and within its scopes.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.actor import Scope
from contracts.calls import Call, Done, View
from contracts.fields import Name

SERVICE = "customers"
LONGEST_DAYS = 365

SessionToken = Annotated[str, Field(max_length=200)]


class ApiTokenView(View):
    """A token that still opens something, without its secret: `prefix` is what it begins with."""

    id: UUID
    purpose: str
    prefix: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    """To the minute."""


class ApiTokenList(View):
    """Tokens, the newest first."""

    items: tuple[ApiTokenView, ...]


class ListOwnApiTokens(Call[ApiTokenList]):
    """One's own tokens."""

    session_token: SessionToken


class ApiTokenMade(View):
    """A token; `token` is shown only here."""

    token: str
    about: ApiTokenView


class MakeApiToken(Call[ApiTokenMade]):
    """Make a token for a program of one's own, with one's password, and a code where one signs in in two steps.

    Raises WrongPassword, WrongCode, TooManyApiTokens, Throttled.
    """

    session_token: SessionToken
    purpose: Name
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1, max_length=10)]
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)]
    password: Annotated[str, Field(max_length=200)]
    code: Annotated[str, Field(max_length=40)] = ""


class RevokeOwnApiToken(Call[Done]):
    """One's own token opens nothing any more. Raises NotFound."""

    session_token: SessionToken
    token_id: UUID


class RevokeApiToken(Call[Done]):
    """The token of a member of staff opens nothing any more. Raises NotFound, Forbidden."""

    staff_id: UUID
    token_id: UUID
