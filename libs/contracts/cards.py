"""Snapshots inside events and calls: customer, branch, subscription and invoice as they were at that moment."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from contracts.fields import Period
from contracts.money import Money


class Card(BaseModel):
    """A frozen snapshot. Unknown fields are ignored, so that an older reader takes a newer card."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Service(StrEnum):
    """What a customer subscribes to. In one period cable TV is settled before broadband (RULES, payments)."""

    CABLE_TV = "cable_tv"
    BROADBAND = "broadband"


class ChargeKind(StrEnum):
    """A recurring charge is one per subscription and period; everything else is a fee."""

    RECURRING = "recurring"
    FEE = "fee"


class FeeCategory(StrEnum):
    """What a charge is for; each its own journal category, so that takings can be split (RULES, charges)."""

    USAGE = "usage"
    INSTALLATION = "installation"
    HANDLING = "handling"
    LABOUR_AND_MATERIAL = "labour_and_material"
    RELOCATION = "relocation"
    TRANSFER = "transfer"
    VOLUNTARY_STOP = "voluntary_stop"
    REACTIVATION = "reactivation"
    MAINTENANCE = "maintenance"
    LATE = "late"
    OTHER = "other"


class SubscriptionStatus(StrEnum):
    """States of a subscription (RULES, expiry and status)."""

    APPLIED = "applied"
    ACTIVE = "active"
    INACTIVE = "inactive"
    SUSPENDED = "suspended"
    VOLUNTARY_STOP = "voluntary_stop"
    FORCED_STOP = "forced_stop"
    CLOSED = "closed"


class PaymentMode(StrEnum):
    """How the money came; `opening` only stands for months that were paid before an import."""

    CASH = "cash"
    ONLINE = "online"
    OPENING = "opening"


class Address(Card):
    """A postal address; every line may be empty."""

    house_name: str = ""
    street: str = ""
    area: str = ""
    district: str = ""
    state: str = ""
    country: str = ""
    postal_code: str = ""

    def lines(self) -> list[str]:
        """The address as lines of print, empty ones left out."""
        region = " ".join(part for part in (self.district, self.postal_code) if part)
        country = ", ".join(part for part in (self.state, self.country) if part)
        return [line for line in (self.house_name, self.street, self.area, region, country) if line]


class Invoicing(StrEnum):
    """When invoices are made (RULES, invoices and numbers)."""

    ON_PAYMENT = "on_payment"
    IN_ADVANCE = "in_advance"


class Proration(StrEnum):
    """Whether a month begun is charged in full or by days served."""

    NONE = "none"
    DAILY = "daily"


class ComplaintKind(StrEnum):
    """What a complaint is about, as the customer chose it."""

    NO_SIGNAL = "no_signal"
    SET_TOP_BOX = "set_top_box"
    BILLING = "billing"
    BROADBAND = "broadband"
    SPEED = "speed"
    OTHER = "other"


class ReminderStage(StrEnum):
    """How firmly a reminder speaks; each has words of its own (notify)."""

    FRIENDLY = "friendly"
    FIRM = "firm"
    FINAL = "final"


class StageRule(Card):
    """From how many months after the oldest pending one a reminder speaks so; 0: in that month itself."""

    stage: ReminderStage
    from_months: int


class CashDeskRule(StrEnum):
    """Whether cash is taken only at an open cash desk."""

    OPTIONAL = "optional"
    REQUIRED = "required"


class BranchPolicy(Card):
    """What a branch decides for itself. Amounts are minor units of the branch's currency."""

    minimum_payment_minor: int = 25000
    invoicing: Invoicing = Invoicing.ON_PAYMENT
    proration: Proration = Proration.NONE
    grace_days: int = 0
    suspend_after_days: int = 60
    reminder_days: tuple[int, ...] = ()
    reminder_pause_days: int = 7
    """No second reminder to a customer before so many days, unless forced."""
    reminder_stages: tuple[StageRule, ...] = (StageRule(stage=ReminderStage.FRIENDLY, from_months=0),)
    complaint_reopen_days: int = 7
    """Days after it was resolved in which a customer may reopen a complaint; 0: on the same day only."""
    upi_id: str = ""
    """Accounts that customers may pay to; empty for none."""
    iban: str = ""
    bic: str = ""
    account_name: str = ""
    """The holder of the accounts, as the bank knows them."""
    cash_desk: CashDeskRule = CashDeskRule.OPTIONAL


class BranchCard(Card):
    """A branch as events carry it. A reader applies only a higher version."""

    id: UUID
    version: int
    code: str
    name: str
    currency: str
    time_zone: str
    locale: str
    tax_id: str = ""
    letterhead: tuple[str, ...] = ()
    policy: BranchPolicy = BranchPolicy()


class CustomerState(StrEnum):
    """Whether the customer is served at all; a subscription's status is another matter."""

    ACTIVE = "active"
    DEACTIVATED = "deactivated"


class CustomerCard(Card):
    """A customer as events carry it. A reader applies only a higher version."""

    id: UUID
    version: int
    branch_id: UUID
    crf: str
    name: str
    email: str | None = None
    mobile: str | None = None
    address: Address = Address()
    locale: str = "en"
    state: CustomerState = CustomerState.ACTIVE
    erased: bool = False
    """Personal data was removed; the name is a stand-in."""


class ComplaintCard(Card):
    """A complaint as events carry it; notes of staff are not in it."""

    id: UUID
    number: str
    kind: ComplaintKind
    service: Service | None = None
    message: str
    filed_on: date


class Allocation(Card):
    """The part of a payment that settles one charge, wholly or in part."""

    charge_id: UUID
    subscription_id: UUID | None
    kind: ChargeKind
    category: FeeCategory
    service: Service | None
    period: Period
    amount: Money
    charge_amount: Money
    open_after: Money


class SubscriptionState(Card):
    """Where a subscription stands after something happened to it."""

    id: UUID
    customer_id: UUID
    branch_id: UUID
    service: Service
    plan_id: UUID
    plan_code: str
    plan_name: str
    status: SubscriptionStatus
    started_on: date
    expires_on: date
    version: int = 0


class Party(Card):
    """Seller or buyer on a document, as printed."""

    name: str
    lines: tuple[str, ...] = ()
    tax_id: str = ""
    reference: str = ""
    """The buyer's CRF number, the seller's branch code."""


class InvoiceLine(Card):
    """One line of an invoice: an allocation. `partial` when it covers only a part of the month."""

    service: Service | None
    plan_name: str
    category: FeeCategory
    period: Period
    partial: bool
    amount: Money


class InvoiceSnapshot(Card):
    """An invoice as issued; never altered, and all that a PDF is drawn from (RULES, invoices and numbers)."""

    number: str
    issued_on: date
    issued_at: datetime
    branch_id: UUID
    customer_id: UUID
    locale: str
    seller: Party
    buyer: Party
    lines: tuple[InvoiceLine, ...]
    total: Money
    payment_number: str
    payment_mode: PaymentMode
    payment_reference: str | None = None
    received_by: str = ""
    voided: bool = False
