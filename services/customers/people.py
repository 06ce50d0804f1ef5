"""Who is behind a login: the actor that a session stands for, and what the person is told about themself."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.actor import Actor, Role
from contracts.calls.customers import Me
from contracts.cards import CustomerState
from customers.domain.staffing import works_everywhere
from customers.sight import branches_of
from customers.signin_tables import Login
from customers.tables import Branch, Customer, StaffMember


@dataclass(frozen=True)
class Person:
    """The person of a login. `branch_ids` None means every branch; customers have none, as they see only themselves."""

    subject: str
    username: str
    name: str
    role: Role
    branch_ids: frozenset[UUID] | None
    customer_id: UUID | None
    locale: str
    is_served: bool
    crf: str = ""

    def actor(self, *, may_nothing_yet: bool = False) -> Actor:
        """The caller that services check. Who must change their password or set two-step sign-in up first sees
        nothing at all.
        """
        if may_nothing_yet:
            return Actor(subject=self.subject, name=self.name, role=Role.CUSTOMER, branch_ids=frozenset())
        return Actor(
            subject=self.subject, name=self.name, role=self.role, branch_ids=self.branch_ids,
            customer_id=self.customer_id,
        )  # fmt: skip

    def me(self, *, must_change_password: bool, must_set_up_two_step: bool = False) -> Me:
        """What the person is told about themself."""
        return Me(
            subject=self.subject, username=self.username, name=self.name, role=self.role,
            branch_ids=None if self.branch_ids is None else tuple(sorted(self.branch_ids)),
            customer_id=self.customer_id, locale=self.locale, must_change_password=must_change_password,
            must_set_up_two_step=must_set_up_two_step,
        )  # fmt: skip


def person_of(session: Session, login: Login) -> Person:
    """The person whom the login belongs to."""
    if login.customer_id is not None:
        return _customer(session.get_one(Customer, login.customer_id), login)
    member = session.get_one(StaffMember, login.staff_id)
    role, branch_ids = Role(member.role), branches_of(session, [member.id]).get(member.id, set())
    return Person(
        subject=f"staff:{member.id}", username=login.username, name=member.name, role=role,
        branch_ids=None if works_everywhere(role) else frozenset(branch_ids), customer_id=None,
        locale=_locale(session, branch_ids), is_served=member.state == CustomerState.ACTIVE.value,
    )  # fmt: skip


def _customer(customer: Customer, login: Login) -> Person:
    return Person(
        subject=f"customer:{customer.id}", username=login.username, name=customer.name, role=Role.CUSTOMER,
        branch_ids=frozenset(), customer_id=customer.id, locale=customer.locale,
        is_served=customer.state == CustomerState.ACTIVE.value, crf=customer.crf,
    )  # fmt: skip


def _locale(session: Session, branch_ids: set[UUID]) -> str:
    """Staff read the language of their oldest branch."""
    oldest = select(Branch.locale).order_by(Branch.created_at, Branch.code).limit(1)
    if branch_ids:
        oldest = oldest.where(Branch.id.in_(branch_ids))
    return session.scalar(oldest) or "en"
