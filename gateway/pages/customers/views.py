"""Pages for finding customers and for one customer."""

import itertools
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext

from contracts.actor import Right
from contracts.calls.billing import ListPayments, ListSubscriptions
from contracts.calls.customers import CustomerList, CustomerOrder, ListBranches, ListCustomers
from contracts.cards import CustomerState
from gateway.pages.answering import go
from gateway.pages.csv_files import PAGE_ROWS as EXPORT_ROWS
from gateway.pages.csv_files import csv_response, every_page
from gateway.pages.customers.hub import hub_facts
from gateway.pages.customers.jumping import jump
from gateway.pages.places import may, staff_only
from gateway.rpc import ask, ask_together

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
    chosen, cursor = _chosen(), request.args.get("cursor")
    if target := jump(chosen.get("search", "")):
        return go(target)
    found, listed = ask_together(_list_call(chosen, cursor or None, PAGE_ROWS), ListBranches())
    if set(chosen) == {"search"} and not cursor and _is_one(found, chosen["search"]):
        return go(url_for("customer_pages.show", customer_id=found.items[0].id))
    without_area = {name: value for name, value in chosen.items() if name != "area"}
    return Response(
        render_template(
            "customers/find.html",
            found=found,
            chosen=chosen,
            without_area=without_area,
            branches=listed.items,
        )
    )


@pages.get("/list.csv")
def export() -> Response:
    """The customers that the list shows, all of them."""
    staff_only()
    chosen = _chosen()
    codes = {branch.id: branch.code for branch in ask(ListBranches()).items}
    header = (
        gettext("CRF number"), gettext("Name"), gettext("Branch"), gettext("Status"), gettext("Mobile"),
        gettext("E-mail"), gettext("House"), gettext("Street"), gettext("Area"), gettext("District"),
        gettext("State or province"), gettext("Postal code"), gettext("Country"), gettext("Added on"),
    )  # fmt: skip
    first = ask(_list_call(chosen, None, EXPORT_ROWS))
    rows = (
        (
            one.crf, one.name, codes.get(one.branch_id, ""), one.status.value, one.mobile, one.email, one.house_name,
            one.street, one.area, one.district, one.state, one.postal_code, one.country, one.created_at.date(),
        )
        for page in every_page(first, lambda cursor: _list_call(chosen, cursor, EXPORT_ROWS))
        for one in page.items
    )  # fmt: skip
    return csv_response("customers.csv", itertools.chain([header], rows))


def _chosen() -> dict[str, str]:
    """The filters in the address, those that are empty or unknown left out."""
    known = {
        "branch": _is_uuid, "status": list(CustomerState).__contains__, "order": list(CustomerOrder).__contains__,
        "search": bool, "area": bool,
    }  # fmt: skip
    given = {name: request.args.get(name, "").strip()[:200] for name in known}
    if given["order"] == CustomerOrder.NAME:
        given["order"] = ""
    return {name: value for name, value in given.items() if value and known[name](value)}


def _list_call(chosen: dict[str, str], cursor: str | None, limit: int) -> ListCustomers:
    return ListCustomers(
        search=chosen.get("search", ""),
        branch_id=UUID(chosen["branch"]) if "branch" in chosen else None,
        status=CustomerState(chosen["status"]) if "status" in chosen else None,
        area=chosen.get("area"),
        order=CustomerOrder(chosen.get("order", CustomerOrder.NAME)),
        cursor=cursor,
        limit=limit,
    )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


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
