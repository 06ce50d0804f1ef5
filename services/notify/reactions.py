"""What notify does when an event arrives: keep copies, store messages. The sending is the senders' (notify.jobs)."""

from datetime import timedelta
from uuid import uuid5

from sqlalchemy.orm import Session

from chassis.reactions import EventContext, Reactions
from contracts.events import (
    BranchChanged,
    ComplaintReceived,
    ComplaintResolved,
    CustomerChanged,
    CustomerDeactivated,
    CustomerErased,
    CustomerRegistered,
    DuesOutstanding,
    EmailChangeRequested,
    PasswordCodeIssued,
    PasswordLinkIssued,
    PaymentMade,
    PaymentVoided,
    ReportReady,
    SealedSecret,
)
from notify.letters import (
    COMPLAINT_RECEIVED,
    COMPLAINT_RESOLVED,
    CONFIRMATION,
    EMAIL_CHANGE_NOTICED,
    EMAIL_TO_CONFIRM,
    INVITATION,
    PASSWORD_CODE,
    REMINDER,
    REPORT,
    REVERSAL,
    WELCOME,
)
from notify.usecases.erase_person import erase_person
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


def forget_customer(session: Session, event: CustomerErased, context: EventContext) -> None:
    """Keep nothing of an erased customer."""
    erase_person(session, event.customer)


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


def send_code(session: Session, event: PasswordCodeIssued, context: EventContext) -> None:
    """Send the code to who forgot their password."""
    queue_message(
        session, PASSWORD_CODE, event, context, recipient=event.email, locale=event.locale, customer=event.customer,
        branch=event.branch,
    )  # fmt: skip


def change_address(session: Session, event: EmailChangeRequested, context: EventContext) -> None:
    """Send the link to the new address, and tell the old one, which the link does not concern."""
    queue_message(
        session, EMAIL_TO_CONFIRM, event, context, recipient=event.new_email, locale=event.customer.locale,
        customer=event.customer, branch=event.branch,
    )  # fmt: skip
    if event.customer.email and not event.again:
        bare = event.model_copy(
            update={"link_token": SealedSecret(sealed="", expires_at=event.link_token.expires_at)}
        )
        queue_message(
            session, EMAIL_CHANGE_NOTICED, bare, context, recipient=event.customer.email,
            locale=event.customer.locale, customer=event.customer, branch=event.branch,
            mail_id=uuid5(context.event_id, EMAIL_CHANGE_NOTICED.template),
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


def acknowledge_complaint(session: Session, event: ComplaintReceived, context: EventContext) -> None:
    """Tell the customer the number of their complaint."""
    queue_message(
        session, COMPLAINT_RECEIVED, event, context, recipient=event.customer.email, locale=event.customer.locale,
        customer=event.customer, branch=event.branch,
    )  # fmt: skip


def tell_resolution(session: Session, event: ComplaintResolved, context: EventContext) -> None:
    """Tell the customer that their complaint is resolved, and how."""
    queue_message(
        session, COMPLAINT_RESOLVED, event, context, recipient=event.customer.email, locale=event.customer.locale,
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
        CustomerErased: forget_customer,
        PasswordLinkIssued: invite,
        PasswordCodeIssued: send_code,
        EmailChangeRequested: change_address,
        PaymentMade: confirm,
        PaymentVoided: tell_reversal,
        DuesOutstanding: remind,
        ComplaintReceived: acknowledge_complaint,
        ComplaintResolved: tell_resolution,
        ReportReady: tell_of_report,
    }
)
