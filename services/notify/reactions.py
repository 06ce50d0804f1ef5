"""What notify does when an event arrives: keep copies, store messages. The sending is the senders' (notify.jobs)."""

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
    ReportReady,
)
from notify.letters import CONFIRMATION, INVITATION, REMINDER, REPORT, WELCOME
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


def remind(session: Session, event: DuesOutstanding, context: EventContext) -> None:
    """Send the reminder."""
    queue_message(
        session, REMINDER, event, context, recipient=event.customer.email, locale=event.customer.locale,
        customer=event.customer, branch=event.branch,
    )  # fmt: skip


def tell_of_report(session: Session, event: ReportReady, context: EventContext) -> None:
    """Tell a member of staff that a monthly report is made. The file stays behind the sign-in: it names customers."""
    queue_message(
        session,
        REPORT,
        event,
        context,
        recipient=event.email,
        locale=event.locale,
        customer=None,
        branch=event.branch,
    )


REACTIONS = Reactions(
    {
        BranchChanged: keep_branch_of,
        CustomerRegistered: welcome,
        CustomerChanged: keep_customer_of,
        CustomerDeactivated: keep_customer_of,
        PasswordLinkIssued: invite,
        PaymentMade: confirm,
        DuesOutstanding: remind,
        ReportReady: tell_of_report,
    }
)
