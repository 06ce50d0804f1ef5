"""The doors of two-step sign-in; calls are in contracts/calls/two_step.py."""

from typing import TypeVar

from chassis.off_the_loop import off_the_loop
from chassis.service import Service, call
from contracts.actor import Actor, Right
from contracts.calls import Done
from contracts.calls import two_step as calls
from contracts.calls.customers import SessionOpened
from customers import two_step_views as views
from customers.domain.sign_in_refusals import WrongCode
from customers.usecases.begin_two_step import begin_two_step
from customers.usecases.change_two_step_policy import change_two_step_policy, two_step_policy
from customers.usecases.check_session import CheckedSession
from customers.usecases.complete_sign_in import complete_sign_in
from customers.usecases.confirm_two_step import confirm_two_step
from customers.usecases.end_two_step import end_two_step, reset_two_step
from customers.usecases.own_session import own_password, own_staff_session
from customers.usecases.renew_recovery_codes import renew_recovery_codes
from customers.usecases.sign_in import Candidate, Proof, prove

Answer = TypeVar("Answer")


class TwoStepDoors(Service):
    """A password, then a code. A wrong code is refused when the try is committed, so that it stays counted."""

    @call
    def complete_sign_in(self, request: calls.CompleteSignIn) -> SessionOpened:
        """Open the session that a password alone did not."""
        with self.transaction() as session:
            opened = complete_sign_in(session, request, self.platform.field_keys, self.clock)
        return right(opened)

    @call
    def get_two_step(self, request: calls.GetTwoStep, actor: Actor) -> calls.TwoStepView:
        """How it stands with one's own."""
        with self.reading() as session:
            own = own_staff_session(session, request.session_token, actor, self.clock)
            return views.own_two_step(session, own, self.clock)

    @call
    def begin_two_step(self, request: calls.BeginTwoStep, actor: Actor) -> calls.TwoStepSecret:
        """Make a secret."""
        checked, own, proof = self.proven(request.session_token, request.password, actor)
        with self.transaction() as session:
            return begin_two_step(session, checked, own, proof, self.platform.field_keys, self.clock)

    @call
    def get_two_step_secret(self, request: calls.GetTwoStepSecret, actor: Actor) -> calls.TwoStepSecret:
        """The secret that waits for its first code."""
        with self.reading() as session:
            own = own_staff_session(session, request.session_token, actor, self.clock)
            return views.own_secret(session, own, self.platform.field_keys, self.clock)

    @call
    def confirm_two_step(self, request: calls.ConfirmTwoStep, actor: Actor) -> calls.RecoveryCodes:
        """Turn it on."""
        with self.transaction() as session:
            own = own_staff_session(session, request.session_token, actor, self.clock)
            codes = confirm_two_step(session, own, request, self.platform.field_keys, self.clock)
        return right(codes)

    @call
    def renew_recovery_codes(self, request: calls.RenewRecoveryCodes, actor: Actor) -> calls.RecoveryCodes:
        """New recovery codes."""
        checked, own, proof = self.proven(request.session_token, request.password, actor)
        with self.transaction() as session:
            codes = renew_recovery_codes(
                session, checked, request, own, proof, self.platform.field_keys, self.clock
            )
        return right(codes)

    @call
    def end_two_step(self, request: calls.EndTwoStep, actor: Actor) -> Done:
        """Turn it off."""
        checked, own, proof = self.proven(request.session_token, request.password, actor)
        with self.transaction() as session:
            done = end_two_step(session, checked, request, own, proof, self.platform.field_keys, self.clock)
        return right(done)

    @call
    def reset_two_step(self, request: calls.ResetTwoStep, actor: Actor) -> Done:
        """Turn off that of a member of staff."""
        with self.transaction() as session:
            return reset_two_step(session, request, actor, self.clock)

    @call
    def get_two_step_policy(self, request: calls.GetTwoStepPolicy, actor: Actor) -> calls.TwoStepPolicy:
        """Which roles must."""
        actor.require(Right.MANAGE_SIGN_IN)
        with self.reading() as session:
            return two_step_policy(session)

    @call
    def change_two_step_policy(self, request: calls.ChangeTwoStepPolicy, actor: Actor) -> calls.TwoStepPolicy:
        """Say which roles must."""
        with self.transaction() as session:
            return change_two_step_policy(session, request, actor, self.clock)

    @call
    def get_staff_sign_in(self, request: calls.GetStaffSignIn, actor: Actor) -> calls.StaffSignInView:
        """How a member of staff signs in."""
        with self.reading() as session:
            return views.sign_in_of_staff(session, request.staff_id, actor, self.clock)

    def proven(self, token: str, password: str, actor: Actor) -> tuple[CheckedSession, Candidate, Proof]:
        """Whose session it is, and whether the password is theirs; compared outside any transaction."""
        with self.transaction() as session:
            checked = own_staff_session(session, token, actor, self.clock)
            own = own_password(session, checked, self.clock)
        return checked, own, off_the_loop(prove, own, password)


def right(answer: Answer | None) -> Answer:
    """The answer; None says that the code was wrong. Raises WrongCode."""
    if answer is None:
        raise WrongCode(
            "This code is wrong, or was used already. Wait for the next one, and look whether the clock of your "
            "telephone is right.",
            field="code",
        )
    return answer
