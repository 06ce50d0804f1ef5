"""Pages of staff: who works here, in which role and branches, and their access."""

from typing import Any
from uuid import UUID

from flask import Response, flash, g, render_template, request, url_for
from flask_babel import gettext
from pydantic import ValidationError

from contracts.actor import Right
from contracts.calls.customers import AddStaff, ChangeStaff, GetStaff, ListBranches, ListStaff
from contracts.calls.staffing import EndStaffSessions, InviteStaff
from contracts.cards import CustomerState
from contracts.errors import Refusal
from gateway.auth import session_cache
from gateway.pages.answering import go, show_form
from gateway.pages.places import require
from gateway.pages.said import said
from gateway.pages.settings.area import pages
from gateway.pages.settings.choices import branch_choices, role_choices
from gateway.rpc import ask, ask_together

from .forms import ConfirmForm, NewStaffForm, StaffForm


@pages.get("/staff")
def staff() -> str:
    """The staff that the caller manages, by user name."""
    require(Right.MANAGE_STAFF)
    cursor = request.args.get("cursor") or None
    found, branches = ask_together(ListStaff(cursor=cursor), ListBranches())
    names = {branch.id: branch.name for branch in branches.items}
    return render_template("settings/staff.html", found=found, names=names)


@pages.route("/staff/add", methods=["GET", "POST"])
def add_staff() -> Response:
    """Add a member of staff, who gets a link by e-mail."""
    require(Right.MANAGE_STAFF)
    form = NewStaffForm()
    _offer(form, ask(ListBranches()).items)
    if not form.validate_on_submit():
        return show_form("settings/staff_add.html", form)
    try:
        member = ask(AddStaff(**_typed(form)))
    except (Refusal, ValidationError) as error:
        return show_form("settings/staff_add.html", form, error)
    flash(
        gettext(
            "%(name)s is added; the link is on its way to %(email)s.", name=member.name, email=member.email
        )
    )
    return go(url_for("settings_pages.member", staff_id=member.id))


@pages.route("/staff/<uuid:staff_id>", methods=["GET", "POST"])
def member(staff_id: UUID) -> Response:
    """A member of staff, to change. Only what was changed is sent: an e-mail sent along would mail another link."""
    require(Right.MANAGE_STAFF)
    found, branches = ask_together(GetStaff(staff_id=staff_id), ListBranches())
    now = {
        **found.model_dump(),
        "role": found.role.value,
        "branch_ids": [str(one) for one in found.branch_ids],
    }
    form = StaffForm(data=now)
    _offer(form, branches.items)
    facts = {"member": found, "is_self": g.caller.me.subject == f"staff:{found.id}"}
    if not form.validate_on_submit():
        return show_form("settings/member.html", form, **facts)
    changed = {name: value for name, value in _typed(form).items() if not _same(name, value, now)}
    try:
        if changed:
            ask(ChangeStaff(staff_id=staff_id, **changed))
    except (Refusal, ValidationError) as error:
        return show_form("settings/member.html", form, error, **facts)
    session_cache().forget_all()
    flash(gettext("%(name)s is saved.", name=form.name.data))
    return go(url_for("settings_pages.staff"))


@pages.post("/staff/<uuid:staff_id>/link")
def send_link(staff_id: UUID) -> Response:
    """Mail a new one-time link."""
    return _carry_out(staff_id, InviteStaff(staff_id=staff_id), gettext("A new link is on its way."))


@pages.post("/staff/<uuid:staff_id>/sign-out")
def end_sessions(staff_id: UUID) -> Response:
    """Sign them out everywhere."""
    return _carry_out(
        staff_id, EndStaffSessions(staff_id=staff_id), gettext("They are signed out everywhere.")
    )


@pages.route("/staff/<uuid:staff_id>/deactivation", methods=["GET", "POST"])
def deactivate(staff_id: UUID) -> Response:
    """Deactivate a member of staff, who is named before it is done."""
    require(Right.MANAGE_STAFF)
    form, found = ConfirmForm(), ask(GetStaff(staff_id=staff_id))
    if not form.validate_on_submit():
        return show_form("settings/deactivate.html", form, member=found)
    try:
        ask(ChangeStaff(staff_id=staff_id, state=CustomerState.DEACTIVATED))
    except Refusal as error:
        return show_form("settings/deactivate.html", form, error, member=found)
    session_cache().forget_all()
    flash(gettext("%(name)s is deactivated and signed out.", name=found.name))
    return go(url_for("settings_pages.staff"))


@pages.post("/staff/<uuid:staff_id>/restoration")
def restore(staff_id: UUID) -> Response:
    """Let a deactivated member of staff in again."""
    restored = ChangeStaff(staff_id=staff_id, state=CustomerState.ACTIVE)
    return _carry_out(staff_id, restored, gettext("They may sign in again."))


def _carry_out(staff_id: UUID, request: Any, done: str) -> Response:
    """Send a call about a member of staff and say so, or say why not."""
    require(Right.MANAGE_STAFF)
    try:
        ask(request)
        session_cache().forget_all()
        flash(done)
    except Refusal as error:
        if error.kind not in ("rule_broken", "throttled"):
            raise
        flash(said(error))
    return go(url_for("settings_pages.member", staff_id=staff_id))


def _offer(form: StaffForm, branches: Any) -> None:
    form.role.choices = role_choices()
    form.branch_ids.choices = branch_choices(branches)


def _typed(form: StaffForm) -> dict[str, Any]:
    return {name: value for name, value in form.data.items() if name != "csrf_token"} | {
        "branch_ids": form.branch_ids.data or []
    }


def _same(name: str, value: Any, now: dict[str, Any]) -> bool:
    return set(value) == set(now[name]) if name == "branch_ids" else bool(value == now[name])
