"""Pages of branches and their policies (operator admin)."""

from uuid import UUID

from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext
from pydantic import ValidationError

from contracts.actor import Right
from contracts.calls.customers import AddBranch, ChangeBranch, GetBranch, ListBranches
from contracts.cards import BranchCard
from contracts.errors import Refusal
from gateway.pages.answering import go, show_form
from gateway.pages.places import require
from gateway.pages.settings.area import pages
from gateway.pages.today import today
from gateway.rpc import ask

from .branch_form import BranchForm, NewBranchForm


@pages.get("/branches")
def branches() -> str:
    """Every branch."""
    require(Right.MANAGE_BRANCHES)
    return render_template("settings/branches.html", branches=ask(ListBranches()).items)


@pages.route("/branches/add", methods=["GET", "POST"])
def add_branch() -> Response:
    """Add a branch."""
    require(Right.MANAGE_BRANCHES)
    form = NewBranchForm() if request.method == "POST" else NewBranchForm(data=_usual())
    if not form.validate_on_submit():
        return show_form("settings/branch.html", form, branch=None)
    try:
        branch = ask(AddBranch(**form.given()))
    except (Refusal, ValidationError) as error:
        return show_form("settings/branch.html", form, error, branch=None)
    flash(gettext("%(name)s is added.", name=branch.name))
    return go(url_for("settings_pages.branches"))


@pages.route("/branches/<uuid:branch_id>", methods=["GET", "POST"])
def change_branch(branch_id: UUID) -> Response:
    """A branch with its policy, to change."""
    require(Right.MANAGE_BRANCHES)
    branch = ask(GetBranch(branch_id=branch_id))
    form = BranchForm.of(branch)
    if not form.validate_on_submit():
        return _show(branch, form)
    try:
        changed = ask(ChangeBranch(branch_id=branch_id, **form.given()))
    except (Refusal, ValidationError) as error:
        return _show(branch, form, error)
    flash(gettext("%(name)s is saved.", name=changed.name))
    return go(url_for("settings_pages.branches"))


def _show(branch: BranchCard, form: BranchForm, error: Refusal | ValidationError | None = None) -> Response:
    return show_form("settings/branch.html", form, error, branch=branch, year=today(branch.time_zone).year)


def _usual() -> dict[str, object]:
    """What a new branch begins with: the policy of the contract, the place of the first branch."""
    fields = AddBranch.model_fields
    usual = {name: field.default for name, field in fields.items() if not field.is_required()}
    first = next(iter(ask(ListBranches()).items), None)
    place = first.model_dump(include={"currency", "time_zone", "locale"}) if first else {}
    return {**usual, **place, "minimum_payment": "250"}
