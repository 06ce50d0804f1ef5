"""Your own sessions: where you are signed in, and the end of it."""

from datetime import datetime
from uuid import UUID

from flask import Response, g
from pydantic import BaseModel

from contracts.calls.own_sessions import EndOtherSessions, EndOwnSession, ListOwnSessions
from gateway.api.resource import answer, nothing, resource
from gateway.api.shapes import Parameters
from gateway.auth import session_cache
from gateway.rpc import ask

api = resource("own_sessions", "me", "Who is signed in")


class SessionPath(Parameters):
    """Which session."""

    session_id: UUID


class OwnSessionView(BaseModel):
    """One session; address and browser only as roughly as helps to recognise it. `last_seen_at` to the minute."""

    id: UUID
    is_current: bool
    opened_at: datetime
    last_seen_at: datetime
    ends_at: datetime
    address: str
    browser: str


class OwnSessionList(BaseModel):
    """Your open sessions, the one used last first."""

    items: list[OwnSessionView]


@api.get("/me/sessions", responses={200: OwnSessionList})
def list_sessions() -> Response:
    """Where you are signed in."""
    found = ask(ListOwnSessions(session_token=g.caller.session_token))
    return answer(OwnSessionList.model_validate(found.model_dump()))


@api.delete("/me/sessions/<uuid:session_id>", responses={204: None})
def end_session(path: SessionPath) -> Response:
    """End one of your sessions."""
    ask(EndOwnSession(session_token=g.caller.session_token, session_id=path.session_id))
    session_cache().forget_all()
    return nothing()


@api.delete("/me/sessions", responses={204: None})
def end_others() -> Response:
    """End all your sessions but the one that asks."""
    ask(EndOtherSessions(session_token=g.caller.session_token))
    session_cache().forget_all()
    return nothing()
