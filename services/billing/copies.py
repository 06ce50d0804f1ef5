"""Customers and branches as billing knows them, and whom an actor may see (RULES, who may do what)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from billing.domain.expiry import ExpiryPolicy
from billing.tables import BranchCopy, CustomerCopy
from chassis.audit import within
from chassis.clock import Clock
from contracts.actor import Actor, Role
from contracts.cards import BranchCard, CustomerCard
from contracts.errors import Forbidden, NotFound
from contracts.money import Money


class CustomerNotCopied(NotFound):
    """No copy of this customer is here; the door asks the customers service once, then this is the answer."""

    def __init__(self, customer_id: UUID) -> None:
        super().__init__("There is no such customer.", field="customer_id")
        self.customer_id = customer_id


class BranchNotCopied(NotFound):
    """No copy of this branch is here; the door asks the customers service once, then this is the answer."""

    def __init__(self, branch_id: UUID) -> None:
        super().__init__("There is no such branch.", field="branch_id")
        self.branch_id = branch_id


@dataclass(frozen=True)
class KnownBranch:
    """A branch with what billing asks of it."""

    card: BranchCard

    @property
    def id(self) -> UUID:
        """The branch's id."""
        return self.card.id

    @property
    def currency(self) -> str:
        """The currency that it is billed in."""
        return self.card.currency

    @property
    def minimum_payment(self) -> Money:
        """The least that a payment is, when so much is open."""
        return Money.of(self.card.policy.minimum_payment_minor, self.card.currency)

    @property
    def expiry_policy(self) -> ExpiryPolicy:
        """Days of grace and days until suspension."""
        return ExpiryPolicy(self.card.policy.grace_days, self.card.policy.suspend_after_days)

    def today(self, clock: Clock) -> date:
        """The business date in the branch's time zone."""
        return clock.today(self.card.time_zone)


@dataclass(frozen=True)
class KnownCustomer:
    """A customer with their branch."""

    card: CustomerCard
    branch: KnownBranch

    @property
    def id(self) -> UUID:
        """The customer's id."""
        return self.card.id


_SEEN = (
    select(CustomerCopy.card, CustomerCopy.branch_id, BranchCopy.card)
    .outerjoin(BranchCopy, BranchCopy.id == CustomerCopy.branch_id)
    .where(CustomerCopy.id == bindparam("customer_id"))
)
_LOCKED = _SEEN.with_for_update(of=CustomerCopy)


def find_customer(
    session: Session,
    customer_id: UUID,
    actor: Actor | None = None,
    *,
    lock: bool = False,
    what: str = "customer",
) -> KnownCustomer:
    """The customer, locked when their money or subscriptions are to change.

    Raises CustomerNotCopied, BranchNotCopied; NotFound when hidden from the actor, who asked for `what` of theirs.
    """
    found = session.connection().execute(_LOCKED if lock else _SEEN, {"customer_id": customer_id}).first()
    if found is None:
        raise CustomerNotCopied(customer_id)
    customer_card, branch_id, branch_card = found
    if actor is not None:
        actor.require_customer(customer_id, branch_id, what)
    if branch_card is None:
        raise BranchNotCopied(branch_id)
    within(session, branch_id=branch_id, customer_id=customer_id, what=("customer", customer_id))
    return KnownCustomer(
        CustomerCard.model_validate(customer_card), KnownBranch(BranchCard.model_validate(branch_card))
    )


def find_branch(session: Session, branch_id: UUID, actor: Actor | None = None) -> KnownBranch:
    """The branch. Raises NotFound when hidden from the actor, BranchNotCopied."""
    if actor is not None:
        actor.require_branch(branch_id, "branch")
        within(session, branch_id=branch_id)
    card = session.execute(select(BranchCopy.card).where(BranchCopy.id == branch_id)).scalar()
    if card is None:
        raise BranchNotCopied(branch_id)
    return KnownBranch(BranchCard.model_validate(card))


def seen_branches(session: Session, actor: Actor) -> list[KnownBranch]:
    """Every branch that the actor sees, by code."""
    rows = session.execute(select(BranchCopy.card).order_by(BranchCopy.code)).scalars()
    branches = [KnownBranch(BranchCard.model_validate(card)) for card in rows]
    return [branch for branch in branches if actor.sees_branch(branch.id)]


def require_staff(actor: Actor) -> None:
    """Raises Forbidden for customers, who see nothing but their own."""
    if actor.role is Role.CUSTOMER:
        raise Forbidden("This is for staff; your own dues, payments and invoices are on your page.")
