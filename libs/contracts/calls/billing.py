"""Calls of the billing service: plans, subscriptions, dues, payments, invoices, runs."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.calls import Call, Page, View
from contracts.cards import (
    Allocation,
    ChargeKind,
    FeeCategory,
    InvoiceLine,
    InvoiceSnapshot,
    PaymentMode,
    Service,
    SubscriptionState,
    SubscriptionStatus,
)
from contracts.fields import IdempotencyKey, Line, Name, Period, PlanCode, Reason
from contracts.money import Money

Limit = Annotated[int, Field(ge=1, le=200)]
AmountText = Annotated[str, Field(max_length=30)]
"""A decimal string of the branch's currency; the service checks its decimals."""


# --- plans ---------------------------------------------------------------------------------------------------
class PlanPriceView(View):
    """A price from a date on."""

    price: Money
    valid_from: date


class PlanView(View):
    """A plan of a branch with its prices, newest first; `price` is today's."""

    id: UUID
    code: str
    name: str
    service: Service
    branch_id: UUID
    price: Money
    prices: tuple[PlanPriceView, ...]
    created_at: datetime


class PlanList(Page):
    """Plans by code."""

    items: tuple[PlanView, ...]


class ListPlans(Call[PlanList]):
    """The plans of the branches that the actor sees."""

    branch_id: UUID | None = None
    service_kind: Service | None = None
    cursor: Annotated[str, Field(max_length=400)] | None = None
    limit: Limit = 50


class GetPlan(Call[PlanView]):
    """One plan."""

    plan_id: UUID


class AddPlan(Call[PlanView]):
    """Add a plan to a branch. Raises PlanCodeTaken."""

    code: PlanCode
    name: Name
    service_kind: Service
    price: AmountText
    valid_from: date | None = None
    """First day of the price; without it the price is valid from ever."""
    branch_id: UUID


class SetPlanPrice(Call[PlanView]):
    """A new price from a date on; what was charged stays. Raises PriceDateTaken."""

    plan_id: UUID
    price: AmountText
    valid_from: date


# --- subscriptions -------------------------------------------------------------------------------------------
class SubscriptionView(View):
    """A subscription as its customer's page shows it. `price` is its own price, None when the plan's holds."""

    id: UUID
    customer_id: UUID
    branch_id: UUID
    plan_id: UUID
    plan_code: str
    plan_name: str
    service: Service
    status: SubscriptionStatus
    started_on: date
    billed_from: Period
    expires_on: date
    price: Money | None
    closed_on: date | None


class SubscriptionList(Page):
    """Subscriptions of a customer."""

    items: tuple[SubscriptionView, ...]


class ListSubscriptions(Call[SubscriptionList]):
    """All subscriptions of one customer."""

    customer_id: UUID


class AddSubscription(Call[SubscriptionView]):
    """Subscribe a customer to a plan of their branch.

    Raises PlanOfOtherBranch, CustomerDeactivated, StartOutOfReach.
    """

    customer_id: UUID
    plan_id: UUID
    started_on: date
    price: AmountText | None = None
    idempotency_key: IdempotencyKey | None = None


class MoveSubscription(Call[SubscriptionView]):
    """Stop, reactivate or close a subscription; every move leaves a row. Raises MoveNotAllowed."""

    subscription_id: UUID
    to: SubscriptionStatus
    reason: Reason


# --- charges and dues ----------------------------------------------------------------------------------------
class DueCharge(View):
    """An open charge: `open` is what is left of `amount`."""

    id: UUID
    kind: ChargeKind
    category: FeeCategory
    service: Service | None
    subscription_id: UUID | None
    period: Period
    amount: Money
    open: Money


class PromiseView(View):
    """That a customer promised to pay until a day; until it has passed, nobody reminds them."""

    promised_until: date
    note: str
    made_by: str
    made_at: datetime


class DuesView(View):
    """What a customer owes. Support sees that there are dues, but no amounts: `total` None and `charges` empty."""

    customer_id: UUID
    has_dues: bool
    total: Money | None
    minimum_payment: Money | None
    periods: tuple[Period, ...]
    charges: tuple[DueCharge, ...]
    promise: PromiseView | None = None
    """A promise to pay that holds, for staff."""


class GetDues(Call[DuesView]):
    """A customer's open charges, oldest period first, cable TV before broadband."""

    customer_id: UUID


class RaiseFee(Call[DueCharge]):
    """Raise one fee on a customer, due from the first day of the business month."""

    customer_id: UUID
    category: FeeCategory
    amount: AmountText
    subscription_id: UUID | None = None
    note: Line = ""
    idempotency_key: IdempotencyKey


# --- payments ------------------------------------------------------------------------------------------------
class PaymentView(View):
    """A payment with what it settled."""

    id: UUID
    payment_number: str
    invoice_number: str
    customer_id: UUID
    branch_id: UUID
    amount: Money
    mode: PaymentMode
    reference: str | None
    paid_on: date
    paid_at: datetime
    received_by: str
    allocations: tuple[Allocation, ...]
    voided: bool
    void_reason: str | None


class PaymentRecorded(PaymentView):
    """A payment just taken, with its subscriptions as they stand. `replayed`: the key was used before."""

    subscriptions: tuple[SubscriptionState, ...]
    replayed: bool = False


