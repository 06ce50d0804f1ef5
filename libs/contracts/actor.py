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
    MANAGE_SIGN_IN = "manage_sign_in"
    """Say which roles must sign in in two steps."""
    SEE_OPERATIONS = "see_operations"
    SEE_AUDIT = "see_audit"
    """Read the audit log: managers that of their branches."""
    SEE_ID_NUMBERS = "see_id_numbers"
    """Look at an ID number in clear, which is written into the audit log; customers at their own."""


_CASHIER = {
    Right.SEE_CUSTOMERS, Right.EDIT_CUSTOMERS, Right.SEE_DUES, Right.SEE_MONEY, Right.TAKE_PAYMENTS,
    Right.MANAGE_SUBSCRIPTIONS, Right.SEE_MESSAGES, Right.SEE_COMPLAINTS, Right.SEE_ID_NUMBERS,
}  # fmt: skip
_MANAGER = _CASHIER | {
    Right.DEACTIVATE_CUSTOMERS, Right.VOID_PAYMENTS, Right.RUN_BILLING, Right.MAKE_REPORTS, Right.SEND_MESSAGES,
    Right.MANAGE_PLANS, Right.MANAGE_STAFF, Right.HANDLE_COMPLAINTS, Right.SEE_AUDIT,
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
    Role.CUSTOMER: frozenset({
        Right.SEE_CUSTOMERS, Right.SEE_DUES, Right.SEE_MONEY, Right.SEE_COMPLAINTS, Right.SEE_ID_NUMBERS,
    }),
    Role.SERVICE: frozenset(Right),
}  # fmt: skip


class Scope(StrEnum):
    """What an API token is for. A program never gets more than its person has: scopes only narrow."""

    READ = "read"
    """See whatever the person sees, and change nothing."""
    CUSTOMERS = "customers"
    PAYMENTS = "payments"
    REPORTS = "reports"


SCOPE_RIGHTS: dict[Scope, frozenset[Right]] = {
    Scope.READ: frozenset(Right),  # for calls that only read: see Actor.for_call
    Scope.CUSTOMERS: frozenset({
        Right.SEE_CUSTOMERS, Right.EDIT_CUSTOMERS, Right.DEACTIVATE_CUSTOMERS, Right.MANAGE_SUBSCRIPTIONS,
        Right.SEE_COMPLAINTS, Right.HANDLE_COMPLAINTS,
    }),
    Scope.PAYMENTS: frozenset({Right.SEE_CUSTOMERS, Right.SEE_DUES, Right.SEE_MONEY, Right.TAKE_PAYMENTS}),
    Scope.REPORTS: frozenset({Right.MAKE_REPORTS}),
}  # fmt: skip
"""What tokens do at most. Staff, branches, plans, texts, runs, voiding and erasing are for people who are signed in."""

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
    scopes: frozenset[Scope] | None = None
    """Of an API token; None: the person themself."""

    def may(self, right: Right) -> bool:
        """Whether the role has the right, and the token's scopes if it is one; branches apart."""
        scoped = self.scopes is None or any(right in SCOPE_RIGHTS[scope] for scope in self.scopes)
        return scoped and right in RIGHTS[self.role]

    def for_call(self, *, reads: bool) -> "Actor":
        """The actor as a call sees them. For one that changes something the scope READ is worth nothing.

        Raises Forbidden when nothing is left.
        """
        if self.scopes is None or reads:
            return self
        left = self.scopes - {Scope.READ}
        if not left:
            raise Forbidden("This token is for reading only; make one with the scope that this needs.")
        return self.model_copy(update={"scopes": left})

    def require(self, right: Right) -> None:
        """Raises Forbidden when the role, or the token, lacks the right."""
        if not self.may(right):
            if right in RIGHTS[self.role]:
                raise Forbidden("This token may not do this; make one with the scope that this needs.")
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
