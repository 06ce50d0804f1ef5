"""The kinds of message: which event each tells of, how urgent it is, and what it carries."""

from dataclasses import dataclass

from contracts.events import (
    CustomerRegistered,
    DuesOutstanding,
    Event,
    PasswordLinkIssued,
    PaymentMade,
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
CONFIRMATION = Letter(
    "payment_made",
    PaymentMade,
    Priority.SOMEBODY_WAITS,
    has_invoice=True,
    plain_subject="Confirmation of a payment",
)
REMINDER = Letter("dues_outstanding", DuesOutstanding, Priority.BULK, plain_subject="Reminder of dues")

REPORT = Letter("report_ready", ReportReady, Priority.BULK)

LETTERS = {letter.template: letter for letter in (WELCOME, INVITATION, CONFIRMATION, REMINDER, REPORT)}
"""Every kind by the name in the row."""
