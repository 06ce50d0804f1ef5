"""Reminders as managers send them: the list of debtors, a look at what would be sent, the run and its progress."""

from collections.abc import Iterator
from uuid import UUID, uuid4

from flask import Response, render_template, request, url_for
from flask_babel import gettext
from pydantic import ValidationError

from contracts.actor import Right
from contracts.calls.billing import GetRun, StartDunningRun
from contracts.calls.customers import ListBranches
from contracts.calls.reminders import DebtorList, ListDebtors, PreviewReminders, SumDebtors
from contracts.errors import Refusal
from gateway.pages.answering import go, show_form
from gateway.pages.csv_files import csv_response, every_page
from gateway.pages.places import require
from gateway.rpc import ask, ask_together

from . import customer, schedule
from .area import pages as pages
from .asking import filter_of, ids_in
from .forms import FilterForm, SendForm

PAGE_ROWS = 50
FILE_ROWS = 200
COUNTED_AT_ONCE = 2_000
"""Customers whom a page counts by itself: counting takes as long as there are customers, and a page may not."""
OTHERS = (customer, schedule)
"""Their pages are in this area too."""


@pages.get("/reminders")
def list_all() -> Response:
    """Who owes longest comes first; the sums stand on the first page, or wait until somebody asks for them."""
    require(Right.RUN_BILLING)
    form, cursor = FilterForm(request.args), request.args.get("cursor") or None
    wanted = filter_of(form)
    sums = [] if cursor else [SumDebtors(filter=wanted, at_most=_at_most())]
    found, branches, *summed = ask_together(
        ListDebtors(filter=wanted, cursor=cursor, limit=PAGE_ROWS), ListBranches(), *sums
    )
    form.offer_branches(branches.items)
    form.branch.data = str(wanted.branch_id or "")
    return Response(
        render_template(
            "reminders/list.html", form=form, found=found, sums=summed[0] if summed else None,
            filters=_filters(form), branches=branches.items,
        )
    )  # fmt: skip


@pages.get("/reminders.csv")
def export() -> Response:
    """The filtered list as a file."""
    require(Right.RUN_BILLING)
    wanted = filter_of(FilterForm(request.args))
    first = ask(ListDebtors(filter=wanted, limit=FILE_ROWS))
    found = every_page(first, lambda cursor: ListDebtors(filter=wanted, cursor=cursor, limit=FILE_ROWS))
    return csv_response("dues.csv", _rows(found))


def _rows(found: Iterator[DebtorList]) -> Iterator[tuple[object, ...]]:
    yield (
        gettext("CRF number"), gettext("Customer"), gettext("Area"), gettext("Oldest month"), gettext("Open"),
        gettext("Currency"), gettext("Last reminded"), gettext("Promised to pay until"), gettext("Note"),
    )  # fmt: skip
    for page in found:
        for one in page.items:
            promise = one.promise
            yield (
                one.crf, one.name, one.area, one.oldest, one.total.decimal_text(), one.total.currency,
                one.last_reminded, promise.promised_until if promise else "", promise.note if promise else "",
            )  # fmt: skip


@pages.route("/reminders/send", methods=["GET", "POST"])
def send() -> Response:
    """What would be sent, and sending it: those who were ticked, else all that the filter leaves."""
    require(Right.RUN_BILLING)
    chosen, form = (
        FilterForm(request.args),
        SendForm(request.form if request.method == "POST" else request.args),
    )
    wanted, ids = filter_of(chosen), ids_in(request.args.getlist("customer"))
    error: Refusal | ValidationError | None = None
    if request.method == "GET":
        form.key.data = str(uuid4())
    elif form.validate_on_submit():
        try:
            run = ask(
                StartDunningRun(
                    filter=wanted,
                    customer_ids=ids,
                    force=bool(form.force.data),
                    idempotency_key=form.key.data,
                )
            )
        except (Refusal, ValidationError) as refused:
            error = refused
        else:
            return go(url_for("reminder_pages.progress", run_id=run.id))
    force = bool(form.force.data)
    preview = ask(PreviewReminders(filter=wanted, customer_ids=ids, force=force, at_most=_at_most()))
    again = {**_filters(chosen), "customer": [str(one) for one in ids]}
    if request.args.get("count"):
        again["count"] = "y"
    return show_form(
        "reminders/send.html", form, error, preview=preview, again=again, count=len(ids), force=force
    )


@pages.get("/reminders/runs/<uuid:run_id>")
def progress(run_id: UUID) -> str:
    """How far a run is; the page asks again by itself until it is done, or by its link without a script."""
    require(Right.RUN_BILLING)
    return render_template("reminders/progress.html", run=ask(GetRun(run_id=run_id, kind="dunning")))


def _at_most() -> int | None:
    """How many customers are counted for a page; all of them for who asked for that and waits."""
    return None if request.args.get("count") else COUNTED_AT_ONCE


def _filters(form: FilterForm) -> dict[str, str]:
    """What of the address is a filter."""
    return {name: value for name, value in request.args.items() if name in form._fields and value}
