"""Make an API token for a program of one's own."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.field_keys import FieldKeys
from contracts.actor import Scope
from contracts.calls.api_tokens import ApiTokenMade, MakeApiToken
from contracts.calls.two_step import SignInChange
from customers.api_token_table import ApiToken
from customers.api_tokens import api_token_view, good_tokens
from customers.domain.api_tokens import MOST, new_api_token, prefix
from customers.domain.sign_in_refusals import TooManyApiTokens
from customers.domain.tokens import fingerprint
from customers.signin_tables import Login
from customers.two_step_policy import has_two_step
from customers.usecases.check_session import CheckedSession
from customers.usecases.count_try import forgive_try
from customers.usecases.note_sign_in import note_sign_in
from customers.usecases.sign_in import Candidate, Proof, require_password
from customers.usecases.try_second_step import try_second_step


def make_api_token(
    session: Session, checked: CheckedSession, request: MakeApiToken, own: Candidate, proof: Proof,
    keys: FieldKeys, clock: Clock,
) -> ApiTokenMade | None:  # fmt: skip
    """The token, told this once. None for a wrong code, to be committed. Raises WrongPassword, TooManyApiTokens, ..."""
    login = session.get_one(Login, checked.login_id)
    require_password(login, own, proof)
    if has_two_step(session, login.id) and not try_second_step(session, login, request.code, "", keys, clock):
        return None
    session.refresh(login, with_for_update=True)
    forgive_try(session, login.username_key, "")
    now, token = clock.now(), new_api_token()
    held = session.scalar(select(func.count()).where(good_tokens(login.id, now)))
    if held is not None and held >= MOST:
        raise TooManyApiTokens(f"You have {held} tokens; revoke one that is not needed any more.")
    made = ApiToken(
        id=uuid4(), login_id=login.id, purpose=request.purpose, prefix=prefix(token), token_hash=fingerprint(token),
        scopes=[scope.value for scope in Scope if scope in request.scopes], created_at=now,
        expires_at=now + timedelta(days=request.days),
    )  # fmt: skip
    session.add(made)
    note_sign_in(session, login.id, SignInChange.API_TOKEN_MADE, checked.person.actor(), now, request.purpose)
    return ApiTokenMade(token=token, about=api_token_view(made))
