"""Setting two-step sign-in up, and signing in with it, as the doors do."""

import base64
from datetime import timedelta

from contracts.actor import Actor, Role
from contracts.calls import two_step as calls
from contracts.calls.customers import SessionOpened, StaffView
from customers.domain.two_step import STEP_SECONDS, code_at
from customers.usecases.begin_two_step import begin_two_step
from customers.usecases.change_two_step_policy import change_two_step_policy
from customers.usecases.complete_sign_in import complete_sign_in
from customers.usecases.confirm_two_step import confirm_two_step
from customers.usecases.end_two_step import end_two_step, reset_two_step
from customers.usecases.own_session import own_password, own_staff_session
from customers.usecases.sign_in import prove
from tests.unit.customers.builders import GOOD_PASSWORD, Operator, admin


class Telephone:
    """A person's app: it holds a secret and shows the code of the moment."""

    def __init__(self, operator: Operator, secret: str) -> None:
        self._operator, self._secret = operator, base64.b32decode(secret)

    def code(self) -> str:
        """What it shows now."""
        return code_at(self._secret, self._operator.clock.now())

    def wrong(self) -> str:
        """A code that none of the steps around has."""
        now, step = self._operator.clock.now(), timedelta(seconds=STEP_SECONDS)
        shown = {code_at(self._secret, now + count * step) for count in (-1, 0, 1)}
        return next(code for code in ("000000", "111111", "222222", "333333") if code not in shown)

    def next_code(self) -> str:
        """Half a minute later."""
        self._operator.clock.move(timedelta(seconds=STEP_SECONDS))
        return self.code()


def member(operator: Operator, username: str = "meera", role: Role = Role.CASHIER) -> StaffView:
    """A member of staff with GOOD_PASSWORD."""
    found = operator.staff(username, role, operator.main.id)
    operator.set_password(operator.last_link())
    return found


def begin(operator: Operator, token: str, password: str = GOOD_PASSWORD) -> Telephone:
    """The secret, in an app."""
    actor = operator.check(token).actor
    with operator.writing() as session:
        checked = own_staff_session(session, token, actor, operator.clock)
        own = own_password(session, checked, operator.clock)
    proof = prove(own, password)
    with operator.writing() as session:
        made = begin_two_step(session, checked, own, proof, operator.field_keys, operator.clock)
    return Telephone(operator, made.secret)


def confirm(operator: Operator, token: str, code: str) -> calls.RecoveryCodes | None:
    """Type the first code."""
    with operator.writing() as session:
        checked = own_staff_session(session, token, operator.check(token).actor, operator.clock)
        request = calls.ConfirmTwoStep(session_token=token, code=code)
        return confirm_two_step(session, checked, request, operator.field_keys, operator.clock)


def set_up(operator: Operator, username: str = "meera") -> tuple[Telephone, calls.RecoveryCodes]:
    """Somebody's two-step sign-in, on. Their session's new token is with the codes."""
    token = operator.sign_in(username, GOOD_PASSWORD).token
    telephone = begin(operator, token)
    codes = confirm(operator, token, telephone.code())
    assert codes is not None
    return telephone, codes


def complete(operator: Operator, half: str, code: str) -> SessionOpened | None:
    """Type the code of the second step."""
    request = calls.CompleteSignIn(token=half, code=code, address="192.0.2.7")
    with operator.writing() as session:
        return complete_sign_in(session, request, operator.field_keys, operator.clock)


def turn_off(operator: Operator, token: str, code: str, password: str = GOOD_PASSWORD) -> bool:
    """Whether it is off now."""
    request = calls.EndTwoStep(session_token=token, password=password, code=code)
    with operator.writing() as session:
        checked = own_staff_session(session, token, operator.check(token).actor, operator.clock)
        own = own_password(session, checked, operator.clock)
    proof = prove(own, password)
    with operator.writing() as session:
        return (
            end_two_step(session, checked, request, own, proof, operator.field_keys, operator.clock)
            is not None
        )


def reset(operator: Operator, staff: StaffView, actor: Actor | None = None) -> None:
    """Somebody who manages them does it."""
    with operator.writing() as session:
        reset_two_step(session, calls.ResetTwoStep(staff_id=staff.id), actor or admin(), operator.clock)


def require(operator: Operator, *roles: Role) -> None:
    """The operator admin says so."""
    with operator.writing() as session:
        change_two_step_policy(session, calls.ChangeTwoStepPolicy(roles=roles), admin(), operator.clock)
