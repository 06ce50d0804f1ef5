"""Change one's own password: count the try, compare and hash outside any transaction, write."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.actor import Actor
from contracts.calls.customers import ChangeOwnPassword, PasswordChanged
from customers.domain.sign_in_refusals import SessionOver, WrongPassword
from customers.signin_tables import Login, LoginSession
from customers.usecases.count_try import forgive_try
from customers.usecases.own_session import give_new_token, own_password, own_session
from customers.usecases.set_password import require_good_password, set_password
from customers.usecases.sign_in import Candidate, Proof


@dataclass(frozen=True)
class OwnPassword:
    """Whose password is changed, and what the current one is compared with; nothing after a one-time password."""

    session_id: UUID
    login_id: UUID
    candidate: Candidate | None


def find_own_password(
    session: Session, request: ChangeOwnPassword, actor: Actor, clock: Clock
) -> OwnPassword:
    """Check the session and the new password, and count the try.

    Raises SessionOver, Forbidden for a session of somebody else, PasswordTooWeak, TooManyTries.
    """
    checked = own_session(session, request.session_token, actor, clock)
    require_good_password(request.password, checked.person)
    if (
        checked.must_change_password
    ):  # the one-time password that opened this session was the proof, and is used up
        return OwnPassword(checked.id, checked.login_id, None)
    return OwnPassword(checked.id, checked.login_id, own_password(session, checked, clock))


def change_own_password(
    session: Session, own: OwnPassword, proof: Proof, password_hash: str, clock: Clock
) -> PasswordChanged:
    """Write the password; every other session of the person ends, and this one goes on under a new token.

    Raises WrongPassword, SessionOver.
    """
    if own.candidate is not None and proof is not Proof.PASSWORD:
        raise WrongPassword("The current password is wrong.", field="current_password")
    login = session.get_one(Login, own.login_id, with_for_update=True)
    current = session.get_one(LoginSession, own.session_id, with_for_update=True)
    if login.is_closed or current.ended_at is not None:
        raise SessionOver("Your session has ended; sign in again.")
    if own.candidate is not None and login.password_hash != own.candidate.password_hash:
        raise WrongPassword("The password was changed a moment ago.", field="current_password")
    set_password(session, login, password_hash, clock, but=own.session_id)
    current.must_change_password = False
    forgive_try(session, login.username_key, "")
    return PasswordChanged(token=give_new_token(current))
