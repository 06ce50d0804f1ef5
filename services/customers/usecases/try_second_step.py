"""Compare a code with a login's app and recovery codes; every try is counted first (TRUST, check 5)."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.field_keys import FieldKeys
from contracts.calls.two_step import SignInChange
from customers.domain import two_step
from customers.domain.sign_in_refusals import TwoStepIsOff, TwoStepLocked
from customers.domain.tokens import password_fingerprint
from customers.people import person_of
from customers.signin_tables import Login
from customers.two_step_tables import RecoveryCode, TwoStep
from customers.usecases.count_try import count_try, forgive_try
from customers.usecases.note_sign_in import note_sign_in


def try_second_step(
    session: Session, login: Login, code: str, address: str, keys: FieldKeys, clock: Clock
) -> bool:
    """Whether the code is right; it is used up then. To be committed in any case, or a wrong one is not counted.

    A thousand at once on many replicas are counted one by one, and five of them compared. The login is locked.
    Raises TooManyTries, TwoStepLocked, TwoStepIsOff.
    """
    now = clock.now()
    count_try(session, login.username_key, address, now, two_step.TYPING)
    session.refresh(login, with_for_update=True)
    held = session.get(TwoStep, login.id, with_for_update=True)
    if held is None or held.confirmed_at is None:
        raise TwoStepIsOff("Two-step sign-in is off; sign in with your password.")
    if held.failures >= two_step.MOST_FAILURES:
        raise TwoStepLocked(
            f"{held.failures} codes in a row were wrong. Set a new password, as somebody else may know yours, or have "
            "two-step sign-in reset by your administrator."
        )
    if not _is_right(session, held, login, code, keys, clock):
        held.failures += 1
        return False
    held.failures = 0
    forgive_try(session, login.username_key, address, two_step.TYPING)
    return True


def _is_right(
    session: Session, held: TwoStep, login: Login, code: str, keys: FieldKeys, clock: Clock
) -> bool:
    typed = two_step.typed(code)
    if typed.digits is None:
        return _uses_recovery_code(session, login, typed.recovery, clock)
    secret = held.opened(keys)
    step = two_step.step_of(secret, typed.digits, clock.now(), held.last_step)
    if step is None:
        return False
    held.last_step = step
    return True


def _uses_recovery_code(session: Session, login: Login, code: str, clock: Clock) -> bool:
    used = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.login_id == login.id, RecoveryCode.used_at.is_(None),
            RecoveryCode.code_hash == password_fingerprint(code),
        )
        .values(used_at=clock.now())
        .returning(RecoveryCode.id)
    ).first()  # fmt: skip
    if used is None:
        return False
    person = person_of(session, login)
    left = session.scalars(
        select(RecoveryCode.id).where(RecoveryCode.login_id == login.id, RecoveryCode.used_at.is_(None))
    ).all()
    note_sign_in(
        session, login.id, SignInChange.RECOVERY_CODE_USED, person.actor(), clock.now(), str(len(left))
    )
    return True
