"""Pages of reports: ask, watch, fetch, and be told each month."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, flash, render_template, request, url_for
from flask_babel import gettext
from pydantic import ValidationError

from contracts.actor import Right
from contracts.calls.customers import ListBranches
from contracts.calls.reports import (
    GetReport,
    ListReports,
    ReportFormat,
    ReportKind,
    ReportView,
    RequestReport,
    Selection,
)
from contracts.calls.standing_reports import AddStandingReport, ListStandingReports, RemoveStandingReport
from contracts.cards import BranchCard, Service
from contracts.errors import Refusal
from gateway.files import report_file
from gateway.pages.answering import go, show_form
from gateway.pages.asked import uuid_or_none
from gateway.pages.formats import month_text
from gateway.pages.places import require
from gateway.pages.settings.choices import branch_choices
from gateway.pages.today import today
from gateway.rpc import ask, ask_together

from .forms import ReportForm, StandingForm, WantedForm

pages = Blueprint("report_pages", __name__, url_prefix="/reports")

PAGE_ROWS = 20


@pages.route("", methods=["GET", "POST"])
def index() -> Response:
    """Ask for a report, and see those that were made."""
    require(Right.MAKE_REPORTS)
    form = ReportForm(**({} if request.method == "POST" else _usual()))
    if not form.validate_on_submit():
        return _index(form)
    try:
        wanted = {**_wanted(form), "year": form.year.data, "month": int(form.month.data)}
        report = ask(RequestReport(kind=ReportKind.PAYMENTS, idempotency_key=form.key.data or None, **wanted))
    except (Refusal, ValidationError) as error:
        return _index(form, error)
    return go(url_for("report_pages.show", report_id=report.id))


@pages.get("/<uuid:report_id>")
def show(report_id: UUID) -> str:
    """One report: how far it is, or its file."""
    require(Right.MAKE_REPORTS)
    report, branches = ask_together(GetReport(report_id=report_id), ListBranches())
    again = ReportForm(data=_as_typed(report))
    return render_template("reports/show.html", report=report, again=again, **_facts(branches.items, report))


@pages.get("/<uuid:report_id>/file")
def fetch(report_id: UUID) -> Response:
    """The file of a finished report."""
    require(Right.MAKE_REPORTS)
    return report_file(report_id)


@pages.route("/standing", methods=["GET", "POST"])
def standing() -> Response:
    """Ask to be told about a report of each month, and see what was asked for."""
    require(Right.MAKE_REPORTS)
    form = StandingForm()
    if not form.validate_on_submit():
        return _standing(form)
    try:
        added = ask(AddStandingReport(**_wanted(form)))
    except (Refusal, ValidationError) as error:
        return _standing(form, error)
    month = _month_after(added.first_period)
    flash(gettext("You will get the first e-mail at the beginning of %(month)s.", month=month))
    return go(url_for("report_pages.standing"))


@pages.post("/standing/<uuid:standing_report_id>/end")
def end_standing(standing_report_id: UUID) -> Response:
    """End a report of each month."""
    require(Right.MAKE_REPORTS)
    ask(RemoveStandingReport(standing_report_id=standing_report_id))
    flash(gettext("You are told about it no more. The report itself is made as before."))
    return go(url_for("report_pages.standing"))


def _index(form: ReportForm, error: Refusal | ValidationError | None = None) -> Response:
    cursor = request.args.get("cursor") or None
    found, branches = ask_together(ListReports(cursor=cursor, limit=PAGE_ROWS), ListBranches())
    form.branch.choices = _choices(branches.items)
    return show_form("reports/index.html", form, error, found=found, **_facts(branches.items))


def _standing(form: StandingForm, error: Refusal | ValidationError | None = None) -> Response:
    found, branches = ask_together(ListStandingReports(), ListBranches())
    form.branch.choices = _choices(branches.items)
    return show_form("reports/standing.html", form, error, found=found.items, **_facts(branches.items))


def _usual() -> dict[str, Any]:
    """The month that ended last, which is what people ask for; an address may say otherwise."""
    ended = today().replace(day=1) - timedelta(days=1)
    asked = {
        name: value for name, value in request.args.items() if name in ("service", "branch", "selection")
    }
    return {"data": {"year": ended.year, "month": str(ended.month), "key": str(uuid4()), **asked}}


def _wanted(form: WantedForm) -> dict[str, Any]:
    """What both forms say, as calls take it."""
    return {
        "service_kind": Service(form.service.data), "branch_id": uuid_or_none(form.branch.data),
        "selection": Selection(form.selection.data), "format": ReportFormat(form.format.data),
    }  # fmt: skip


def _as_typed(report: ReportView) -> dict[str, Any]:
    """The same report asked for anew, with a key of its own."""
    return {
        "service": report.service_kind.value, "branch": report.branch_id or "", "selection": report.selection.value,
        "format": report.format.value, "year": report.year, "month": str(report.month), "key": str(uuid4()),
    }  # fmt: skip


def _facts(branches: tuple[BranchCard, ...], report: ReportView | None = None) -> dict[str, Any]:
    zones = {branch.id: branch.time_zone for branch in branches}
    alike = set(zones.values())
    shared = alike.pop() if len(alike) == 1 else "UTC"
    zone = zones.get(report.branch_id, shared) if report and report.branch_id else shared
    return {"names": {branch.id: branch.name for branch in branches}, "zone": zone}


def _choices(branches: tuple[BranchCard, ...]) -> list[tuple[str, str]]:
    every = [("", gettext("All branches"))] if len(branches) != 1 else []
    return [*every, *branch_choices(branches)]


def _month_after(period: str) -> str:
    first = date(int(period[:4]), int(period[5:]), 1) + timedelta(days=31)
    return month_text(f"{first.year:04d}-{first.month:02d}")
