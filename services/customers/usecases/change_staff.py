"""Change a member of staff: role, branches, name, e-mail, state."""

from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.database import lock_key
from contracts.actor import Actor, Role
from contracts.calls.customers import ChangeStaff, StaffView
from contracts.cards import CustomerState
from customers.cards import staff_view
from customers.domain.refusals import LastAdministrator
from customers.sight import login_of_staff, visible_staff
from customers.tables import StaffMember
from customers.two_step_policy import has_two_step
from customers.usecases.add_staff import put_in_branches, require_may_staff, send_link
from customers.usecases.end_sessions import end_sessions
from customers.usecases.revoke_api_tokens import revoke_all_api_tokens

ADMINISTRATORS = 7_340_001
"""The lock under which administrators are counted, so that two cannot dismiss each other at once."""


def change_staff(
    session: Session, request: ChangeStaff, actor: Actor, clock: Clock, sealing_key: AESGCM
) -> StaffView:
    """Change what is given; every session of the person ends, and API tokens end with role, branches or state.
    An e-mail for somebody without password sends a new link.

    Raises NotFound, Forbidden, NotAStaffRole, StaffNeedsBranch, LastAdministrator.
    """
    lock_key(session, ADMINISTRATORS)
    member, before = visible_staff(session, actor, request.staff_id, to_write=True)
    require_may_staff(session, actor, Role(member.role), before)
    role = request.role or Role(member.role)
    stood = (Role(member.role), before, member.state)
    branch_ids = before if request.branch_ids is None else set(request.branch_ids)
    require_may_staff(session, actor, role, branch_ids)
    _keep_an_administrator(session, member, role, request.state)
    if request.name is not None:
        member.name = request.name
    if request.email is not None:
        member.email = request.email
    if request.state is not None:
        member.state = request.state.value
    member.role, member.updated_at = role.value, clock.now()
    put_in_branches(session, member.id, role, branch_ids)
    login = login_of_staff(session, member.id)
    login.is_closed = member.state != CustomerState.ACTIVE.value
    end_sessions(session, login.id, clock.now())
    if stood != (role, branch_ids, member.state):
        revoke_all_api_tokens(session, login.id, actor, clock)
    if request.email is not None and login.password_hash is None and not login.is_closed:
        send_link(session, member, login, branch_ids, clock, sealing_key)
    kept: set[UUID] = set() if role is Role.ADMIN else branch_ids
    return staff_view(member, login, kept, two_step=has_two_step(session, login.id))


def _keep_an_administrator(
    session: Session, member: StaffMember, role: Role, state: CustomerState | None
) -> None:
    stays = role is Role.ADMIN and state is not CustomerState.DEACTIVATED
    if member.role != Role.ADMIN.value or stays:
        return
    others = select(StaffMember.id).where(
        StaffMember.role == Role.ADMIN.value, StaffMember.state == CustomerState.ACTIVE.value,
        StaffMember.id != member.id,
    )  # fmt: skip
    if session.scalar(others.limit(1)) is None:
        raise LastAdministrator(
            "This is the last operator admin; make somebody else one first.", field="role"
        )
