"""Complaints as staff see them: the list, one of them, and what is done about it.

A GET changes nothing: the list opens an unread complaint by a small form, whose POST marks it as read; a complaint
that is opened by its address shows a button for that.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

from flask import Response, flash, g, render_template, request, url_for
from flask_babel import gettext
from flask_wtf import FlaskForm
from pydantic import ValidationError

from contracts.actor import Right
from contracts.calls import Call
from contracts.calls.complaints import (
    AssignComplaint,
    ComplaintDetail,
    ComplaintList,
    CountComplaints,
    GetComplaint,
    ListAssignableStaff,
    ListComplaints,
    MarkComplaintRead,
    NoteOnComplaint,
    ReopenComplaint,
    ResolveComplaint,
)
from contracts.calls.customers import ListBranches
from contracts.errors import Refusal
from gateway.pages.answering import go, show_form
from gateway.pages.csv_files import csv_response, every_page
from gateway.pages.customers.hub import hub_facts
from gateway.pages.formats import service_text
from gateway.pages.places import may, require, staff_only
from gateway.pages.said import beside_fields
from gateway.rpc import ask, ask_together

from . import own
from .area import pages as pages
from .asking import filing, uuid_in, wanted_of
from .forms import AssignForm, ComplaintForm, FilterForm, NoteForm, ReopenForm, ResolveForm, kind_text

PAGE_ROWS = 50
FILE_ROWS = 200


@pages.get("/complaints")
def list_all() -> Response:
    """The complaints of the reader's branches; customers are led to their own."""
    if not g.caller.is_staff:
        return go(url_for("complaint_pages.mine"))
    require(Right.SEE_COMPLAINTS)
    form = FilterForm(request.args)
    wanted = wanted_of(form, request.args.get("cursor"), PAGE_ROWS)
    found, branches, counts = ask_together(wanted, ListBranches(), CountComplaints())
    form.offer_branches(branches.items)
    form.branch.data = str(wanted.branch_id or "")
    filters = {name: value for name, value in request.args.items() if name in form._fields and value}
    return Response(
        render_template(
            "complaints/list.html", form=form, found=found, counts=counts, filters=filters,
            branches={one.id: one for one in branches.items}, is_narrowed=bool(filters),
        )
    )  # fmt: skip


@pages.get("/complaints.csv")
def export() -> Response:
    """The filtered list as a file."""
    staff_only()
    form = FilterForm(request.args)
    first = ask(wanted_of(form, None, FILE_ROWS))
    pages_of = every_page(first, lambda cursor: wanted_of(form, cursor, FILE_ROWS))
    return csv_response("complaints.csv", _rows(pages_of))


def _rows(pages_of: Iterator[ComplaintList]) -> Iterator[tuple[object, ...]]:
    yield (
        gettext("Number"), gettext("Filed"), gettext("CRF number"), gettext("Customer"), gettext("About"),
        gettext("Service"), gettext("State"), gettext("Read"), gettext("Assigned to"), gettext("Age in days"),
        gettext("Complaint"), gettext("Answer"),
    )  # fmt: skip
    for page in pages_of:
        for one in page.items:
            yield (
                one.number, one.filed_at.isoformat(timespec="seconds"), one.crf, one.customer_name,
                kind_text(one.kind), service_text(one.service_kind) if one.service_kind else "", one.state,
                gettext("yes") if one.is_read else gettext("no"), one.assigned_name, one.age_days, one.message,
                one.resolution,
            )  # fmt: skip


@pages.get("/complaints/<document:number>")
def show(number: str) -> Response:
    """One complaint, for staff with everything about it; for customers what concerns them."""
    if not g.caller.is_staff:
        return own.show(number)
    return _page(ask(GetComplaint(number=number)))


@pages.post("/complaints/<document:number>/open")
def mark_read(number: str) -> Response:
    """Open a complaint: whoever handles it has read it now."""
    ask(MarkComplaintRead(number=number))
    return go(url_for("complaint_pages.show", number=number))


@pages.post("/complaints/<document:number>/notes")
def note(number: str) -> Response:
    """Write a note for colleagues."""
    form = NoteForm()
    return _carried_out(number, form, lambda: NoteOnComplaint(number=number, note=form.note.data),
                        gettext("The note is kept."))  # fmt: skip


