"""The kinds of message: which event each tells of, how urgent it is, and what it carries."""

from dataclasses import dataclass

from contracts.events import (
    ComplaintReceived,
    ComplaintResolved,
    CustomerRegistered,
    DuesOutstanding,
    EmailChangeRequested,
    Event,
    PasswordCodeIssued,
    PasswordLinkIssued,
    PaymentMade,
    PaymentVoided,
    ReportReady,
    SealedSecret,
)
from notify.domain.states import Priority


@dataclass(frozen=True)
class Letter:
    """A kind of message. `template` names the folder under templates/<language>/ and stands in the row."""

    template: str
    event: type[Event]
    priority: Priority
    secret_field: str | None = None
    """Where in the event the sealed secret is."""
    has_invoice: bool = False
    """Whether the invoice goes with it as a PDF."""
    plain_subject: str = ""
    """What staff who may see no amounts read instead of a subject that names one (RULES, who may do what)."""
    may_be_repeated: bool = True
    """Whether staff may send it again: what proves who reads an address goes there once, and nowhere else."""
    secret_purpose: str = ""
    """What customers sealed it for (chassis.seal); the same words stand in customers' use cases."""

    def read(self, body: object) -> Event:
        """The event as the row keeps it."""
        return self.event.model_validate(body)

    def secret_of(self, event: Event) -> SealedSecret | None:
        """The sealed secret inside, if there is one."""
        found = getattr(event, self.secret_field) if self.secret_field else None
        return found if isinstance(found, SealedSecret) else None


WELCOME = Letter(
    "customer_registered",
    CustomerRegistered,
    Priority.SOMEBODY_WAITS,
    secret_field="password",  # noqa: S106 - the name of a field
    secret_purpose="one-time-password",  # noqa: S106 - the name of a purpose
)
INVITATION = Letter(
    "password_link_issued",
    PasswordLinkIssued,
    Priority.SOMEBODY_WAITS,
    secret_field="link_token",  # noqa: S106 - the name of a field
    secret_purpose="password-link",  # noqa: S106 - the name of a purpose
)
PASSWORD_CODE = Letter(
    "password_code_issued",
    PasswordCodeIssued,
    Priority.SOMEBODY_WAITS,
    may_be_repeated=False,
    secret_field="code",  # noqa: S106 - the name of a field
    secret_purpose="password-code",  # noqa: S106 - the name of a purpose
)
EMAIL_TO_CONFIRM = Letter(
    "email_to_confirm",
    EmailChangeRequested,
    Priority.SOMEBODY_WAITS,
    may_be_repeated=False,
    secret_field="link_token",  # noqa: S106 - the name of a field
    secret_purpose="email-link",  # noqa: S106 - the name of a purpose
)
EMAIL_CHANGE_NOTICED = Letter(
    "email_change_noticed", EmailChangeRequested, Priority.SOMEBODY_WAITS, may_be_repeated=False
)
CONFIRMATION = Letter(
    "payment_made",
    PaymentMade,
    Priority.SOMEBODY_WAITS,
    has_invoice=True,
    plain_subject="Confirmation of a payment",
)
REVERSAL = Letter(
    "payment_voided", PaymentVoided, Priority.SOMEBODY_WAITS, plain_subject="Reversal of a payment"
)
REMINDER = Letter("dues_outstanding", DuesOutstanding, Priority.BULK, plain_subject="Reminder of dues")

COMPLAINT_RECEIVED = Letter("complaint_received", ComplaintReceived, Priority.SOMEBODY_WAITS)
COMPLAINT_RESOLVED = Letter("complaint_resolved", ComplaintResolved, Priority.SOMEBODY_WAITS)
REPORT = Letter("report_ready", ReportReady, Priority.BULK)

_ALL = (
    WELCOME, INVITATION, PASSWORD_CODE, EMAIL_TO_CONFIRM, EMAIL_CHANGE_NOTICED, CONFIRMATION, REMINDER,
    COMPLAINT_RECEIVED, COMPLAINT_RESOLVED, REVERSAL, REPORT,
)  # fmt: skip
LETTERS = {letter.template: letter for letter in _ALL}

"""Every kind by the name in the row."""
