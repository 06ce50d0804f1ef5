"""Customers: find, add, edit, deactivate, restore, invite."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field

from contracts.actor import Right
from contracts.calls.account import ResendEmailLink, WithdrawEmailChange
from contracts.calls.customers import (
    AddCustomer,
    ChangeCustomer,
    CustomerOrder,
    DeactivateCustomer,
    EraseCustomer,
    GetCustomer,
    GetCustomerHistory,
    HistoryKind,
    InviteCustomer,
    ListCustomers,
    RestoreCustomer,
)
from contracts.calls.customers import CustomerView as Customer
from contracts.calls.id_numbers import ShowIdNumber
from contracts.cards import CustomerState
from contracts.fields import CrfNumber, Line, Name, OptionalEmail, OptionalMobile, Reason, Text
from gateway.api.branch_choice import branch_or_default
from gateway.api.resource import answer, resource
from gateway.api.shapes import Body, CustomerPath, Day, Locale, PageQuery, Search, Whole
from gateway.auth import session_cache
from gateway.rpc import ask

api = resource("customers", "customers", "Customers of the branches that you see")


class CustomerView(BaseModel):
    """A customer. `state` is the province or state of the address, `status` whether the customer is served."""

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
    """Masked: `••••4321`. Sent back like this in a change, the number stays."""
    house_name: str
    street: str
    area: str
    district: str
    state: str
    country: str
    postal_code: str
    locale: str
    notes: str
    status: CustomerState
    username: str | None
    created_at: datetime
    updated_at: datetime
    erased: bool
    pending_email: str | None
    """A new e-mail address that waits for confirmation; null in lists."""
    pending_email_until: datetime | None

    @classmethod
    def of(cls, customer: Customer) -> Self:
        """From the call's answer."""
        return cls.model_validate(customer.model_dump())


class IdNumberView(BaseModel):
    """The number of a customer's identity document, as it is."""

    customer_id: UUID
    id_type: str
    id_number: str


class CustomerList(BaseModel):
    """Customers by name; an exact CRF number or mobile comes first."""

    items: list[CustomerView]
    next: str | None


class CustomerQuery(PageQuery):
    """Which customers: by CRF number, any part of the name, or mobile."""

    search: Search = ""
    branch_id: UUID | None = None
    status: CustomerState | None = None
    area: Line | None = None
    order: CustomerOrder = CustomerOrder.NAME


class CustomerFields(Body):
    """Fields of a customer that may be left out."""

    email: OptionalEmail = None
    mobile: OptionalMobile = None
    date_of_birth: Day | None = None
    id_type: Line | None = None
    id_number: Line | None = None
    house_name: Line | None = None
    street: Line | None = None
    area: Line | None = None
    district: Line | None = None
    state: Line | None = None
    country: Line | None = None
    postal_code: Line | None = None
    locale: Locale | None = None
    notes: Text | None = None


class CustomerBody(CustomerFields):
    """A new customer. `crf` is counted when left out; `branch_id` as with plans."""

    crf: CrfNumber | None = None
    name: Name
    branch_id: UUID | None = None


class CustomerChange(CustomerFields):
    """What is to change of a customer; fields left out stay. With `expected_version`, the version that you have seen,
    the change is refused (409) when somebody else was quicker.
    """

    name: Name | None = None
    branch_id: UUID | None = None
    expected_version: Annotated[Whole, Field(ge=1)] | None = None


class DeactivationBody(Body):
    """Why the customer is no longer served."""

    reason: Reason = "No reason given"


class ErasureBody(Body):
    """Who is to be erased, typed once more, and why."""

    crf: CrfNumber
    reason: Reason


class FieldChange(BaseModel):
    """One field before and after, as texts."""

    field: str
    before: str
    after: str


class HistoryView(BaseModel):
    """What happened to the record: when, what, by whom, why."""

    at: datetime
    kind: HistoryKind
    by_name: str
    reason: str
    changes: list[FieldChange]


class HistoryList(BaseModel):
    """A customer's history, newest first."""

    items: list[HistoryView]
    next: str | None


class InvitationView(BaseModel):
    """An invitation that is under way."""

    customer_id: UUID
    state: Literal["queued"] = "queued"


