"""Sign in: count the try and find the login; compare the password outside any transaction; open a session."""

from dataclasses import dataclass
from enum import Enum
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.calls.customers import SessionOpened, SignIn
from customers.domain.sign_in_refusals import SignInRefused, WrongPassword
from customers.domain.tokens import password_fingerprint
from customers.domain.two_step import HALF_LIFE
from customers.domain.usernames import username_key
from customers.hashing import matches
from customers.people import person_of
from customers.signin_tables import Login
from customers.two_step_policy import has_two_step
from customers.usecases.count_try import count_try, forgive_try
from customers.usecases.open_session import open_session


@dataclass(frozen=True)
class Candidate:
    """What a password is compared with. All empty for a username that nobody has."""

    login_id: UUID | None = None
    password_hash: str | None = None
    one_time_hash: str | None = None


class Proof(Enum):
    """What the password turned out to be."""

    WRONG = "wrong"
    PASSWORD = "password"  # noqa: S105  # the kind of proof, no secret
    ONE_TIME = "one_time"


def find_candidate(session: Session, request: SignIn, clock: Clock) -> Candidate:
    """Count the try and find what the password is compared with. Raises TooManyTries."""
    now, key = clock.now(), username_key(request.username)
    count_try(session, key, request.address, now)
    login = session.scalars(select(Login).where(Login.username_key == key)).one_or_none()
    if login is None or login.is_closed:
        return Candidate()
    fresh = login.one_time_expires_at is not None and now < login.one_time_expires_at
    return Candidate(login.id, login.password_hash, login.one_time_hash if fresh else None)


def prove(candidate: Candidate, password: str) -> Proof:
    """Compare the password; takes as long whether the username is known or not. Runs outside any transaction."""
    if matches(candidate.password_hash, password):
        return Proof.PASSWORD
    if compare_digest(candidate.one_time_hash or "", password_fingerprint(password)):
        return Proof.ONE_TIME
    return Proof.WRONG


def sign_in(
    session: Session, candidate: Candidate, proof: Proof, request: SignIn, clock: Clock
) -> SessionOpened:
    """Open a session, or half of one where a code is due. A one-time password opens one session, which may only set a
    password. Raises SignInRefused.
    """
    login = _login(session, candidate, proof)
    person = person_of(session, login)
    if not person.is_served:
        raise _refused()
    forgive_try(session, login.username_key, request.address)
    half = HALF_LIFE if has_two_step(session, login.id) else None
    once = proof is Proof.ONE_TIME
    return open_session(session, login, person, request, clock, must_change_password=once, half=half)


def require_password(login: Login, own: Candidate, proof: Proof) -> None:
    """Raises WrongPassword unless the person's password, asked for again, is theirs and still the same."""
    if proof is not Proof.PASSWORD or login.password_hash != own.password_hash:
        raise WrongPassword("The password is wrong.", field="password")


def _login(session: Session, candidate: Candidate, proof: Proof) -> Login:
    """The login, locked and still as the password was compared with it; the one-time password is used up."""
    if proof is Proof.WRONG or candidate.login_id is None:
        raise _refused()
    login = session.get(Login, candidate.login_id, with_for_update=True)
    if login is None or login.is_closed:
        raise _refused()
    if proof is Proof.PASSWORD and login.password_hash != candidate.password_hash:
        raise _refused()
    if proof is Proof.ONE_TIME:
        used = session.execute(
            update(Login)
            .where(Login.id == login.id, Login.one_time_hash == candidate.one_time_hash)
            .values(one_time_hash=None, one_time_expires_at=None)
            .returning(Login.id)
        ).first()
        if used is None:
            raise _refused()
    return login


def _refused() -> SignInRefused:
    return SignInRefused("The username or the password is wrong.")
