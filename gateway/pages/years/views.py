"""The tab of months: what was charged and paid in a year, subscription by subscription."""

from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext

from contracts.actor import Right
from contracts.calls.years import GetYear, MonthState
from gateway.pages.answering import go
from gateway.pages.customers.hub import hub_facts
from gateway.pages.places import require, staff_only

pages = Blueprint("year_pages", __name__)

FIRST, LAST = 1950, 2100


@pages.get("/customers/<uuid:customer_id>/months")
def months(customer_id: UUID) -> str | Response:
    """One year of a customer, this year when none is named."""
    staff_only()
    require(Right.SEE_MONEY)
    asked = request.args.get("year", "").strip()
    if asked and _year(asked) is None:
        return go(url_for("year_pages.months", customer_id=customer_id))
    facts, (year,) = hub_facts(customer_id, GetYear(customer_id=customer_id, year=_year(asked)))
    return render_template("years/months.html", year=year, words=_words(), first=FIRST, last=LAST, **facts)


def _words() -> dict[MonthState, str]:
    return {
        MonthState.NOT_CHARGED: gettext("Not charged"),
        MonthState.OPEN: gettext("Open"),
        MonthState.PART_PAID: gettext("Part paid"),
        MonthState.PAID: gettext("Paid"),
    }


def _year(text: str) -> int | None:
    """The year that was asked for; None when it is none that Headend can have."""
    return (
        int(text)
        if text.isascii() and text.isdigit() and len(text) == 4 and FIRST <= int(text) <= LAST
        else None
    )
