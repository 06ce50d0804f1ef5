"""Calls of the customers service about one's own sessions: where one is signed in, and the end of it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.calls import Call, Done, View

SERVICE = "customers"

SessionToken = Annotated[str, Field(max_length=200)]


class OwnSession(View):
    """One session: from where, as roughly as helps to recognise it ("203.0.113.*", "Firefox on Windows"), and when."""

    id: UUID
    is_current: bool
    opened_at: datetime
    last_seen_at: datetime
    """To the minute."""
    ends_at: datetime
    """At the latest; sooner when it is not used."""
    address: str
    browser: str


class OwnSessionList(View):
    """Open sessions, the one used last first."""

    items: tuple[OwnSession, ...]


class ListOwnSessions(Call[OwnSessionList]):
    """Where one is signed in; at most the hundred used last. Raises SessionOver."""

    session_token: SessionToken


class EndOwnSession(Call[Done]):
    """End one of one's own sessions, the current one too. Raises NotFound, SessionOver."""

    session_token: SessionToken
    session_id: UUID


class EndOtherSessions(Call[Done]):
    """End every session of one's own but the current one. Raises SessionOver."""

    session_token: SessionToken
