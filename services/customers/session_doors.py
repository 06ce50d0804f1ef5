"""The doors about one's own sessions; calls are in contracts/calls/own_sessions.py."""

from chassis.service import Service, call
from contracts.actor import Actor
from contracts.calls import Done
from contracts.calls import own_sessions as calls
from customers.own_sessions import list_own_sessions
from customers.usecases.end_own_sessions import end_other_sessions, end_own_session
from customers.usecases.own_session import own_session


class SessionDoors(Service):
    """Where one is signed in."""

    @call
    def list_own_sessions(self, request: calls.ListOwnSessions, actor: Actor) -> calls.OwnSessionList:
        """Where one is signed in."""
        with self.reading() as session:
            own = own_session(session, request.session_token, actor, self.clock)
            return list_own_sessions(session, own, self.clock)

    @call
    def end_own_session(self, request: calls.EndOwnSession, actor: Actor) -> Done:
        """End one of them."""
        with self.transaction() as session:
            own = own_session(session, request.session_token, actor, self.clock)
            return end_own_session(session, own, request, self.clock)

    @call
    def end_other_sessions(self, request: calls.EndOtherSessions, actor: Actor) -> Done:
        """End all others."""
        with self.transaction() as session:
            own = own_session(session, request.session_token, actor, self.clock)
            return end_other_sessions(session, own, self.clock)
