"""Turn two-step sign-in on with the first code of the app."""

from uuid import uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.field_keys import FieldKeys
from contracts.calls.two_step import ConfirmTwoStep, RecoveryCodes, SignInChange
from customers.domain import two_step
from customers.domain.sign_in_refusals import NoTwoStepBegun, SessionOver
from customers.domain.tokens import password_fingerprint
from customers.signin_tables import Login, LoginSession
from customers.two_step_tables import RecoveryCode, TwoStep
from customers.usecases.check_session import CheckedSession
from customers.usecases.count_try import count_try, forgive_try
from customers.usecases.end_sessions import end_sessions
from customers.usecases.note_sign_in import note_sign_in
from customers.usecases.own_session import give_new_token


def confirm_two_step(
    session: Session, checked: CheckedSession, request: ConfirmTwoStep, keys: FieldKeys, clock: Clock
) -> RecoveryCodes | None:
    """It holds from now on, and sessions that a password alone has opened end; this one goes on under a new token.

    None for a wrong code, to be committed so that it stays counted. Raises NoTwoStepBegun, TooManyTries, SessionOver.
    """
    now = clock.now()
    login = session.get_one(Login, checked.login_id)
    count_try(session, login.username_key, "", now, two_step.TYPING)
    session.refresh(login, with_for_update=True)
    held = session.get(TwoStep, login.id, with_for_update=True)
    if held is None or held.confirmed_at is not None or held.begun_at + two_step.SETUP_LIFE <= now:
        raise NoTwoStepBegun("Begin with a new secret; the one before is too old or was used already.")
    secret = held.opened(keys)
    step = two_step.step_of(secret, two_step.typed(request.code).digits or "", now, held.last_step)
    if step is None:
        return None
    current = session.get_one(LoginSession, checked.id, with_for_update=True)
    if current.ended_at is not None:
        raise SessionOver("Your session has ended; sign in again.")
    held.confirmed_at, held.last_step, held.failures = now, step, 0
    forgive_try(session, login.username_key, "", two_step.TYPING)
    end_sessions(session, login.id, now, but=checked.id)
    note_sign_in(session, login.id, SignInChange.TWO_STEP_ON, checked.person.actor(), now)
    return RecoveryCodes(codes=make_recovery_codes(session, login), token=give_new_token(current))


def make_recovery_codes(session: Session, login: Login) -> tuple[str, ...]:
    """Ten new ones in place of those of before."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.login_id == login.id))
    codes = two_step.new_recovery_codes()
    session.add_all(
        RecoveryCode(id=uuid4(), login_id=login.id, code_hash=password_fingerprint(code)) for code in codes
    )
    return tuple(codes)