@pages.post("/complaints/<document:number>/assignment")
def assign(number: str) -> Response:
    """Give it to somebody, or to nobody."""
    form = AssignForm()
    chosen = uuid_in(form.staff_id.data)
    return _carried_out(number, form, lambda: AssignComplaint(number=number, staff_id=chosen),
                        gettext("The assignment is changed."))  # fmt: skip


@pages.post("/complaints/<document:number>/resolution")
def resolve(number: str) -> Response:
    """Resolve it with an answer to the customer."""
    form = ResolveForm()
    return _carried_out(number, form, lambda: ResolveComplaint(number=number, resolution=form.resolution.data),
                        gettext("The complaint is resolved, and the customer is told by e-mail."))  # fmt: skip


@pages.post("/complaints/<document:number>/reopening")
def reopen(number: str) -> Response:
    """Open it again."""
    if not g.caller.is_staff:
        return own.reopen(number)
    form = ReopenForm()
    return _carried_out(number, form, lambda: ReopenComplaint(number=number, reason=form.reason.data),
                        gettext("The complaint is open again."))  # fmt: skip


def _carried_out(
    number: str, form: FlaskForm, call: Callable[[], Call[ComplaintDetail]], said: str
) -> Response:
    """What a form of the complaint's page asks for, or the page once more with what is wrong."""
    staff_only()
    error: Refusal | ValidationError | None = None
    if form.validate_on_submit():
        try:
            ask(call())
        except (Refusal, ValidationError) as refused:
            error = refused
        else:
            flash(said)
            return go(url_for("complaint_pages.show", number=number))
    return _page(ask(GetComplaint(number=number)), form, error)


def _page(
    complaint: ComplaintDetail, sent: FlaskForm | None = None, error: Refusal | ValidationError | None = None
) -> Response:
    """The complaint with its forms; the one that was sent as it was typed, with what is wrong."""
    may_handle = may(Right.HANDLE_COMPLAINTS)
    more = [ListAssignableStaff(branch_id=complaint.branch_id)] if may_handle else []
    facts, staff = hub_facts(complaint.customer_id, *more)
    forms: dict[str, Any] = {
        name: sent if isinstance(sent, kind) else kind(formdata=None)
        for name, kind in (
            ("note", NoteForm),
            ("assign", AssignForm),
            ("resolve", ResolveForm),
            ("reopen", ReopenForm),
        )
    }
    if may_handle:
        forms["assign"].offer(staff[0].items, complaint.assigned_to)
    status, message = (422 if sent is not None and sent.errors else 200), None
    if sent is not None and error is not None:
        status, message = beside_fields(sent, error)
    return Response(
        render_template(
            "complaints/show.html",
            complaint=complaint,
            forms=forms,
            message=message,
            may_handle=may_handle,
            **facts,
        ),
        status,
    )


@pages.get("/customers/<uuid:customer_id>/complaints")
def of_customer(customer_id: UUID) -> str:
    """A customer's complaints, as a tab of their page."""
    staff_only()
    wanted = ListComplaints(
        customer_id=customer_id, cursor=request.args.get("cursor") or None, limit=PAGE_ROWS
    )
    facts, (found,) = hub_facts(customer_id, wanted)
    return render_template("complaints/of_customer.html", found=found, **facts)


@pages.route("/customers/<uuid:customer_id>/complaints/new", methods=["GET", "POST"])
def file_for(customer_id: UUID) -> Response:
    """Write down a customer's complaint for them."""
    staff_only()
    require(Right.SEE_COMPLAINTS)
    form = ComplaintForm()
    error: Refusal | ValidationError | None = None
    if request.method == "GET":
        form.key.data = str(uuid4())
    elif form.validate_on_submit():
        try:
            filed = ask(filing(customer_id, form))
        except (Refusal, ValidationError) as refused:
            error = refused
        else:
            flash(
                gettext(
                    "Complaint %(number)s is filed; the customer gets the number by e-mail.",
                    number=filed.number,
                )
            )
            return go(url_for("complaint_pages.show", number=filed.number))
    facts, _ = hub_facts(customer_id)
    return show_form("complaints/file_for.html", form, error, **facts)
