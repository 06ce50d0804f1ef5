"""Begin two-step sign-in: make a secret for the app, which holds when its first code was typed."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.field_keys import FieldKeys
from contracts.calls.two_step import TwoStepSecret
from customers.domain import two_step
from customers.domain.sign_in_refusals import TwoStepAlreadyOn
from customers.signin_tables import Login
from customers.two_step_policy import has_two_step
from customers.two_step_tables import TwoStep
from customers.usecases.check_session import CheckedSession
from customers.usecases.count_try import forgive_try
from customers.usecases.sign_in import Candidate, Proof, require_password


def begin_two_step(
    session: Session, checked: CheckedSession, own: Candidate, proof: Proof, keys: FieldKeys, clock: Clock
) -> TwoStepSecret:  # fmt: skip
    """A new secret, in place of one that was begun before. Raises WrongPassword, TwoStepAlreadyOn."""
    login = session.get_one(Login, checked.login_id, with_for_update=True)
    require_password(login, own, proof)
    forgive_try(session, login.username_key, "")
    if has_two_step(session, login.id):
        raise TwoStepAlreadyOn("Two-step sign-in is on already; turn it off before you set it up anew.")
    session.execute(delete(TwoStep).where(TwoStep.login_id == login.id))
    secret = two_step.new_secret()
    begun = TwoStep(login_id=login.id, begun_at=clock.now())
    begun.seal(secret, keys)
    session.add(begun)
    return told(secret, login.username)


def told(secret: bytes, username: str) -> TwoStepSecret:
    """The secret as an app is given it."""
    return TwoStepSecret(secret=two_step.secret_text(secret), uri=two_step.secret_address(secret, username))
