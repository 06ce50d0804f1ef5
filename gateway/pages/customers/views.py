"""Pages for finding customers and for one customer."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for

from contracts.actor import Right
from contracts.calls.billing import ListPayments, ListSubscriptions
from contracts.calls.customers import CustomerList, ListCustomers
from gateway.pages.answering import go
from gateway.pages.customers.hub import hub_facts
from gateway.pages.customers.jumping import jump
from gateway.pages.places import may, staff_only
from gateway.rpc import ask

pages = Blueprint("customer_pages", __name__, url_prefix="/customers")

PAGE_ROWS = 50
RECENT = 5
"""Payments that the customer's page shows; the others are behind a link."""


@pages.get("")
def find() -> Response:
    """Customers by number, name or mobile; the exact number of one leads to their page at once.

    So does the number of a payment or an invoice, typed or scanned from the invoice's QR code.
    """
    staff_only()
    search, cursor = request.args.get("search", "").strip()[:200], request.args.get("cursor")
    if target := jump(search):
        return go(target)
    found = ask(ListCustomers(search=search, cursor=cursor or None, limit=PAGE_ROWS))
    if search and not cursor and _is_one(found, search):
        return go(url_for("customer_pages.show", customer_id=found.items[0].id))
    return Response(render_template("customers/find.html", found=found, search=search))


@pages.get("/<uuid:customer_id>")
def show(customer_id: UUID) -> str:
    """One customer: who they are, what they have, what they owe, what they paid."""
    facts = facts_of(customer_id, with_payments=may(Right.SEE_MONEY))
    return render_template("customers/show.html", **facts)


def facts_of(customer_id: UUID, *, with_payments: bool = True) -> dict[str, Any]:
    """What the page of a customer shows: themself, what they have, what they owe, what they paid lately."""
    payments = [ListPayments(customer_id=customer_id, limit=RECENT)] if with_payments else []
    facts, (subscriptions, *paid) = hub_facts(
        customer_id, ListSubscriptions(customer_id=customer_id), *payments
    )
    return {**facts, "subscriptions": subscriptions.items, "payments": paid[0].items if paid else None}


def _is_one(found: CustomerList, search: str) -> bool:
    """Whether the search names one customer: by the whole CRF number, or because only one fits."""
    return bool(found.items) and (len(found.items) == 1 or found.items[0].crf.casefold() == search.casefold())
