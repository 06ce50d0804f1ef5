"""Say which roles must sign in in two steps."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.logs import logger
from contracts.actor import Actor, Right, Role
from contracts.calls.two_step import ChangeTwoStepPolicy, TwoStepPolicy
from customers.domain.refusals import NotAStaffRole
from customers.domain.staffing import STAFF_ROLES
from customers.two_step_tables import TwoStepRole

log = logger(__name__)


def change_two_step_policy(
    session: Session, request: ChangeTwoStepPolicy, actor: Actor, clock: Clock
) -> TwoStepPolicy:
    """These roles and no others; it holds for open sessions too. Raises Forbidden, NotAStaffRole."""
    actor.require(Right.MANAGE_SIGN_IN)
    wanted = set(request.roles)
    if not wanted <= STAFF_ROLES:
        raise NotAStaffRole("Only roles of staff sign in in two steps.", field="roles")
    before = set(session.scalars(select(TwoStepRole.role)))
    session.execute(delete(TwoStepRole).where(TwoStepRole.role.not_in([role.value for role in wanted])))
    session.add_all(
        TwoStepRole(role=role.value, since=clock.now()) for role in wanted if role.value not in before
    )
    session.flush()
    log.info("two-step sign-in required", roles=sorted(role.value for role in wanted), by=actor.subject)
    return two_step_policy(session)


def two_step_policy(session: Session) -> TwoStepPolicy:
    """The roles, in the order of Role."""
    required = set(session.scalars(select(TwoStepRole.role)))
    return TwoStepPolicy(roles=tuple(role for role in Role if role.value in required))
