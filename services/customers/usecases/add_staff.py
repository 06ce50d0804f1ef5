"""Add a member of staff, who gets a one-time link by e-mail."""

from collections.abc import Collection
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis.audit import about
from chassis.clock import Clock
from chassis.outbox import emit
from contracts.actor import Actor, Right, Role
from contracts.calls.customers import AddStaff, StaffView
from contracts.cards import CustomerState
from contracts.errors import NotFound
from contracts.events import PasswordLinkIssued
from customers.cards import branch_card, staff_view
from customers.domain.staffing import require_branches, require_role_allowed, works_everywhere
from customers.sight import one_of
from customers.signin_tables import Login
from customers.tables import Branch, StaffBranch, StaffMember
from customers.usecases.issue_link import issue_link
from customers.usecases.open_login import open_login


def add_staff(
    session: Session, request: AddStaff, actor: Actor, clock: Clock, sealing_key: AESGCM
) -> StaffView:
    """Add somebody to branches of the actor, at most in the actor's own role.

    Raises Forbidden, NotFound for a hidden branch, NotAStaffRole, StaffNeedsBranch, UsernameTaken.
    """
    branch_ids = set(request.branch_ids)
    require_may_staff(session, actor, request.role, branch_ids)
    now = clock.now()
    member = StaffMember(
        id=uuid4(), name=request.name or request.username, email=request.email, role=request.role.value,
        state=CustomerState.ACTIVE.value, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(member)
    session.flush()
    put_in_branches(session, member.id, request.role, branch_ids)
    about(session, "staff", member.id, branch_id=one_of(branch_ids), role=member.role)
    login = open_login(session, [request.username], now, staff_id=member.id)
    send_link(session, member, login, branch_ids, clock, sealing_key)
    return staff_view(member, login, _kept(request.role, branch_ids))


def require_may_staff(session: Session, actor: Actor, role: Role, branch_ids: Collection[UUID]) -> None:
    """Raises Forbidden, NotFound for a branch that is hidden or unknown, NotAStaffRole, StaffNeedsBranch."""
    actor.require(Right.MANAGE_STAFF)
    for branch_id in branch_ids:
        if not actor.sees_branch(branch_id) or session.get(Branch, branch_id) is None:
            raise NotFound("There is no such branch.", field="branch_ids")
    require_role_allowed(actor, role)
    require_branches(role, branch_ids)


def put_in_branches(session: Session, staff_id: UUID, role: Role, branch_ids: Collection[UUID]) -> None:
    """These branches and no others are those of the member of staff; an operator admin needs none."""
    session.execute(delete(StaffBranch).where(StaffBranch.staff_id == staff_id))
    session.add_all(
        StaffBranch(staff_id=staff_id, branch_id=branch_id) for branch_id in _kept(role, branch_ids)
    )
    session.flush()


def send_link(
    session: Session,
    member: StaffMember,
    login: Login,
    branch_ids: Collection[UUID],
    clock: Clock,
    key: AESGCM,
) -> None:
    """Tell notify to mail a one-time link to the member of staff."""
    branch = home_branch(session, branch_ids)
    emit(
        session,
        PasswordLinkIssued(
            name=member.name, username=login.username, email=member.email, locale=branch.locale,
            branch=branch_card(branch), link_token=issue_link(session, login.id, clock.now(), key),
        ),
        clock,
    )  # fmt: skip


def home_branch(session: Session, branch_ids: Collection[UUID]) -> Branch:
    """The oldest of these branches, of all when none is named: its language and letterhead are the person's."""
    oldest = select(Branch).order_by(Branch.created_at, Branch.code).limit(1)
    if branch_ids:
        oldest = oldest.where(Branch.id.in_(branch_ids))
    return session.scalars(oldest).one()


def _kept(role: Role, branch_ids: Collection[UUID]) -> set[UUID]:
    return set() if works_everywhere(role) else set(branch_ids)
