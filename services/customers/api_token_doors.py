"""The doors about API tokens; calls are in contracts/calls/api_tokens.py."""

from chassis.service import call
from contracts.actor import Actor
from contracts.calls import Done
from contracts.calls import api_tokens as calls
from customers.api_tokens import list_api_tokens
from customers.two_step_doors import TwoStepDoors, right
from customers.usecases.make_api_token import make_api_token
from customers.usecases.own_session import own_staff_session
from customers.usecases.revoke_api_tokens import revoke_api_token, revoke_own_api_token


class ApiTokenDoors(TwoStepDoors):
    """What programs sign in with. Making one is proven like a change of two-step sign-in."""

    @call
    def list_own_api_tokens(self, request: calls.ListOwnApiTokens, actor: Actor) -> calls.ApiTokenList:
        """One's own."""
        with self.reading() as session:
            own = own_staff_session(session, request.session_token, actor, self.clock)
            return list_api_tokens(session, own.login_id, self.clock.now())

    @call
    def make_api_token(self, request: calls.MakeApiToken, actor: Actor) -> calls.ApiTokenMade:
        """Make one."""
        checked, own, proof = self.proven(request.session_token, request.password, actor)
        with self.transaction() as session:
            made = make_api_token(session, checked, request, own, proof, self.platform.field_keys, self.clock)
        return right(made)

    @call
    def revoke_own_api_token(self, request: calls.RevokeOwnApiToken, actor: Actor) -> Done:
        """Revoke one's own."""
        with self.transaction() as session:
            own = own_staff_session(session, request.session_token, actor, self.clock)
            return revoke_own_api_token(session, own, request, self.clock)

    @call
    def revoke_api_token(self, request: calls.RevokeApiToken, actor: Actor) -> Done:
        """Revoke that of a member of staff."""
        with self.transaction() as session:
            return revoke_api_token(session, request, actor, self.clock)
