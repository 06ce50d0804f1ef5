"""A customer's own payments, year by year (C47, C48)."""

from flask import Blueprint, current_app, render_template, request

from chassis.clock import Clock
from contracts.calls.billing import ListPayments
from gateway.pages.places import own_customer_id
from gateway.rpc import ask

pages = Blueprint("my_payments", __name__, url_prefix="/my/payments")


@pages.get("")
def of_year() -> str:
    """The payments of one year, this year's when none is named."""
    clock: Clock = current_app.extensions["headend.clock"]
    this_year, text = clock.today("UTC").year, request.args.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and 2000 <= int(text[:5]) <= 2100 else this_year
    cursor = request.args.get("cursor") or None
    found = ask(ListPayments(customer_id=own_customer_id(), year=year, cursor=cursor))
    return render_template("my/payments.html", found=found, year=year, this_year=this_year)
