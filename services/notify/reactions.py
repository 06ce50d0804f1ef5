"""What notify does when an event arrives: keep copies, store messages. The sending is the senders' (notify.jobs)."""

from datetime import timedelta

from sqlalchemy.orm import Session

from chassis.reactions import EventContext, Reactions
from contracts.events import (
    BranchChanged,
    CustomerChanged,
    CustomerDeactivated,
    CustomerRegistered,
    DuesOutstanding,
    PasswordLinkIssued,
    PaymentMade,
    PaymentVoided,
)
from notify.letters import CONFIRMATION, INVITATION, REMINDER, REVERSAL, WELCOME
from notify.usecases.keep_copies import keep_branch, keep_customer
from notify.usecases.queue_message import queue_message


def keep_branch_of(session: Session, event: BranchChanged, context: EventContext) -> None:
    """Keep the branch: its letterhead, language and time zone are on every message."""
    keep_branch(session, event.branch)


def keep_customer_of(
    session: Session, event: CustomerChanged | CustomerDeactivated, context: EventContext
) -> None:
    """Keep the customer."""
    keep_customer(session, event.customer)


def welcome(session: Session, event: CustomerRegistered, context: EventContext) -> None:
    """Send the login to a new customer; an import sends nothing by itself."""
    keep_customer(session, event.customer)
    if event.welcome:
        queue_message(
            session, WELCOME, event, context, recipient=event.customer.email, locale=event.customer.locale,
            customer=event.customer, branch=None,
        )  # fmt: skip


def invite(session: Session, event: PasswordLinkIssued, context: EventContext) -> None:
    """Send the one-time link to a customer or a member of staff."""
    queue_message(
        session, INVITATION, event, context, recipient=event.email, locale=event.locale, customer=event.customer,
        branch=event.branch,
    )  # fmt: skip


def confirm(session: Session, event: PaymentMade, context: EventContext) -> None:
    """Send the confirmation with the invoice."""
    queue_message(
        session, CONFIRMATION, event, context, recipient=event.customer.email, locale=event.customer.locale,
        customer=event.customer, branch=event.branch,
    )  # fmt: skip


def tell_reversal(session: Session, event: PaymentVoided, context: EventContext) -> None:
    """Say that a payment was reversed. News so old that nobody waits for it (a repair from the first event on) is kept
    from the customer.
    """
    if context.occurred_at < context.clock.now() - _STALE:
        return
    queue_message(
        session, REVERSAL, event, context, recipient=event.customer.email, locale=event.customer.locale,
        customer=event.customer, branch=None,
    )  # fmt: skip


_STALE = timedelta(days=30)


def remind(session: Session, event: DuesOutstanding, context: EventContext) -> None:
    """Send the reminder."""
    queue_message(
        session, REMINDER, event, context, recipient=event.customer.email, locale=event.customer.locale,
        customer=event.customer, branch=event.branch,
    )  # fmt: skip


REACTIONS = Reactions(
    {
        BranchChanged: keep_branch_of,
        CustomerRegistered: welcome,
        CustomerChanged: keep_customer_of,
        CustomerDeactivated: keep_customer_of,
        PasswordLinkIssued: invite,
        PaymentMade: confirm,
        PaymentVoided: tell_reversal,
        DuesOutstanding: remind,
    }
)
