"""Reads: branches, staff, single customers, and what an import needs to know. Lists of customers are in `finding`."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.actor import Actor, Right, Role
from contracts.calls.customers import BranchList, CustomerView, ListStaff, StaffList, StaffView
from contracts.cards import BranchCard, CustomerCard
from contracts.errors import NotFound
from customers.cards import branch_card, customer_card, customer_view, staff_view
from customers.domain.refusals import UnknownCursor
from customers.domain.search import crf_key
from customers.domain.staffing import sees_staff
from customers.domain.usernames import username_key
from customers.sight import branches_of, require_service, visible_branch, visible_customer, visible_staff
from customers.signin_tables import EmailChange, Login
from customers.tables import Branch, Customer, StaffBranch, StaffMember
from customers.two_step_policy import has_two_step, those_with_two_step


def list_branches(session: Session, actor: Actor) -> BranchList:
    """The actor's branches by code; of a customer their own."""
    query = select(Branch).order_by(Branch.code)
    if actor.role is Role.CUSTOMER:
        query = query.join(Customer, Customer.branch_id == Branch.id).where(Customer.id == actor.customer_id)
    elif actor.branch_ids is not None:
        query = query.where(Branch.id.in_(actor.branch_ids))
    return BranchList(items=tuple(branch_card(branch) for branch in session.scalars(query)))


def get_branch(session: Session, branch_id: UUID, actor: Actor) -> BranchCard:
    """One branch. Raises NotFound."""
    return branch_card(visible_branch(session, actor, branch_id))


def list_staff(session: Session, request: ListStaff, actor: Actor) -> StaffList:
    """A page of the staff that the actor manages, by username. Raises Forbidden, UnknownCursor."""
    actor.require(Right.MANAGE_STAFF)
    query = (
        select(StaffMember, Login)
        .join(Login, Login.staff_id == StaffMember.id)
        .where(Login.staff_id.is_not(None))  # what the join implies, said for ix_logins_staff
        .order_by(Login.username_key)
    )
    if (
        actor.branch_ids is not None
    ):  # SQL narrows, sees_staff decides: only those who work in own branches alone
        here = select(StaffBranch.staff_id).where(StaffBranch.branch_id.in_(actor.branch_ids))
        elsewhere = select(StaffBranch.staff_id).where(StaffBranch.branch_id.not_in(actor.branch_ids))
        query = query.where(
            StaffMember.id.in_(here), StaffMember.id.not_in(elsewhere), StaffMember.role != Role.ADMIN.value
        )
    if request.cursor is not None:
        query = query.where(Login.username_key > _staff_place(session, request.cursor))
    rows = session.execute(query.limit(request.limit + 1)).all()
    page = rows[: request.limit]
    branches = branches_of(session, [member.id for member, _ in page])
    seen = [row for row in page if sees_staff(actor, branches.get(row[0].id, set()), Role(row[0].role))]
    two_step = those_with_two_step(session, [login.id for _, login in seen])
    return StaffList(
        items=tuple(
            staff_view(member, login, branches.get(member.id, set()), two_step=login.id in two_step)
            for member, login in seen
        ),
        next=page[-1][0].id.hex if len(rows) > request.limit else None,
    )


def get_staff(session: Session, staff_id: UUID, actor: Actor) -> StaffView:
    """One member of staff. Raises Forbidden, NotFound."""
    member, branch_ids = visible_staff(session, actor, staff_id)
    login = session.scalars(select(Login).where(Login.staff_id == staff_id)).one()
    return staff_view(member, login, branch_ids, two_step=has_two_step(session, login.id))


def get_customer(session: Session, customer_id: UUID, actor: Actor, clock: Clock) -> CustomerView:
    """One customer. Raises NotFound, Forbidden."""
    customer = visible_customer(session, actor, customer_id)
    username = session.scalar(select(Login.username).where(Login.customer_id == customer_id))
    return customer_view(customer, username, pending_change(session, customer_id, clock))


def pending_change(session: Session, customer_id: UUID, clock: Clock) -> EmailChange | None:
    """The newest e-mail address of the customer that still waits for confirmation."""
    return session.scalars(
        select(EmailChange)
        .where(
            EmailChange.customer_id == customer_id, EmailChange.confirmed_at.is_(None),
            EmailChange.withdrawn_at.is_(None), EmailChange.expires_at > clock.now(),
        )
        .order_by(EmailChange.issued_at.desc(), EmailChange.id)
        .limit(1)
    ).first()  # fmt: skip


def get_customer_card(session: Session, customer_id: UUID, actor: Actor) -> CustomerCard:
    """The customer's card for another service. Raises Forbidden, NotFound."""
    require_service(actor)
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("There is no such customer.")
    return customer_card(customer)


def get_branch_card(session: Session, branch_id: UUID, actor: Actor) -> BranchCard:
    """The branch's card for another service. Raises Forbidden, NotFound."""
    require_service(actor)
    return branch_card(visible_branch(session, actor, branch_id))


def taken_crfs(session: Session, crfs: Collection[str]) -> dict[str, UUID]:
    """Of these CRF numbers those that a customer has, as they are compared, with the customer's id."""
    keys = list({crf_key(crf) for crf in crfs})
    rows = session.execute(select(Customer.crf_key, Customer.id).where(Customer.crf_key.in_(keys)))
    return {row.crf_key: row.id for row in rows}


def taken_usernames(session: Session, usernames: Collection[str]) -> set[str]:
    """Of these usernames those that somebody has, as they are compared."""
    keys = list({username_key(username) for username in usernames})
    return set(session.scalars(select(Login.username_key).where(Login.username_key.in_(keys))))


def _staff_place(session: Session, cursor: str) -> str:
    try:
        staff_id = UUID(hex=cursor)
    except ValueError:
        raise UnknownCursor("This cursor leads nowhere; begin the list anew.", field="cursor") from None
    place = session.scalar(select(Login.username_key).where(Login.staff_id == staff_id))
    if place is None:
        raise UnknownCursor("This cursor leads nowhere; begin the list anew.", field="cursor")
    return place
