"""The page of the audit log: who changed what, and who looked at an ID number."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, render_template, request
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from contracts.actor import Right
from contracts.calls.audit import WhoIs
from contracts.calls.customers import ListBranches
from contracts.cards import BranchCard
from contracts.topology import SERVICES
from gateway.audit_log import AuditPage, audit_page, people_in, whole_page
from gateway.pages.csv_files import csv_response
from gateway.pages.form import Form
from gateway.pages.formats import audit_detail_text
from gateway.pages.places import require
from gateway.pages.settings.area import pages
from gateway.pages.settings.choices import branch_choices
from gateway.rpc import ask

PAGE_ROWS, FILE_ROWS = 50, 200
MOST_IN_FILE = 20_000
"""Rows of a file; more are fetched by narrower days."""
_ANY = SelectChoice("", _l("Any"))


def _typed(label: LazyString, most: int, placeholder: LazyString) -> StringField:
    """A user name or number, typed whole."""
    said = {"autocomplete": "off", "maxlength": most, "placeholder": placeholder}
    return StringField(label, [Optional(), Length(max=most)], render_kw=said)


class AuditForm(Form):
    """What the list shows; it is in the address."""

    class Meta:
        """Nothing is changed by it, so it needs no token."""

        csrf = False

    who = _typed(_l("Who"), 100, _l("User name or CRF number"))
    about = _typed(_l("About"), 40, _l("CRF number"))
    what = SelectField(
        _l("What"),
        choices=[_ANY, SelectChoice("looks", _l("Looks at ID numbers"))],
        default="",
    )
    service = SelectField(
        _l("Service"), choices=[_ANY, *(SelectChoice(one, one) for one in SERVICES)], default=""
    )
    branch = SelectField(_l("Branch"), default="", validate_choice=False)
    first = DateField(_l("From"), [Optional()])
    last = DateField(_l("To"), [Optional()])

    def narrowed(self) -> dict[str, str]:
        """What was chosen, for links."""
        return {name: value for name, value in request.args.items() if name in self._fields and value}


@pages.get("/audit")
def audit() -> str:
    """The audit log, newest first."""
    require(Right.SEE_AUDIT)
    form, branches = AuditForm(request.args), ask(ListBranches()).items
    form.branch.choices = [_ANY, *(SelectChoice(*one) for one in branch_choices(branches))]
    form.validate()
    filters = _filters(form, branches)
    page = _page(form, filters, request.args.get("cursor") or None, PAGE_ROWS, audit_page)
    return render_template(
        "settings/audit.html", form=form, page=page, people=people_in(page), filters=form.narrowed(),
        branches={branch.id: branch for branch in branches}, zone=_zone(form, branches), nobody=filters is None,
    )  # fmt: skip


@pages.get("/audit.csv")
def audit_file() -> Response:
    """The list that the page shows, as a file."""
    require(Right.SEE_AUDIT)
    form, branches = AuditForm(request.args), ask(ListBranches()).items
    form.validate()
    filters = _filters(form, branches)
    first = _page(form, filters, None, FILE_ROWS, whole_page)
    codes = {branch.id: branch.code for branch in branches}
    return csv_response("audit.csv", _rows(form, filters, first, codes))


def _page(
    form: AuditForm,
    filters: dict[str, Any] | None,
    cursor: str | None,
    limit: int,
    fetch: Callable[..., AuditPage],
) -> AuditPage:
    if filters is None:
        return AuditPage((), None, ())
    service = form.service.data if form.service.data in SERVICES else None
    return fetch(filters, service, cursor, limit)


def _filters(form: AuditForm, branches: tuple[BranchCard, ...]) -> dict[str, Any] | None:
    """What the address asks for, as a call's fields; None when somebody is named who is not there."""
    found: dict[str, Any] = {"kind": "id_number"} if form.what.data == "looks" else {}
    if form.branch.data in {str(branch.id) for branch in branches}:
        found["branch_id"] = UUID(form.branch.data)
    if form.who.data:
        known = ask(WhoIs(typed=form.who.data)).items
        if not known:
            return None
        found["subject"] = known[0].subject
    if form.about.data:
        known = tuple(one for one in ask(WhoIs(typed=form.about.data)).items if one.crf)
        if not known:
            return None
        found["customer_id"] = UUID(known[0].subject.partition(":")[2])
    zone = ZoneInfo(_zone(form, branches))
    for field, name, days in (("first", "since", 0), ("last", "until", 1)):
        if day := form[field].data:
            found[name] = (datetime.combine(day, time(), zone) + timedelta(days=days)).astimezone(UTC)
    return found


def _zone(form: AuditForm, branches: tuple[BranchCard, ...]) -> str:
    """The chosen branch's time zone, else that of the first one."""
    chosen = next((one for one in branches if str(one.id) == form.branch.data), None)
    return (chosen or branches[0]).time_zone if branches else "UTC"


def _rows(
    form: AuditForm, filters: dict[str, Any] | None, first: AuditPage, codes: dict[UUID, str]
) -> Iterator[tuple[object, ...]]:
    yield (
        gettext("When"), gettext("Service"), gettext("Who"), gettext("Name"), gettext("Role"), gettext("What"),
        gettext("Kind"), gettext("Object"), gettext("Customer"), gettext("Branch"), gettext("Outcome"),
        gettext("Details"), gettext("Number in the chain"), gettext("Trace"),
    )  # fmt: skip
    page, written = first, 0
    while True:
        people = people_in(page)
        for service, entry in page.items:
            who = people.get(entry.subject)
            yield (
                entry.at.isoformat(), service, entry.subject, who.name if who else "", entry.role, entry.call,
                entry.kind, entry.object_id, entry.customer_id, codes.get(entry.branch_id) if entry.branch_id else "",
                entry.outcome, audit_detail_text(entry.detail), entry.sequence, entry.trace,
            )  # fmt: skip
        written += len(page.items)
        if page.next is None or written >= MOST_IN_FILE:
            return
        page = _page(form, filters, page.next, FILE_ROWS, whole_page)
