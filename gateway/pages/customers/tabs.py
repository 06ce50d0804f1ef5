"""Tabs about one customer that only show: invoices, messages, history."""

from uuid import UUID

from flask import Blueprint, render_template, request

from contracts.calls.billing import ListInvoices
from contracts.calls.customers import GetCustomerHistory
from contracts.calls.notify import ListMessages
from gateway.pages.customers.hub import hub_facts
from gateway.pages.places import staff_only

pages = Blueprint("customer_tabs", __name__, url_prefix="/customers/<uuid:customer_id>")


@pages.get("/invoices")
def invoices(customer_id: UUID) -> str:
    """The customer's invoices, newest first."""
    staff_only()
    call = ListInvoices(customer_id=customer_id, cursor=_cursor())
    facts, (found,) = hub_facts(customer_id, call)
    return render_template("customers/invoices.html", found=found, **facts)


@pages.get("/messages")
def messages(customer_id: UUID) -> str:
    """What was mailed to the customer, newest first."""
    staff_only()
    facts, (found,) = hub_facts(customer_id, ListMessages(customer_id=customer_id, cursor=_cursor()))
    return render_template("customers/messages.html", found=found, **facts)


@pages.get("/history")
def history(customer_id: UUID) -> str:
    """What happened to the customer's record, newest first."""
    facts, (found,) = hub_facts(customer_id, GetCustomerHistory(customer_id=customer_id, cursor=_cursor()))
    return render_template("customers/history.html", found=found, **facts)


def _cursor() -> str | None:
    return request.args.get("cursor") or None
