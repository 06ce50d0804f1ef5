"""The rows that an actor sees; whatever is hidden is as if it did not exist (RULES, who may do what)."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.audit import within
from contracts.actor import Actor, Right, Role
from contracts.errors import Forbidden, NotFound
from customers.domain.refusals import AlreadyErased
from customers.domain.staffing import sees_staff
from customers.signin_tables import Login
from customers.tables import Branch, Customer, StaffBranch, StaffMember

HOLD = {"read": True}
"""A row lock that others may share: it stays as it is until this transaction ends."""


def visible_branch(session: Session, actor: Actor, branch_id: UUID) -> Branch:
    """The branch; raises NotFound when it is none of the actor's. Customers see their own branch."""
    branch = session.get(Branch, branch_id)
    if branch is None or not (actor.sees_branch(branch_id) or _is_home_of(session, actor, branch_id)):
        raise NotFound("There is no such branch.")
    return branch


def branch_to_write_in(session: Session, actor: Actor, branch_id: UUID) -> Branch:
    """The branch, held so that its currency stays; raises NotFound when it is none of the actor's.

    Customers see their own branch; that they may write nothing in it is for the caller's right to say.
    """
    seen = actor.sees_branch(branch_id) or _is_home_of(session, actor, branch_id)
    branch = session.get(Branch, branch_id, with_for_update=HOLD) if seen else None
    within(session, branch_id=branch_id)
    if branch is None:
        raise NotFound("There is no such branch.", field="branch_id")
    return branch


def visible_customer(
    session: Session, actor: Actor, customer_id: UUID, *, to_write: bool = False
) -> Customer:
    """The customer, locked when it is to be changed.

    Raises NotFound for one who is hidden from the actor, Forbidden for a role that sees no customers.
    """
    customer = session.get(Customer, customer_id, with_for_update=True if to_write else None)
    if customer is None:
        raise NotFound("There is no such customer.")
    actor.require_customer(customer.id, customer.branch_id)
    actor.require(Right.SEE_CUSTOMERS)
    within(session, branch_id=customer.branch_id, customer_id=customer.id, what=("customer", customer.id))
    return customer


def require_not_erased(customer: Customer) -> None:
    """Raises AlreadyErased for a customer of whom only the CRF number and the ledger are left."""
    if customer.erased_at is not None:
        raise AlreadyErased(
            f"The personal data of customer {customer.crf} was erased; that cannot be undone."
        )


def visible_staff(
    session: Session, actor: Actor, staff_id: UUID, *, to_write: bool = False
) -> tuple[StaffMember, set[UUID]]:
    """The member of staff with their branches; raises NotFound for one whom the actor does not manage."""
    actor.require(Right.MANAGE_STAFF)
    member = session.get(StaffMember, staff_id, with_for_update=True if to_write else None)
    branch_ids = branches_of(session, [staff_id]).get(staff_id, set())
    if member is None or not sees_staff(actor, branch_ids, Role(member.role)):
        raise NotFound("There is no such member of staff.")
    within(session, branch_id=one_of(branch_ids), what=("staff", member.id))
    return member, branch_ids


def one_of(branch_ids: Collection[UUID]) -> UUID | None:
    """The branch of who works in one branch alone."""
    return next(iter(branch_ids)) if len(branch_ids) == 1 else None


def branches_of(session: Session, staff_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The branches that each of these members of staff works in."""
    found: dict[UUID, set[UUID]] = {}
    rows = session.execute(
        select(StaffBranch.staff_id, StaffBranch.branch_id).where(StaffBranch.staff_id.in_(staff_ids))
    )
    for staff_id, branch_id in rows:
        found.setdefault(staff_id, set()).add(branch_id)
    return found


def login_of_customer(session: Session, customer_id: UUID) -> Login:
    """The customer's login, locked. Every customer has one."""
    return session.scalars(select(Login).where(Login.customer_id == customer_id).with_for_update()).one()


def login_of_staff(session: Session, staff_id: UUID) -> Login:
    """The login of a member of staff, locked. Everybody has one."""
    return session.scalars(select(Login).where(Login.staff_id == staff_id).with_for_update()).one()


def require_service(actor: Actor) -> None:
    """Raises Forbidden unless one of the services calls for itself."""
    if actor.role is not Role.SERVICE:
        raise Forbidden("Only Headend's own services may ask this.")


def _is_home_of(session: Session, actor: Actor, branch_id: UUID) -> bool:
    if actor.customer_id is None:
        return False
    return session.scalar(select(Customer.branch_id).where(Customer.id == actor.customer_id)) == branch_id
