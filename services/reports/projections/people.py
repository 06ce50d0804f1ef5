"""Copies of branches, customers and subscriptions, kept by version."""

from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from chassis.audit import quiet
from chassis.erasing import erase_in_events
from chassis.reactions import EventContext
from contracts.cards import BranchCard, CustomerCard, SubscriptionState
from contracts.events import (
    BranchChanged,
    CustomerChanged,
    CustomerDeactivated,
    CustomerErased,
    CustomerRegistered,
    SubscriptionChanged,
)
from reports.projections.figures import note, standing
from reports.projections.newest import add_once, keep_newest
from reports.tables import BranchCopy, CustomerCopy, Payment, SubscriptionCopy


def branch_changed(session: Session, event: BranchChanged, context: EventContext) -> None:
    """Keep the branch as it is now."""
    keep_branch(session, event.branch)


def customer_changed(
    session: Session, event: CustomerRegistered | CustomerChanged | CustomerDeactivated, context: EventContext
) -> None:
    """Keep the customer as they are now."""
    keep_customer(session, event.customer)


def customer_erased(session: Session, event: CustomerErased, context: EventContext) -> None:
    """Keep nothing of the person: not in the copy, not with their payments, not in the events that were received."""
    keep_customer(session, event.customer)
    theirs = update(Payment).where(Payment.customer_id == event.customer.id)
    session.execute(theirs.values(reference=None), execution_options={"synchronize_session": False})
    erase_in_events(session, event.customer)


def subscription_changed(session: Session, event: SubscriptionChanged, context: EventContext) -> None:
    """Keep the subscription as it is now."""
    keep_subscription(session, event.subscription)


def keep_branch(session: Session, branch: BranchCard) -> None:
    """Keep the branch unless a newer version of it is known."""
    quiet(session)
    row = {"id": branch.id, "version": branch.version, "code": branch.code, "name": branch.name,
           "card": branch}  # fmt: skip
    keep_newest(session, BranchCopy, row)


def keep_customer(session: Session, customer: CustomerCard) -> None:
    """Keep the customer unless a newer version is known."""
    row = {
        "id": customer.id, "version": customer.version, "branch_id": customer.branch_id, "crf": customer.crf,
        "name": customer.name, "mobile": customer.mobile, "area": customer.address.area,
        "state": customer.state.value, "card": customer,
    }  # fmt: skip
    keep_newest(session, CustomerCopy, row)


def keep_subscription(session: Session, subscription: SubscriptionState) -> None:
    """Keep the subscription unless a newer version is known, and count it where it stands now."""
    row = {
        "id": subscription.id, "version": subscription.version, "customer_id": subscription.customer_id,
        "branch_id": subscription.branch_id, "service": subscription.service.value,
        "plan_code": subscription.plan_code, "plan_name": subscription.plan_name,
        "status": subscription.status.value, "started_on": subscription.started_on,
        "expires_on": subscription.expires_on,
    }  # fmt: skip
    before = _locked(session, subscription)
    if before is None and add_once(session, SubscriptionCopy, [row]):
        note(session, standing(SubscriptionCopy(**row), 1))
        return
    before = before or _locked(session, subscription)
    if before is None or before.version >= subscription.version:
        return
    keep_newest(session, SubscriptionCopy, row)
    note(session, [*standing(before, -1), *standing(SubscriptionCopy(**row), 1)])


def _locked(session: Session, subscription: SubscriptionState) -> Row[Any] | None:
    """The subscription as it is known, kept for us until the unit of work ends: two versions may come at once."""
    copy = SubscriptionCopy
    found = select(copy.version, copy.branch_id, copy.service, copy.status, copy.expires_on)
    return session.execute(found.where(copy.id == subscription.id).with_for_update()).first()
