"""Every event of Headend. Additions are optional fields; anything else is a new type beside the old (DESIGN, 3)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from contracts.calls.reports import ReportFormat, Selection
from contracts.cards import (
    Allocation,
    BranchCard,
    ChargeKind,
    ComplaintCard,
    CustomerCard,
    FeeCategory,
    InvoiceSnapshot,
    Party,
    PaymentMode,
    ReminderStage,
    Service,
    SubscriptionState,
)
from contracts.fields import Period
from contracts.money import Money


class Event(BaseModel):
    """A fact that a service publishes once; the type is the class name, the exchange `<producer>.events`."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    producer: ClassVar[str]

    @classmethod
    def type_name(cls) -> str:
        """The event's type, which is also its routing key."""
        return cls.__name__

    def subject(self) -> UUID | None:
        """The customer whom the event is about, for erasing (RULES, keeping and erasing); None for others."""
        customer = getattr(self, "customer", None)
        return customer.id if isinstance(customer, CustomerCard) else None

    def without_person(self, customer: CustomerCard) -> Self:
        """The same event after its subject was erased: `customer` is the card that is left of them.

        Amounts, numbers and dates stay, so that whatever was counted from the event is counted the same again.
        """
        return self.model_copy(update={"customer": customer} | self._blanks(customer))

    def _blanks(self, customer: CustomerCard) -> dict[str, object]:
        """What else of the event tells of the person, blanked."""
        return {}


class EventEnvelope(BaseModel):
    """An event on the wire: the body with its identity. `trace` follows one request to its last e-mail."""

    model_config = ConfigDict(hide_input_in_errors=True)

    id: UUID
    type: str
    producer: str
    occurred_at: datetime
    trace: str = ""
    body: dict[str, object]


class SealedSecret(BaseModel):
    """A secret that only customers and notify can open (AES-GCM, base64); useless after `expires_at` or first use."""

    model_config = ConfigDict(frozen=True)

    sealed: str
    expires_at: datetime


class BranchChanged(Event):
    """A branch was added or its data or policy changed."""

    producer = "customers"
    branch: BranchCard


class CustomerRegistered(Event):
    """A customer was added. notify welcomes them with their login; an import sends nothing: `welcome` False."""

    producer = "customers"
    customer: CustomerCard
    username: str
    password: SealedSecret | None = None
    welcome: bool = True

    def _blanks(self, customer: CustomerCard) -> dict[str, object]:
        return {"username": "", "password": None}


class CustomerChanged(Event):
    """A customer's data changed, or the customer was restored."""

    producer = "customers"
    customer: CustomerCard


class CustomerDeactivated(Event):
    """A customer is no longer served."""

    producer = "customers"
    customer: CustomerCard
    reason: str

    def _blanks(self, customer: CustomerCard) -> dict[str, object]:
        return {"reason": ""}


class CustomerErased(Event):
    """A customer's personal data was removed; `customer` is what is left of them. Their ledger stays."""

    producer = "customers"
    customer: CustomerCard


class PasswordLinkIssued(Event):
    """Somebody was invited to set a password by a one-time link: a new staff member or an imported customer."""

    producer = "customers"
    name: str
    username: str
    email: str
    locale: str
    branch: BranchCard | None = None
    customer: CustomerCard | None = None
    link_token: SealedSecret

    def _blanks(self, customer: CustomerCard) -> dict[str, object]:
        return {"name": customer.name, "username": "", "email": ""}


class ComplaintReceived(Event):
    """A customer complained, or staff wrote it down for them; an import publishes none."""

    producer = "customers"
    customer: CustomerCard
    branch: BranchCard
    complaint: ComplaintCard

    def _blanks(self, customer: CustomerCard) -> dict[str, object]:
        blanks: dict[str, object] = {"complaint": self.complaint.model_copy(update={"message": ""})}
        return blanks


class ComplaintResolved(Event):
    """Staff resolved a complaint. `reopen_until` is the last day on which the customer may say that it is not."""

    producer = "customers"
    customer: CustomerCard
    branch: BranchCard
    complaint: ComplaintCard
    resolution: str
    resolved_on: date
    reopen_until: date

    def _blanks(self, customer: CustomerCard) -> dict[str, object]:
        blanks: dict[str, object] = {"complaint": self.complaint.model_copy(update={"message": ""})}
        return blanks | {"resolution": ""}


class PasswordCodeIssued(Event):
    """Somebody forgot their password and is mailed a code of six digits that sets a new one within ten minutes."""

    producer = "customers"
    name: str
    username: str
    email: str
    locale: str
    branch: BranchCard | None = None
    customer: CustomerCard | None = None
    code: SealedSecret

    def _blanks(self, customer: CustomerCard) -> dict[str, object]:
        return {"name": customer.name, "username": "", "email": ""}


