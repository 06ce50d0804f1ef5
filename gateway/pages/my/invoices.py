"""A customer's invoices: a month's transactions, each with its invoice to read, keep or print (C58 to C60)."""

from datetime import date

from flask import Blueprint, Response, current_app, render_template, request

from chassis.clock import Clock
from contracts.calls.billing import GetInvoice, ListInvoices
from gateway.pages.invoice_file import invoice_file
from gateway.pages.places import own_customer_id
from gateway.rpc import ask

pages = Blueprint("my_invoices", __name__, url_prefix="/my/invoices")

YEARS = 10
"""So many years back can be chosen; older ones by the address."""


@pages.get("")
def of_month() -> str:
    """The transactions of one month, this one's when none is named."""
    customer_id, today = own_customer_id(), _today()
    year = _number(request.args.get("year", ""), 2000, 2100) or today.year
    month = _number(request.args.get("month", ""), 1, 12) or today.month
    cursor = request.args.get("cursor") or None
    found = ask(ListInvoices(customer_id=customer_id, year=year, month=month, cursor=cursor))
    years = sorted({*range(today.year - YEARS, today.year + 1), year}, reverse=True)
    return render_template(
        "my/invoices.html", found=found, year=year, month=month, years=years,
        months=[f"{year:04d}-{number:02d}" for number in range(1, 13)], before=_month_before(year, month),
    )  # fmt: skip


@pages.get("/<document:number>")
def show(number: str) -> str:
    """One invoice as issued, to read and to print."""
    return render_template("my/invoice.html", invoice=ask(GetInvoice(number=number)))


@pages.get("/<document:number>/file")
def file(number: str) -> Response:
    """The invoice as PDF; with ?keep=1 to store it."""
    return invoice_file(number, to_keep=request.args.get("keep") == "1")


def _month_before(year: int, month: int) -> dict[str, int]:
    return {"year": year - 1, "month": 12} if month == 1 else {"year": year, "month": month - 1}


def _number(text: str, least: int, most: int) -> int | None:
    """The number in the address; nothing when it is none that can be meant."""
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        return None
    return int(text) if least <= int(text) <= most else None


def _today() -> date:
    """Today, to begin with; a customer's own time zone is at most a day off, and any month can be chosen."""
    clock: Clock = current_app.extensions["headend.clock"]
    return clock.today("UTC")
