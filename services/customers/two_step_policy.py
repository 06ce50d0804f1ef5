"""Who signs in in two steps, and who must."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.actor import Role
from customers.domain.staffing import STAFF_ROLES
from customers.two_step_tables import TwoStep, TwoStepRole


def has_two_step(session: Session, login_id: UUID) -> bool:
    """Whether a code is due after this login's password."""
    return login_id in those_with_two_step(session, [login_id])


def those_with_two_step(session: Session, login_ids: Collection[UUID]) -> set[UUID]:
    """Those of these logins that sign in in two steps."""
    confirmed = select(TwoStep.login_id).where(
        TwoStep.login_id.in_(login_ids), TwoStep.confirmed_at.is_not(None)
    )
    return set(session.scalars(confirmed))


def is_required(session: Session, role: Role) -> bool:
    """Whether people of the role must sign in in two steps."""
    found = select(TwoStepRole.role).where(TwoStepRole.role == role.value)
    return role in STAFF_ROLES and session.scalar(found) is not None


def must_set_up_two_step(session: Session, login_id: UUID, role: Role) -> bool:
    """Whether the person may do nothing else before they have set it up."""
    return is_required(session, role) and not has_two_step(session, login_id)
