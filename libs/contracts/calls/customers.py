"""Calls of the customers service: branches, staff, customers, sign-in."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.actor import Role, Scope
from contracts.calls import Call, Done, Page, View
from contracts.calls.allowances import Allowance
from contracts.cards import (
    BranchCard,
    CashDeskRule,
    CustomerCard,
    CustomerState,
    Invoicing,
    Proration,
    StageRule,
)
from contracts.fields import (
    AccountName,
    Bic,
    BranchCode,
    CrfNumber,
    EmailAddress,
    Iban,
    Line,
    Name,
    OptionalEmail,
    OptionalMobile,
    Password,
    Reason,
    Text,
    UpiId,
    Username,
)

Limit = Annotated[int, Field(ge=1, le=200)]


# --- sign-in -------------------------------------------------------------------------------------------------
class Me(View):
    """Who is signed in."""

    subject: str
    username: str
    name: str
    role: Role
    branch_ids: tuple[UUID, ...] | None
    customer_id: UUID | None
    locale: str
    must_change_password: bool = False
    must_set_up_two_step: bool = False
    """The role must sign in in two steps, and this person cannot yet; they may do nothing else before."""
    scopes: tuple[Scope, ...] | None = None
    """Of an API token; None: the person themself."""


class SessionOpened(View):
    """A session; `token` is shown only here. Until the password is changed, such a session may do nothing else.

    `needs_code`: it is no session yet; its token is good for CompleteSignIn alone.
    """

    token: str
    expires_at: datetime
    must_change_password: bool
    me: Me
    needs_code: bool = False


class SignIn(Call[SessionOpened]):
    """Open a session. Open to everybody; throttled per account and per address. Raises SignInRefused, Throttled."""

    username: Annotated[str, Field(max_length=200)]
    password: Annotated[str, Field(max_length=200)]
    address: Annotated[str, Field(max_length=100)] = ""
    """The caller's network address, for throttling."""
    user_agent: Annotated[str, Field(max_length=400)] = ""
    """What the browser or program calls itself, so that people recognise their sessions."""


class SignOut(Call[Done]):
    """Close the session of this token."""

    token: Annotated[str, Field(max_length=200)]


class ActorIssued(View):
    """A signed actor token (five minutes) for a valid session."""

    actor_token: str
    me: Me
    allowance: Allowance | None = None
    """So many requests of this person the gateway may let through, then it asks again."""


class CheckSession(Call[ActorIssued]):
    """Exchange a session's token, or an API token, for an actor token. Open to everybody.

    Raises Unauthenticated, and Throttled for who has asked too often in this minute.
    """

    token: Annotated[str, Field(max_length=200)]


class SetPasswordByLink(Call[Done]):
    """Set a password with the token of a one-time link. Open to everybody. Raises LinkExpired, PasswordTooWeak."""

    link_token: Annotated[str, Field(max_length=200)]
    password: Password


class PasswordChanged(View):
    """The session's new token; the one before is worthless. None from a service of before this was so."""

    token: str | None = None


class ChangeOwnPassword(Call[PasswordChanged]):
    """The signed-in person changes their password; every other session of theirs ends."""

    session_token: Annotated[str, Field(max_length=200)]
    current_password: Annotated[str, Field(max_length=200)]
    password: Password


# --- branches ------------------------------------------------------------------------------------------------
class BranchList(Page):
    """Branches by code."""

    items: tuple[BranchCard, ...]


class ListBranches(Call[BranchList]):
    """The branches that the actor sees."""


class GetBranch(Call[BranchCard]):
    """One branch."""

    branch_id: UUID