class RecordPayment(Call[PaymentRecorded]):
    """Take a payment (RULES, payments).

    Raises PaymentExceedsDues, PaymentBelowMinimum, NothingToPay, AmountNotPositive, ReferenceRequired, ReferenceUsed,
    IdempotencyKeyReused, StillRunning, OnlinePaymentNotOffered (customers), DuesChanged.
    """

    customer_id: UUID
    amount: AmountText
    mode: PaymentMode
    reference: Annotated[Line, Field(max_length=80)] | None = None
    service_kind: Service | None = None
    seen: Annotated[str, Field(max_length=64)] | None = None
    """The `fingerprint` of the preview that somebody looked at: nothing but what it showed is then settled."""
    idempotency_key: IdempotencyKey


class PaymentPreview(View):
    """What a payment would settle, and how its subscriptions would stand. `addressed`: the most that is taken.

    `fingerprint` is of what would be settled: the same as long as the same payment settles the same charges alike.
    """

    customer_id: UUID
    amount: Money
    addressed: Money
    allocations: tuple[Allocation, ...]
    subscriptions: tuple[SubscriptionState, ...]
    fingerprint: str = ""


class PreviewPayment(Call[PaymentPreview]):
    """What a payment would pay, before it is taken; without `amount` all that it addresses.

    Raises PaymentExceedsDues, PaymentBelowMinimum, NothingToPay, AmountNotPositive.
    """

    customer_id: UUID
    amount: AmountText | None = None
    service_kind: Service | None = None


class PaymentList(Page):
    """Payments, newest first."""

    items: tuple[PaymentView, ...]


class ListPayments(Call[PaymentList]):
    """A customer's payments, of one year when given."""

    customer_id: UUID
    year: Annotated[int, Field(ge=2000, le=2100)] | None = None
    cursor: Annotated[str, Field(max_length=400)] | None = None
    limit: Limit = 50


class GetPayment(Call[PaymentView]):
    """One payment by its number."""

    payment_number: Annotated[str, Field(max_length=40)]


class VoidPayment(Call[PaymentRecorded]):
    """Reverse a payment (manager, with reason). Raises PaymentAlreadyVoided."""

    payment_number: Annotated[str, Field(max_length=40)]
    reason: Reason


# --- invoices ------------------------------------------------------------------------------------------------
class InvoiceView(View):
    """An invoice in a list."""

    number: str
    customer_id: UUID
    branch_id: UUID
    issued_on: date
    total: Money
    payment_number: str
    payment_mode: PaymentMode
    voided: bool
    lines: tuple[InvoiceLine, ...]


class InvoiceList(Page):
    """Invoices, newest first."""

    items: tuple[InvoiceView, ...]


class ListInvoices(Call[InvoiceList]):
    """Invoices that the actor sees; a customer's own, a year's, a month's."""

    customer_id: UUID | None = None
    year: Annotated[int, Field(ge=2000, le=2100)] | None = None
    month: Annotated[int, Field(ge=1, le=12)] | None = None
    cursor: Annotated[str, Field(max_length=400)] | None = None
    limit: Limit = 50


class GetInvoice(Call[InvoiceSnapshot]):
    """One invoice as issued, with `voided` marked."""

    number: Annotated[str, Field(max_length=40)]


# --- runs ----------------------------------------------------------------------------------------------------
class RunView(View):
    """A billing or dunning run. `state`: queued, running, done, failed. `total` is known once it has started."""

    id: UUID
    kind: str
    state: str
    done: int
    total: int
    period: Period | None
    branch_id: UUID | None
    preview: bool
    business_date: date | None
    raised_count: int
    """Charges raised, or reminders emitted; in a preview, those that would be."""
    raised: tuple[Money, ...]
    """Their sum, one per currency."""
    started_at: datetime
    finished_at: datetime | None
    problem: str | None
    replayed: bool = False


class StartBillingRun(Call[RunView]):
    """Charge one period of one branch, or of all the actor's. Raises PeriodTooFarAhead, RunUnderWay."""

    period: Period
    branch_id: UUID | None = None
    preview: bool = False
    idempotency_key: IdempotencyKey | None = None


class DebtorFilter(BaseModel):
    """Which customers with dues that are due. Amounts are decimal strings of each branch's currency."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    branch_id: UUID | None = None
    area: Annotated[str, Field(max_length=200)] = ""
    """The area of the address, whole, without regard to case."""
    service_kind: Service | None = None
    older_than_months: Annotated[int, Field(ge=0, le=600)] | None = None
    """The oldest pending month lies more than so many months back."""
    minimum_amount: Annotated[str, Field(max_length=30)] | None = None
    promised: bool | None = None
    """Whether a promise to pay holds now."""
    not_reminded_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """Not reminded within so many days, today counting as the first."""


class StartDunningRun(Call[RunView]):
    """Emit DuesOutstanding for each customer with dues, at most once per customer and business date.

    Left out are those with a promise that holds, those reminded within the branch's days unless `force`, and those
    whose dues are younger than the branch's first stage. `filter` and `customer_ids` narrow the run; both may be given.
    """

    branch_id: UUID | None = None
    filter: DebtorFilter | None = None
    customer_ids: Annotated[tuple[UUID, ...], Field(max_length=500)] = ()
    force: bool = False
    idempotency_key: IdempotencyKey | None = None


class GetRun(Call[RunView]):
    """One run by its id and kind ("billing" or "dunning")."""

    run_id: UUID
    kind: str
