"""How it stands with two-step sign-in: one's own, and that of staff whom one manages."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.field_keys import FieldKeys
from contracts.actor import Actor, Role
from contracts.calls.two_step import (
    SignInChange,
    SignInHistoryView,
    StaffSignInView,
    TwoStepSecret,
    TwoStepView,
)
from customers.api_tokens import list_api_tokens
from customers.domain.sign_in_refusals import NoTwoStepBegun
from customers.domain.two_step import SETUP_LIFE
from customers.sight import visible_staff
from customers.signin_tables import Login
from customers.two_step_policy import is_required
from customers.two_step_tables import RecoveryCode, SignInHistory, TwoStep
from customers.usecases.begin_two_step import told
from customers.usecases.check_session import CheckedSession

_SHOWN = 50


def own_two_step(session: Session, checked: CheckedSession, clock: Clock) -> TwoStepView:
    """One's own."""
    held = session.get(TwoStep, checked.login_id)
    left = session.scalar(
        select(func.count()).where(RecoveryCode.login_id == checked.login_id, RecoveryCode.used_at.is_(None))
    )
    return TwoStepView(
        since=held.confirmed_at if held else None, required=is_required(session, checked.person.role),
        recovery_codes_left=left or 0, being_set_up=_waits(held, clock),
    )  # fmt: skip


def own_secret(session: Session, checked: CheckedSession, keys: FieldKeys, clock: Clock) -> TwoStepSecret:
    """The secret that waits for its first code. Raises NoTwoStepBegun."""
    held = session.get(TwoStep, checked.login_id)
    if held is None or not _waits(held, clock):
        raise NoTwoStepBegun("No secret waits for its first code; begin to set two-step sign-in up.")
    return told(held.opened(keys), checked.person.username)


def sign_in_of_staff(session: Session, staff_id: UUID, actor: Actor, clock: Clock) -> StaffSignInView:
    """How somebody whom the actor manages signs in. Raises NotFound, Forbidden."""
    member, _ = visible_staff(session, actor, staff_id)
    login_id = session.scalars(select(Login.id).where(Login.staff_id == member.id)).one()
    held = session.get(TwoStep, login_id)
    return StaffSignInView(
        staff_id=staff_id, two_step_since=held.confirmed_at if held else None,
        two_step_required=is_required(session, Role(member.role)), history=_history(session, login_id),
        api_tokens=list_api_tokens(session, login_id, clock.now()).items,
    )  # fmt: skip


def _history(session: Session, login_id: UUID) -> tuple[SignInHistoryView, ...]:
    newest = (
        select(SignInHistory)
        .where(SignInHistory.login_id == login_id)
        .order_by(SignInHistory.at.desc(), SignInHistory.id.desc())
        .limit(_SHOWN)
    )
    return tuple(
        SignInHistoryView(at=one.at, change=SignInChange(one.change), by_name=one.by_name, detail=one.detail)
        for one in session.scalars(newest)
    )


def _waits(held: TwoStep | None, clock: Clock) -> bool:
    return held is not None and held.confirmed_at is None and clock.now() < held.begun_at + SETUP_LIFE
