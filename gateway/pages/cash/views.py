"""Pages of the cash desk: open, count, close; the day of a cashier, and of a branch."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, flash, g, render_template, request, url_for
from flask_babel import gettext
from pydantic import ValidationError

from contracts.actor import Right
from contracts.calls.cash import (
    CashSession,
    CloseCashSession,
    GetCashSession,
    GetDaySheet,
    GetOwnCashSession,
    ListDaySheets,
    OpenCashSession,
)
from contracts.calls.customers import ListBranches
from contracts.cards import BranchCard
from contracts.errors import Conflict, Refusal
from contracts.money import Money
from gateway.files import file_response
from gateway.pages.answering import go, show_form
from gateway.pages.formats import money_text
from gateway.pages.places import require, staff_only
from gateway.rpc import ask, ask_together

from .forms import CloseForm, OpenForm
from .sheets import file_name, sheet_csv

pages = Blueprint("cash_pages", __name__, url_prefix="/cash-desk")


@pages.before_request
def only_who_takes_payments() -> None:
    """Support, technicians and customers have no cash desk."""
    staff_only()
    require(Right.TAKE_PAYMENTS)


@pages.route("", methods=["GET", "POST"])
def desk() -> Response:
    """One's own desk: opened here, or, when it is open, how it stands."""
    own, branches = ask_together(GetOwnCashSession(), ListBranches())
    if own.session is not None:
        form = CloseForm(formdata=None)
        form.key.data = str(uuid4())
        return _close_page(own.session, form, _time_zone(own.session.branch_id, branches.items))
    form = OpenForm(request.form if request.method == "POST" else None)
    form.branch_id.choices = [(str(branch.id), branch.name) for branch in branches.items]
    if form.validate_on_submit():
        try:
            ask(
                OpenCashSession(
                    branch_id=UUID(form.branch_id.data),
                    opening=form.opening.data,
                    idempotency_key=form.key.data,
                )
            )
        except (Refusal, ValidationError) as error:
            return show_form("cash/open.html", form, error, branches=branches.items)
        flash(gettext("Your cash desk is open."))
        return go(url_for("cash_pages.desk"))
    form.key.data = form.key.data or str(uuid4())
    return show_form("cash/open.html", form, branches=branches.items)


@pages.route("/<uuid:session_id>", methods=["GET", "POST"])
def close(session_id: UUID) -> Response:
    """Close a desk: the difference is shown first, and only what was shown is posted."""
    found, branches = ask_together(GetCashSession(session_id=session_id), ListBranches())
    zone = _time_zone(found.branch_id, branches.items)
    form = CloseForm(request.form if request.method == "POST" else None)
    form.key.data = form.key.data or str(uuid4())
    if request.method == "GET" or not form.validate_on_submit():
        return _close_page(found, form, zone)
    counted, error = None, None
    try:
        counted = Money.parse(form.counted.data, found.opening.currency, field="counted")
        if _is_shown(form, found, counted):
            closed = ask(_closing(session_id, form, found))
            flash(_said(closed))
            return go(_sheet_of(closed))
    except (Refusal, ValidationError) as refused:
        error = refused
        if isinstance(refused, Conflict):  # the desk has moved, or is closed
            found = ask(GetCashSession(session_id=session_id))
    return _close_page(found, form, zone, error, counted)


@pages.get("/sheet")
def sheet() -> str:
    """The day of a cashier, one's own and today when nothing else is named."""
    found, branches = _sheet()
    if found is None:
        return render_template("cash/nothing.html")
    of_own = found.cashier == g.caller.me.subject
    return render_template("cash/sheet.html", sheet=found, branches=branches, of_own=of_own)


@pages.get("/sheet.csv")
def sheet_file() -> Response:
    """The same as a file."""
    found, _ = _sheet()
    content = sheet_csv(found) if found is not None else b""
    name = file_name(found) if found is not None else "day-sheet.csv"
    return file_response(content, name, "text/csv", size=len(content))


@pages.get("/days")
def days() -> str:
    """Everybody who took payments in a branch on a day, for managers."""
    require(Right.MAKE_REPORTS)
    branches = ask(ListBranches()).items
    branch_id = _branch(branches)
    if branch_id is None:
        return render_template("cash/nothing.html")
    found = ask(ListDaySheets(branch_id=branch_id, day=_day(request.args.get("day", ""))))
    return render_template("cash/days.html", found=found, branches=branches, total=_total(found.items))


def _sheet() -> tuple[Any, Any]:
    """The sheet that the address names, and the branches; no sheet where there is no branch.

    Where no branch is named it is the one of the open desk.
    """
    own, found = ask_together(GetOwnCashSession(), ListBranches())
    branches = found.items
    named = bool(request.args.get("branch")) or own.session is None
    branch_id = _branch(branches) if named else own.session.branch_id
    if branch_id is None:
        return None, branches
    cashier = request.args.get("cashier", "").strip()[:200] or None
    return ask(
        GetDaySheet(branch_id=branch_id, day=_day(request.args.get("day", "")), cashier=cashier)
    ), branches


def _close_page(
    found: CashSession,
    form: CloseForm,
    zone: str,
    error: Refusal | ValidationError | None = None,
    counted: Money | None = None,
) -> Response:
    """The desk as it stands, with the difference of what was counted."""
    form.expected.data = found.expected.decimal_text()
    form.looked.data = counted.decimal_text() if counted is not None else ""
    difference = counted - found.expected if counted is not None else None
    return show_form(
        "cash/desk.html", form, error, session=found, counted=counted, difference=difference, zone=zone,
        of_own=found.cashier == g.caller.me.subject,
    )  # fmt: skip


def _is_shown(form: CloseForm, found: CashSession, counted: Money) -> bool:
    """Whether the page showed what this count differs by; a count that is right needs no second look."""
    return bool(counted == found.expected or form.looked.data == counted.decimal_text())


def _closing(session_id: UUID, form: CloseForm, found: CashSession) -> CloseCashSession:
    return CloseCashSession(
        session_id=session_id,
        counted=form.counted.data,
        expected=form.expected.data or found.expected.decimal_text(),
        note=form.note.data or "",
        idempotency_key=form.key.data,
    )


def _said(closed: CashSession) -> str:
    if closed.difference:
        posted = money_text(closed.difference)
        return str(gettext("The desk is closed; %(amount)s is posted as the difference.", amount=posted))
    return str(gettext("The desk is closed; it counted right."))


def _sheet_of(closed: CashSession) -> str:
    cashier = None if closed.cashier == g.caller.me.subject else closed.cashier
    return url_for("cash_pages.sheet", branch=closed.branch_id, day=closed.business_date, cashier=cashier)


def _branch(branches: Any) -> UUID | None:
    """The branch that was named, else the first one."""
    text = request.args.get("branch", "")
    try:
        return UUID(text) if text else (branches[0].id if branches else None)
    except ValueError:
        return branches[0].id if branches else None


def _day(text: str) -> date | None:
    """The day that was named; None, which is today, when it is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _time_zone(branch_id: UUID, branches: Any) -> str:
    known: dict[UUID, BranchCard] = {branch.id: branch for branch in branches}
    return known[branch_id].time_zone if branch_id in known else "UTC"


def _total(items: Any) -> dict[str, Money]:
    """Cash, online and voided of all cashiers together."""
    sums: dict[str, Money] = {}
    for one in items:
        for name in ("cash", "online", "voided"):
            sums[name] = sums[name] + getattr(one, name) if name in sums else getattr(one, name)
    return sums
