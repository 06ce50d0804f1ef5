"""Who calls: role, rights and branches, as each service checks them (RULES, who may do what)."""

from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from contracts.errors import Forbidden, NotFound


class Role(StrEnum):
    """What a person is to the operator; `service` is one of the four services acting by itself."""

    ADMIN = "admin"
    MANAGER = "manager"
    CASHIER = "cashier"
    SUPPORT = "support"
    TECHNICIAN = "technician"
    CUSTOMER = "customer"
    SERVICE = "service"


class Right(StrEnum):
    """One thing that a role may or may not do; in which branches is the actor's other half."""

    SEE_CUSTOMERS = "see_customers"
    EDIT_CUSTOMERS = "edit_customers"
    DEACTIVATE_CUSTOMERS = "deactivate_customers"
    ERASE_CUSTOMERS = "erase_customers"
    SEE_DUES = "see_dues"
    SEE_MONEY = "see_money"
    TAKE_PAYMENTS = "take_payments"
    VOID_PAYMENTS = "void_payments"
    MANAGE_SUBSCRIPTIONS = "manage_subscriptions"
    RUN_BILLING = "run_billing"
    MAKE_REPORTS = "make_reports"
    SEE_MESSAGES = "see_messages"
    SEND_MESSAGES = "send_messages"
    SEE_COMPLAINTS = "see_complaints"
    """See complaints, and file one; customers their own."""
    HANDLE_COMPLAINTS = "handle_complaints"
    """Read, note, assign, resolve and reopen complaints."""
    MANAGE_PLANS = "manage_plans"
    MANAGE_STAFF = "manage_staff"
    MANAGE_BRANCHES = "manage_branches"
    MANAGE_LETTERS = "manage_letters"
    SEE_OPERATIONS = "see_operations"


_CASHIER = {
    Right.SEE_CUSTOMERS, Right.EDIT_CUSTOMERS, Right.SEE_DUES, Right.SEE_MONEY, Right.TAKE_PAYMENTS,
    Right.MANAGE_SUBSCRIPTIONS, Right.SEE_MESSAGES, Right.SEE_COMPLAINTS,
}  # fmt: skip
_MANAGER = _CASHIER | {
    Right.DEACTIVATE_CUSTOMERS, Right.VOID_PAYMENTS, Right.RUN_BILLING, Right.MAKE_REPORTS, Right.SEND_MESSAGES,
    Right.MANAGE_PLANS, Right.MANAGE_STAFF, Right.HANDLE_COMPLAINTS,
}  # fmt: skip

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right),
    Role.MANAGER: frozenset(_MANAGER),
    Role.CASHIER: frozenset(_CASHIER),
    Role.SUPPORT: frozenset({
        Right.SEE_CUSTOMERS, Right.SEE_DUES, Right.SEE_MESSAGES, Right.SEND_MESSAGES, Right.SEE_COMPLAINTS,
        Right.HANDLE_COMPLAINTS,
    }),
    Role.TECHNICIAN: frozenset(),
    # A customer's calls are checked against the one customer that the actor names, see require_customer.
    Role.CUSTOMER: frozenset({Right.SEE_CUSTOMERS, Right.SEE_DUES, Right.SEE_MONEY, Right.SEE_COMPLAINTS}),
    Role.SERVICE: frozenset(Right),
}  # fmt: skip

ROLE_RANK: dict[Role, int] = {
    Role.ADMIN: 4, Role.MANAGER: 3, Role.CASHIER: 2, Role.SUPPORT: 2, Role.TECHNICIAN: 1, Role.CUSTOMER: 0,
    Role.SERVICE: 0,
}  # fmt: skip


class Actor(BaseModel):
    """The caller of a call. `branch_ids` None means every branch; `customer_id` is set for customers only."""

    model_config = ConfigDict(frozen=True)

    subject: str
    name: str
    role: Role
    branch_ids: frozenset[UUID] | None = frozenset()
    customer_id: UUID | None = None

    def may(self, right: Right) -> bool:
        """Whether the role has the right, branches apart."""
        return right in RIGHTS[self.role]

    def require(self, right: Right) -> None:
        """Raises Forbidden when the role lacks the right."""
        if not self.may(right):
            raise Forbidden(f"Your role ({self.role}) may not do this; ask a colleague who may.")

    def sees_branch(self, branch_id: UUID) -> bool:
        """Whether the branch is one of the actor's."""
        return self.branch_ids is None or branch_id in self.branch_ids

    def require_branch(self, branch_id: UUID, what: str = "object") -> None:
        """Raises NotFound when the branch is hidden from the actor, as if the thing did not exist."""
        if not self.sees_branch(branch_id):
            raise NotFound(f"There is no such {what}.")

    def require_customer(self, customer_id: UUID, branch_id: UUID, what: str = "customer") -> None:
        """Raises NotFound unless the customer is the actor's own (customers) or in the actor's branches (staff).

        `what` of theirs was asked for: a hidden payment must be missed in the same words as one that does not exist.
        """
        hidden = (
            self.customer_id != customer_id if self.role is Role.CUSTOMER else not self.sees_branch(branch_id)
        )
        if hidden:
            raise NotFound(f"There is no such {what}.")


def service_actor(service: str) -> Actor:
    """The actor of a service that works by itself: jobs, repair, rendering."""
    return Actor(subject=f"service:{service}", name=service, role=Role.SERVICE, branch_ids=None)