class AddBranch(Call[BranchCard]):
    """Add a branch (operator admin). Amounts are decimal strings of its currency. Raises BranchCodeTaken."""

    code: BranchCode
    name: Name
    currency: Annotated[str, Field(min_length=3, max_length=3)]
    time_zone: Annotated[str, Field(max_length=60)]
    locale: Annotated[str, Field(max_length=20)] = "en"
    tax_id: Line = ""
    letterhead: Annotated[tuple[Line, ...], Field(max_length=6)] = ()
    minimum_payment: Annotated[str, Field(max_length=30)] | None = None
    invoicing: Invoicing = Invoicing.ON_PAYMENT
    proration: Proration = Proration.NONE
    grace_days: Annotated[int, Field(ge=0, le=365)] = 0
    suspend_after_days: Annotated[int, Field(ge=1, le=730)] = 60
    reminder_days: tuple[Annotated[int, Field(ge=1, le=28)], ...] = ()
    complaint_reopen_days: Annotated[int, Field(ge=0, le=90)] = 7
    reminder_pause_days: Annotated[int, Field(ge=1, le=90)] = 7
    reminder_stages: Annotated[tuple[StageRule, ...], Field(min_length=1, max_length=3)] | None = None
    upi_id: UpiId = ""
    iban: Iban = ""
    bic: Bic = ""
    account_name: AccountName = ""
    cash_desk: CashDeskRule = CashDeskRule.OPTIONAL


class ChangeBranch(Call[BranchCard]):
    """Change what is given of a branch (operator admin); the code stays for ever."""

    branch_id: UUID
    name: Name | None = None
    currency: Annotated[str, Field(min_length=3, max_length=3)] | None = None
    time_zone: Annotated[str, Field(max_length=60)] | None = None
    locale: Annotated[str, Field(max_length=20)] | None = None
    tax_id: Line | None = None
    letterhead: Annotated[tuple[Line, ...], Field(max_length=6)] | None = None
    minimum_payment: Annotated[str, Field(max_length=30)] | None = None
    invoicing: Invoicing | None = None
    proration: Proration | None = None
    grace_days: Annotated[int, Field(ge=0, le=365)] | None = None
    suspend_after_days: Annotated[int, Field(ge=1, le=730)] | None = None
    reminder_days: tuple[Annotated[int, Field(ge=1, le=28)], ...] | None = None
    complaint_reopen_days: Annotated[int, Field(ge=0, le=90)] | None = None
    reminder_pause_days: Annotated[int, Field(ge=1, le=90)] | None = None
    reminder_stages: Annotated[tuple[StageRule, ...], Field(min_length=1, max_length=3)] | None = None
    upi_id: UpiId | None = None
    iban: Iban | None = None
    bic: Bic | None = None
    account_name: AccountName | None = None
    cash_desk: CashDeskRule | None = None


# --- staff ---------------------------------------------------------------------------------------------------
class StaffView(View):
    """A member of staff."""

    id: UUID
    username: str
    name: str
    email: str
    role: Role
    branch_ids: tuple[UUID, ...]
    state: CustomerState
    two_step: bool = False
    """Whether they sign in in two steps."""


class StaffList(Page):
    """Staff by username."""

    items: tuple[StaffView, ...]


class ListStaff(Call[StaffList]):
    """The staff that the actor may manage."""

    cursor: str | None = None
    limit: Limit = 50


class GetStaff(Call[StaffView]):
    """One member of staff."""

    staff_id: UUID


class AddStaff(Call[StaffView]):
    """Add a member of staff, who gets a one-time link. A manager adds to own branches, not above own role."""

    username: Username
    name: Name | None = None
    email: EmailAddress
    role: Role
    branch_ids: tuple[UUID, ...] = ()


class ChangeStaff(Call[StaffView]):
    """Change role, branches, name, e-mail or state of a member of staff; their sessions end."""

    staff_id: UUID
    name: Name | None = None
    email: EmailAddress | None = None
    role: Role | None = None
    branch_ids: tuple[UUID, ...] | None = None
    state: CustomerState | None = None


# --- customers -----------------------------------------------------------------------------------------------
class CustomerView(View):
    """A customer with all that staff of the branch, or the customer themself, may see."""

    id: UUID
    version: int
    crf: str
    name: str
    email: str | None
    mobile: str | None
    branch_id: UUID
    date_of_birth: date | None
    id_type: str
    id_number: str
    house_name: str
    street: str
    area: str
    district: str
    state: str
    """The province or state of the address."""
    country: str
    postal_code: str
    locale: str
    notes: str
    status: CustomerState
    username: str | None
    created_at: datetime
    updated_at: datetime
    erased: bool = False
    """Personal data was removed; the name is a stand-in."""
    pending_email: str | None = None
    """A new e-mail address that waits for confirmation; not told in lists."""
    pending_email_until: datetime | None = None