class EmailChangeRequested(Event):
    """A customer gave a new e-mail address. `customer` has the old one, which holds until the link is followed.

    notify sends the link to the new address, and tells the old one; `again`: only the link, which was asked for anew.
    """

    producer = "customers"
    customer: CustomerCard
    branch: BranchCard
    new_email: str
    link_token: SealedSecret
    again: bool = False

    def _blanks(self, customer: CustomerCard) -> dict[str, object]:
        return {"new_email": ""}


class SubscriptionChanged(Event):
    """A subscription started or moved to another status or expiry date. A reader applies only a higher version."""

    producer = "billing"
    subscription: SubscriptionState
    imported: bool = False


class RaisedCharge(BaseModel):
    """One charge inside ChargesRaised. `settled_minor` is above zero only for months paid before an import."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: UUID
    customer_id: UUID
    subscription_id: UUID | None
    kind: ChargeKind
    category: FeeCategory
    service: Service | None
    period: Period
    amount_minor: int
    settled_minor: int = 0


class ChargesRaised(Event):
    """Up to 500 charges of one branch were raised: a chunk of a billing run, an import, or a single fee."""

    producer = "billing"
    branch_id: UUID
    currency: str
    charges: tuple[RaisedCharge, ...]


class PaymentMade(Event):
    """A payment was taken: the whole invoice as issued, so that nobody needs to call back."""

    producer = "billing"
    payment_id: UUID
    payment_number: str
    customer: CustomerCard
    branch: BranchCard
    amount: Money
    mode: PaymentMode
    reference: str | None = None
    paid_on: date
    received_by: str
    allocations: tuple[Allocation, ...]
    subscriptions: tuple[SubscriptionState, ...]
    invoice: InvoiceSnapshot

    def _blanks(self, customer: CustomerCard) -> dict[str, object]:
        buyer = Party(name=customer.name, reference=customer.crf)
        return {"reference": None, "invoice": self.invoice.model_copy(update={"buyer": buyer})}


class PaymentVoided(Event):
    """A payment was reversed; its months are open again, its numbers stay and are marked."""

    producer = "billing"
    payment_id: UUID
    payment_number: str
    invoice_number: str
    customer: CustomerCard
    branch_id: UUID
    amount: Money
    voided_on: date
    reason: str
    allocations: tuple[Allocation, ...]
    subscriptions: tuple[SubscriptionState, ...]


class PendingMonth(BaseModel):
    """What is open of one service in one period; fees have no service."""

    model_config = ConfigDict(frozen=True)

    service: Service | None
    period: Period
    open: Money


class DuesOutstanding(Event):
    """A customer owes money on that business date: at most one such event per customer and date."""

    producer = "billing"
    customer: CustomerCard
    branch: BranchCard
    business_date: date
    total: Money
    months: tuple[PendingMonth, ...]
    stage: ReminderStage | None = None
    """How firmly the branch's policy has it said; None: friendly."""

    def periods(self) -> list[str]:
        """The pending months, each once, oldest first."""
        return sorted({month.period for month in self.months})


class MessageFailed(Event):
    """A message was given up: refused for good, or tried too often."""

    producer = "notify"
    message_id: UUID
    customer_id: UUID | None
    template: str
    reason: str

    def subject(self) -> UUID | None:
        """The addressed customer."""
        return self.customer_id

    def without_person(self, customer: CustomerCard) -> Self:
        """Without the reason, which may quote the address."""
        return self.model_copy(update={"reason": ""})


def subject_in(body: dict[str, object]) -> UUID | None:
    """The customer whom an event is about, read from its body as it travels; None for others."""
    customer = body.get("customer")
    found = customer.get("id") if isinstance(customer, dict) else body.get("customer_id")
    try:
        return UUID(str(found)) if found else None
    except ValueError:
        return None


class ReportReady(Event):
    """A monthly report is made; one of those who asked for it is to be told. Without a branch: all of theirs.

    `rows` is how many charges it lists; `caught_up` False when later payments may be missing.
    """

    producer = "reports"
    report_id: UUID
    name: str
    email: str
    locale: str
    branch: BranchCard | None = None
    service: Service
    period: Period
    selection: Selection
    format: ReportFormat
    rows: int
    as_of: datetime
    caught_up: bool = True


def event_types() -> dict[str, type[Event]]:
    """Every event by its type name."""
    return {found.type_name(): found for found in _subclasses(Event)}


def _subclasses(parent: type[Event]) -> Iterator[type[Event]]:
    for child in parent.__subclasses__():
        yield child
        yield from _subclasses(child)
