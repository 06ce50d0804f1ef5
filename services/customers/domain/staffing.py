"""Which staff somebody may manage (RULES, who may do what)."""

from collections.abc import Collection
from uuid import UUID

from contracts.actor import ROLE_RANK, Actor, Right, Role
from contracts.errors import Forbidden
from customers.domain.refusals import NotAStaffRole, StaffNeedsBranch

STAFF_ROLES = frozenset({Role.ADMIN, Role.MANAGER, Role.CASHIER, Role.SUPPORT, Role.TECHNICIAN})


def works_everywhere(role: Role) -> bool:
    """Whether the role is one of the whole operator, whatever branches are noted."""
    return role in (Role.ADMIN, Role.SERVICE)


def sees_staff(actor: Actor, branch_ids: Collection[UUID], role: Role) -> bool:
    """Whether somebody of that role and those branches is shown to the actor at all.

    A manager sees staff who work in own branches only, as no one else may change them; the rest is hidden.
    """
    if not actor.may(Right.MANAGE_STAFF):
        return False
    if actor.branch_ids is None:
        return True
    return bool(branch_ids) and set(branch_ids) <= actor.branch_ids and not works_everywhere(role)


def require_role_allowed(actor: Actor, role: Role) -> None:
    """Raises NotAStaffRole, or Forbidden when the role is above the actor's own."""
    if role not in STAFF_ROLES:
        raise NotAStaffRole(f'Staff cannot have the role "{role}".', field="role")
    if actor.role is not Role.SERVICE and ROLE_RANK[role] > ROLE_RANK[actor.role]:
        raise Forbidden(f"You may not give the role {role}, which is above your own ({actor.role}).")


def require_branches(role: Role, branch_ids: Collection[UUID]) -> None:
    """Raises StaffNeedsBranch when somebody who is no operator admin would work nowhere."""
    if not works_everywhere(role) and not branch_ids:
        raise StaffNeedsBranch("Name at least one branch for this role.", field="branch_ids")