class CustomerList(Page):
    """Customers by name; an exact CRF number or mobile comes first."""

    items: tuple[CustomerView, ...]


class CustomerOrder(StrEnum):
    """How a list of customers is sorted."""

    NAME = "name"
    CRF = "crf"
    NEWEST = "newest"


class ListCustomers(Call[CustomerList]):
    """Customers that the actor sees, found by CRF, any part of the name (accents, case and script folded) or mobile."""

    search: Annotated[str, Field(max_length=200)] = ""
    branch_id: UUID | None = None
    status: CustomerState | None = None
    area: Line | None = None
    """The area of the address, exactly as written there."""
    order: CustomerOrder = CustomerOrder.NAME
    cursor: Annotated[str, Field(max_length=400)] | None = None
    limit: Limit = 50


class GetCustomer(Call[CustomerView]):
    """One customer."""

    customer_id: UUID


class CustomerFields(Call[CustomerView]):
    """Fields that a customer's form has, all optional."""

    email: OptionalEmail = None
    mobile: OptionalMobile = None
    date_of_birth: date | None = None
    id_type: Line | None = None
    id_number: Line | None = None
    house_name: Line | None = None
    street: Line | None = None
    area: Line | None = None
    district: Line | None = None
    state: Line | None = None
    country: Line | None = None
    postal_code: Line | None = None
    locale: Annotated[str, Field(max_length=20)] | None = None
    notes: Text | None = None


class AddCustomer(CustomerFields):
    """Add a customer with a login and a one-time password, mailed as a welcome. `crf` is counted when not given."""

    crf: CrfNumber | None = None
    name: Name
    branch_id: UUID


class ChangeCustomer(CustomerFields):
    """Change the fields that are given. A customer may change e-mail, mobile, address and language of their own.

    A customer's new e-mail address holds when it is confirmed by a link sent there (ConfirmEmail); until then the
    answer names it as pending. Raises CustomerChangedMeanwhile, EmailNotRemoved, TooManyEmailLinks.
    """

    customer_id: UUID
    expected_version: Annotated[int, Field(ge=1)] | None = None
    """The version that the caller has seen; the change is refused when the customer is at another."""
    name: Name | None = None
    branch_id: UUID | None = None


class DeactivateCustomer(Call[CustomerView]):
    """Stop serving a customer: the login is closed, the ledger stays. Raises AlreadyDeactivated."""

    customer_id: UUID
    reason: Reason


class RestoreCustomer(Call[CustomerView]):
    """Serve a deactivated customer again. Raises NotDeactivated."""

    customer_id: UUID


class EraseCustomer(Call[CustomerView]):
    """Remove a deactivated customer's personal data for good; the ledger and issued invoices stay.

    `crf` is typed by who asks for it, so that nobody else is erased. Raises NotDeactivated, OtherCrf, AlreadyErased.
    """

    customer_id: UUID
    crf: Annotated[str, Field(max_length=40)]
    reason: Reason


class HistoryKind(StrEnum):
    """What happened to a customer's record."""

    REGISTERED = "registered"
    CHANGED = "changed"
    DEACTIVATED = "deactivated"
    RESTORED = "restored"
    ERASED = "erased"


class FieldChange(View):
    """One field before and after, as texts."""

    field: str
    before: str
    after: str


class HistoryView(View):
    """One entry of a customer's history."""

    at: datetime
    kind: HistoryKind
    by_name: str
    reason: str
    changes: tuple[FieldChange, ...]


class CustomerHistory(Page):
    """What happened to a customer's record, newest first."""

    items: tuple[HistoryView, ...]


class GetCustomerHistory(Call[CustomerHistory]):
    """The history of a customer's record, for staff."""

    customer_id: UUID
    cursor: Annotated[str, Field(max_length=400)] | None = None
    limit: Limit = 50


class InviteCustomer(Call[Done]):
    """Mail the customer a one-time link to set a password. Raises CustomerHasNoEmail."""

    customer_id: UUID


# --- for other services --------------------------------------------------------------------------------------
class GetCustomerCard(Call[CustomerCard]):
    """The customer's card, for a service that has not seen its event yet (service actors only)."""

    customer_id: UUID


class GetBranchCard(Call[BranchCard]):
    """The branch's card, for a service that has not seen its event yet (service actors only)."""

    branch_id: UUID