@api.get("/customers", responses={200: CustomerList})
def list_customers(query: CustomerQuery) -> Response:
    """Find customers; without `search`, all of them by name."""
    found = ask(ListCustomers(**query.given()))
    return answer(
        CustomerList(items=[CustomerView.of(customer) for customer in found.items], next=found.next)
    )


@api.post("/customers", responses={201: CustomerView})
def add_customer(body: CustomerBody) -> Response:
    """Add a customer, with a login and a one-time password that are mailed as a welcome."""
    fields = {**body.given(), "branch_id": branch_or_default(body.branch_id, Right.EDIT_CUSTOMERS)}
    customer = ask(AddCustomer(**fields))
    return answer(CustomerView.of(customer), 201, location=f"/customers/{customer.id}")


@api.get("/customers/<uuid:customer_id>", responses={200: CustomerView})
def show_customer(path: CustomerPath) -> Response:
    """One customer."""
    return answer(CustomerView.of(ask(GetCustomer(customer_id=path.customer_id))))


@api.post("/customers/<uuid:customer_id>/id-number", responses={200: IdNumberView})
def show_id_number(path: CustomerPath) -> Response:
    """Look at the ID number in clear; everything else has it masked. The audit log notes down who looked."""
    shown = ask(ShowIdNumber(customer_id=path.customer_id))
    return answer(IdNumberView.model_validate(shown.model_dump()))


@api.patch("/customers/<uuid:customer_id>", responses={200: CustomerView})
def change_customer(path: CustomerPath, body: CustomerChange) -> Response:
    """Change the fields that are given. Customers may change e-mail, mobile, address and language of their own; a new
    e-mail address of theirs waits as `pending_email` until it is confirmed by the link that is sent there.
    """
    return answer(CustomerView.of(ask(ChangeCustomer(customer_id=path.customer_id, **body.given()))))


@api.delete("/customers/<uuid:customer_id>/email-change", responses={200: CustomerView})
def withdraw_email_change(path: CustomerPath) -> Response:
    """Stay with the e-mail address as it is: the one that waits for confirmation is forgotten."""
    return answer(CustomerView.of(ask(WithdrawEmailChange(customer_id=path.customer_id))))


@api.post("/customers/<uuid:customer_id>/email-change/link", responses={202: CustomerView})
def resend_email_link(path: CustomerPath) -> Response:
    """Send a new link to the e-mail address that waits for confirmation; the one before is worthless."""
    return answer(CustomerView.of(ask(ResendEmailLink(customer_id=path.customer_id))), 202)


@api.post("/customers/<uuid:customer_id>/deactivation", responses={200: CustomerView})
def deactivate_customer(path: CustomerPath, body: DeactivationBody) -> Response:
    """Stop serving a customer: the login is closed, the ledger stays."""
    customer = ask(DeactivateCustomer(customer_id=path.customer_id, reason=body.reason))
    session_cache().forget_all()
    return answer(CustomerView.of(customer))


@api.post("/customers/<uuid:customer_id>/restoration", responses={200: CustomerView})
def restore_customer(path: CustomerPath) -> Response:
    """Serve a deactivated customer again."""
    return answer(CustomerView.of(ask(RestoreCustomer(customer_id=path.customer_id))))


@api.post("/customers/<uuid:customer_id>/erasure", responses={200: CustomerView})
def erase_customer(path: CustomerPath, body: ErasureBody) -> Response:
    """Remove a deactivated customer's personal data for good. The ledger and issued invoices stay."""
    return answer(CustomerView.of(ask(EraseCustomer(customer_id=path.customer_id, **body.given()))))


@api.get("/customers/<uuid:customer_id>/history", responses={200: HistoryList})
def list_history(path: CustomerPath, query: PageQuery) -> Response:
    """What happened to a customer's record."""
    found = ask(GetCustomerHistory(customer_id=path.customer_id, **query.given()))
    return answer(HistoryList.model_validate(found.model_dump()))


@api.post("/customers/<uuid:customer_id>/invitation", responses={202: InvitationView})
def invite_customer(path: CustomerPath) -> Response:
    """Mail the customer a one-time link to set a password."""
    ask(InviteCustomer(customer_id=path.customer_id))
    return answer(InvitationView(customer_id=path.customer_id), 202)
