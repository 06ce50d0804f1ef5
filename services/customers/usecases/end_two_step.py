"""Turn two-step sign-in off: by the person themself, or for a member of staff who has lost app and codes."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.field_keys import FieldKeys
from contracts.actor import Actor, Role
from contracts.calls import Done
from contracts.calls.two_step import EndTwoStep, ResetTwoStep, SignInChange
from customers.domain.sign_in_refusals import TwoStepIsOff
from customers.sight import login_of_staff, visible_staff
from customers.signin_tables import Login
from customers.two_step_policy import has_two_step
from customers.two_step_tables import RecoveryCode, TwoStep
from customers.usecases.add_staff import require_may_staff
from customers.usecases.check_session import CheckedSession
from customers.usecases.count_try import forgive_try
from customers.usecases.end_sessions import end_sessions
from customers.usecases.note_sign_in import note_sign_in
from customers.usecases.sign_in import Candidate, Proof, require_password
from customers.usecases.try_second_step import try_second_step


def end_two_step(
    session: Session, checked: CheckedSession, request: EndTwoStep, own: Candidate, proof: Proof,
    keys: FieldKeys, clock: Clock,
) -> Done | None:  # fmt: skip
    """With password and code. None for a wrong code, to be committed. Raises WrongPassword, TwoStepIsOff, ..."""
    login = session.get_one(Login, checked.login_id)
    require_password(login, own, proof)
    if not try_second_step(session, login, request.code, "", keys, clock):
        return None
    forgive_try(session, login.username_key, "")
    forget_two_step(session, login)
    note_sign_in(session, login.id, SignInChange.TWO_STEP_OFF, checked.person.actor(), clock.now())
    return Done()


def reset_two_step(session: Session, request: ResetTwoStep, actor: Actor, clock: Clock) -> Done:
    """For somebody whom the actor manages; their sessions end, and a code is due no more.

    Raises NotFound, Forbidden, TwoStepIsOff.
    """
    member, branch_ids = visible_staff(session, actor, request.staff_id)
    require_may_staff(session, actor, Role(member.role), branch_ids)
    login = login_of_staff(session, member.id)
    if not has_two_step(session, login.id):
        raise TwoStepIsOff(f"{member.name} does not sign in in two steps; there is nothing to reset.")
    forget_two_step(session, login)
    end_sessions(session, login.id, clock.now())
    note_sign_in(session, login.id, SignInChange.TWO_STEP_RESET, actor, clock.now())
    return Done()


def forget_two_step(session: Session, login: Login) -> None:
    """A code is due no more: secret and recovery codes are gone."""
    session.execute(delete(TwoStep).where(TwoStep.login_id == login.id))
    session.execute(delete(RecoveryCode).where(RecoveryCode.login_id == login.id))
