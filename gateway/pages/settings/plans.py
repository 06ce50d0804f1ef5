"""Pages of plans and their prices."""

from typing import Any
from uuid import UUID

from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext
from pydantic import ValidationError

from contracts.actor import Right
from contracts.calls.billing import AddPlan, GetPlan, ListPlans, PlanView, SetPlanPrice
from contracts.calls.customers import ListBranches
from contracts.cards import BranchCard, Service
from contracts.errors import Refusal
from gateway.pages.answering import go, show_form
from gateway.pages.asked import uuid_or_none
from gateway.pages.places import require
from gateway.pages.settings.area import pages
from gateway.pages.settings.choices import branch_choices
from gateway.pages.today import today
from gateway.rpc import ask, ask_together

from .forms import PlanFilters, PlanForm, PriceForm


@pages.get("/plans")
def plans() -> str:
    """Plans by code, of one branch or of all, of one service or of both."""
    require(Right.MANAGE_PLANS)
    filters = PlanFilters(request.args)
    service = filters.service.data if filters.service.data in list(Service) else None
    branch_id, cursor = uuid_or_none(filters.branch.data), request.args.get("cursor") or None
    found, branches = ask_together(
        ListPlans(branch_id=branch_id, service_kind=service, cursor=cursor), ListBranches()
    )
    filters.branch.choices = [("", gettext("All")), *branch_choices(branches.items)]
    names = {branch.id: branch.name for branch in branches.items}
    return render_template("settings/plans.html", found=found, filters=filters, names=names)


@pages.route("/plans/add", methods=["GET", "POST"])
def add_plan() -> Response:
    """Add a plan to a branch."""
    require(Right.MANAGE_PLANS)
    form = PlanForm()
    form.branch_id.choices = branch_choices(ask(ListBranches()).items)
    if not form.validate_on_submit():
        if request.method == "GET":
            form.branch_id.data = request.args.get("branch") or form.branch_id.data
        return show_form("settings/plan_add.html", form)
    fields = {name: value for name, value in form.data.items() if name != "csrf_token"}
    try:
        plan = ask(AddPlan(**fields))
    except (Refusal, ValidationError) as error:
        return show_form("settings/plan_add.html", form, error)
    flash(gettext("%(name)s is added.", name=plan.name))
    return go(url_for("settings_pages.plan", plan_id=plan.id))


@pages.route("/plans/<uuid:plan_id>", methods=["GET", "POST"])
def plan(plan_id: UUID) -> Response:
    """A plan with its prices, and a new price from a day on."""
    require(Right.MANAGE_PLANS)
    form = PriceForm()
    found, branches = ask_together(GetPlan(plan_id=plan_id), ListBranches())
    facts = _facts(found, branches.items)
    if not form.validate_on_submit():
        return show_form("settings/plan.html", form, **facts)
    first = form.valid_from.data
    try:
        ask(SetPlanPrice(plan_id=plan_id, price=form.price.data, valid_from=first))
    except (Refusal, ValidationError) as error:
        if isinstance(error, Refusal):  # the API calls the day `from`, which no Python name can be
            for entry in error.errors:
                entry.field = {"from": "valid_from"}.get(entry.field, entry.field)
        return show_form("settings/plan.html", form, error, **facts)
    flash(gettext("The new price is kept. What was charged stays as it is."))
    return go(url_for("settings_pages.plan", plan_id=plan_id))


def _facts(found: PlanView, branches: tuple[BranchCard, ...]) -> dict[str, Any]:
    branch = next((branch for branch in branches if branch.id == found.branch_id), None)
    here = today(branch.time_zone) if branch else today()
    valid = next((price.valid_from for price in found.prices if price.valid_from <= here), None)
    return {"plan": found, "branch": branch, "today": here, "valid_since": valid}
