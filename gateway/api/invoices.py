"""Invoices as issued, and their PDF."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field

from contracts.calls.billing import GetInvoice, ListInvoices
from contracts.calls.billing import InvoiceView as ListedInvoice
from contracts.cards import FeeCategory, InvoiceLine, InvoiceSnapshot, Party, PaymentMode, Service
from contracts.fields import Period
from gateway.api.payments import Year
from gateway.api.resource import answer, document_response, resource
from gateway.api.shapes import PageQuery, Parameters
from gateway.files import invoice_pdf
from gateway.rpc import ask

api = resource(
    "invoices", "invoices", "Invoices as issued; their numbers distinguish capital and small letters"
)


class InvoicePath(Parameters):
    """Which invoice."""

    number: str


class LineView(BaseModel):
    """One line of an invoice; `partial` when it covers only a part of the month."""

    service: Service | None
    plan_name: str
    category: FeeCategory
    period: Period
    partial: bool
    amount: str

    @classmethod
    def of(cls, line: InvoiceLine) -> Self:
        """From the card."""
        return cls(**line.model_dump(exclude={"amount"}), amount=line.amount.decimal_text())


class PartyView(BaseModel):
    """Seller or buyer as printed."""

    name: str
    lines: list[str]
    tax_id: str
    reference: str

    @classmethod
    def of(cls, party: Party) -> Self:
        """From the card."""
        return cls.model_validate(party.model_dump())


class InvoiceView(BaseModel):
    """An invoice in a list."""

    number: str
    customer_id: UUID
    branch_id: UUID
    issued_on: date
    total: str
    currency: str
    payment_number: str
    payment_mode: PaymentMode
    voided: bool
    lines: list[LineView]

    @classmethod
    def of(cls, invoice: ListedInvoice) -> Self:
        """From the call's answer."""
        return cls(
            **invoice.model_dump(exclude={"total", "lines"}),
            total=invoice.total.decimal_text(),
            currency=invoice.total.currency,
            lines=[LineView.of(line) for line in invoice.lines],
        )


class IssuedInvoiceView(InvoiceView):
    """An invoice as issued, with seller and buyer as printed."""

    issued_at: datetime
    locale: str
    seller: PartyView
    buyer: PartyView
    payment_reference: str | None
    received_by: str

    @classmethod
    def of_snapshot(cls, invoice: InvoiceSnapshot) -> Self:
        """From the call's answer."""
        return cls(
            **invoice.model_dump(exclude={"total", "lines", "seller", "buyer"}),
            total=invoice.total.decimal_text(),
            currency=invoice.total.currency,
            lines=[LineView.of(line) for line in invoice.lines],
            seller=PartyView.of(invoice.seller),
            buyer=PartyView.of(invoice.buyer),
        )


class InvoiceList(BaseModel):
    """Invoices, newest first."""

    items: list[InvoiceView]
    next: str | None


class InvoiceQuery(PageQuery):
    """Which invoices: a customer's, a year's, a month's."""

    customer_id: UUID | None = None
    year: Year | None = None
    month: Annotated[int, Field(ge=1, le=12)] | None = None


@api.get("/invoices", responses={200: InvoiceList})
def list_invoices(query: InvoiceQuery) -> Response:
    """The invoices that you see."""
    found = ask(ListInvoices(**query.given()))
    return answer(InvoiceList(items=[InvoiceView.of(invoice) for invoice in found.items], next=found.next))


@api.get("/invoices/<document:number>", responses={200: IssuedInvoiceView})
def show_invoice(path: InvoicePath) -> Response:
    """One invoice by its number."""
    return answer(IssuedInvoiceView.of_snapshot(ask(GetInvoice(number=path.number))))


@api.get(
    "/invoices/<document:number>.pdf",
    responses={200: document_response(("application/pdf",), "The invoice as PDF")},
)
def show_invoice_pdf(path: InvoicePath) -> Response:
    """One invoice as PDF, drawn from the invoice as issued."""
    return invoice_pdf(path.number)
