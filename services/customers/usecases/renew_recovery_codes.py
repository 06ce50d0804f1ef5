"""Make new recovery codes, when those of before are used or lost."""

from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.field_keys import FieldKeys
from contracts.calls.two_step import RecoveryCodes, RenewRecoveryCodes, SignInChange
from customers.signin_tables import Login
from customers.usecases.check_session import CheckedSession
from customers.usecases.confirm_two_step import make_recovery_codes
from customers.usecases.count_try import forgive_try
from customers.usecases.note_sign_in import note_sign_in
from customers.usecases.sign_in import Candidate, Proof, require_password
from customers.usecases.try_second_step import try_second_step


def renew_recovery_codes(
    session: Session, checked: CheckedSession, request: RenewRecoveryCodes, own: Candidate, proof: Proof,
    keys: FieldKeys, clock: Clock,
) -> RecoveryCodes | None:  # fmt: skip
    """Ten new codes; None for a wrong one, to be committed. Raises WrongPassword, TwoStepIsOff, TooManyTries, ..."""
    login = session.get_one(Login, checked.login_id)
    require_password(login, own, proof)
    if not try_second_step(session, login, request.code, "", keys, clock):
        return None
    forgive_try(session, login.username_key, "")
    note_sign_in(session, login.id, SignInChange.RECOVERY_CODES_RENEWED, checked.person.actor(), clock.now())
    return RecoveryCodes(codes=make_recovery_codes(session, login))
