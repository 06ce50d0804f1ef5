"""When and how firmly a branch reminds: managers see it, the operator admin sets it."""

import re
from uuid import UUID

from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext
from pydantic import ValidationError

from contracts.actor import Right
from contracts.calls.customers import ChangeBranch, GetBranch, ListBranches
from contracts.cards import BranchCard, ReminderStage, StageRule
from contracts.errors import Refusal
from gateway.pages.answering import go, show_form
from gateway.pages.places import require
from gateway.rpc import ask

from .area import pages
from .forms import ScheduleForm

_FIELDS = {"reminder_days": "days", "reminder_pause_days": "pause", "reminder_stages": "friendly"}


@pages.get("/reminders/schedules")
def schedules() -> str:
    """The schedules of all branches that the reader sees."""
    require(Right.RUN_BILLING)
    return render_template("reminders/schedules.html", branches=ask(ListBranches()).items)


@pages.route("/reminders/schedules/<uuid:branch_id>", methods=["GET", "POST"])
def schedule(branch_id: UUID) -> Response:
    """One branch's schedule (RULES: the policy of branches is the operator admin's)."""
    require(Right.MANAGE_BRANCHES)
    branch = ask(GetBranch(branch_id=branch_id))
    form = ScheduleForm()
    if request.method == "GET":
        _fill(form, branch)
        return show_form("reminders/schedule.html", form, branch=branch)
    days = _days(form) if form.validate() else None
    if days is None or not (stages := _stages(form)):
        return show_form("reminders/schedule.html", form, branch=branch)
    try:
        ask(
            ChangeBranch(
                branch_id=branch_id,
                reminder_days=days,
                reminder_pause_days=form.pause.data,
                reminder_stages=stages,
            )
        )
    except (Refusal, ValidationError) as error:
        if isinstance(error, Refusal):
            for entry in error.errors:
                entry.field = _FIELDS.get(entry.field, entry.field)
        return show_form("reminders/schedule.html", form, error, branch=branch)
    flash(gettext("The schedule of %(branch)s is kept.", branch=branch.name))
    return go(url_for("reminder_pages.schedules"))


def _fill(form: ScheduleForm, branch: BranchCard) -> None:
    policy = branch.policy
    form.days.data = ", ".join(str(day) for day in policy.reminder_days)
    form.pause.data = policy.reminder_pause_days
    for rule in policy.reminder_stages:
        form._fields[rule.stage.value].data = rule.from_months


def _days(form: ScheduleForm) -> tuple[int, ...] | None:
    """The days of the month that were typed; None when one is none, and the form says so."""
    found = re.findall(r"[^\s,;]+", form.days.data or "")
    days = [int(text) for text in found if text.isascii() and text.isdigit()]
    if len(days) != len(found) or not all(1 <= day <= 28 for day in days):
        form.days.errors = [gettext("Write days from 1 to 28, parted by commas.")]
        return None
    return tuple(sorted(set(days)))


def _stages(form: ScheduleForm) -> tuple[StageRule, ...]:
    """The stages that are used; empty when there is none, and the form says so."""
    found = tuple(
        StageRule(stage=stage, from_months=form._fields[stage.value].data)
        for stage in ReminderStage
        if form._fields[stage.value].data is not None
    )
    if not found:
        form.friendly.errors = [gettext("Use at least one kind of reminder.")]
    return found
