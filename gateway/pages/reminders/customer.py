"""Reminders about one customer: the mail as it would be, and promises to pay."""

from uuid import UUID

from flask import Response, flash, render_template, url_for
from flask_babel import gettext
from pydantic import ValidationError

from contracts.actor import Right
from contracts.calls.notify import MessagePreview, PreviewMessage
from contracts.calls.reminders import DraftReminder, PromiseToPay, WithdrawPromise
from contracts.errors import Refusal
from gateway.pages.answering import go, show_form
from gateway.pages.customers.hub import hub_facts
from gateway.pages.places import require, staff_only
from gateway.pages.refusals import NotHere
from gateway.rpc import ask

from .area import pages
from .forms import PromiseForm


@pages.get("/customers/<uuid:customer_id>/reminder")
def preview(customer_id: UUID) -> str:
    """The reminder as the customer would get it now: who it goes to, its subject and its words."""
    require(Right.RUN_BILLING)
    facts, (draft,) = hub_facts(customer_id, DraftReminder(customer_id=customer_id))
    made = _made(draft.event.model_dump(mode="json")) if draft.event else None
    return render_template("reminders/preview.html", event=draft.event, made=made, **facts)


@pages.get("/customers/<uuid:customer_id>/reminder/mail")
def mail(customer_id: UUID) -> Response:
    """The mail's HTML alone, for the frame of the preview. Its policy (gateway/headers.py) lets it do nothing."""
    require(Right.RUN_BILLING)
    draft = ask(DraftReminder(customer_id=customer_id))
    if draft.event is None:
        raise NotHere(gettext("Nothing is due, so there is no reminder."))
    return Response(_made(draft.event.model_dump(mode="json")).html, mimetype="text/html")


@pages.route("/customers/<uuid:customer_id>/promise", methods=["GET", "POST"])
def promise(customer_id: UUID) -> Response:
    """Note down that the customer promised to pay."""
    staff_only()
    require(Right.TAKE_PAYMENTS)
    form = PromiseForm()
    error: Refusal | ValidationError | None = None
    if form.validate_on_submit():
        until = form.promised_until.data
        try:
            ask(PromiseToPay(customer_id=customer_id, promised_until=until, note=form.note.data or ""))
        except (Refusal, ValidationError) as refused:
            error = refused
        else:
            flash(gettext("The promise is noted; no reminder is sent until its day has passed."))
            return go(url_for("customer_pages.show", customer_id=customer_id))
    facts, _ = hub_facts(customer_id)
    return show_form("reminders/promise.html", form, error, **facts)


@pages.post("/customers/<uuid:customer_id>/promise/withdrawal")
def withdraw(customer_id: UUID) -> Response:
    """The promise does not hold any more."""
    staff_only()
    ask(WithdrawPromise(customer_id=customer_id))
    flash(gettext("The promise is withdrawn; reminders go on."))
    return go(url_for("customer_pages.show", customer_id=customer_id))


def _made(event: dict[str, object]) -> MessagePreview:
    return ask(PreviewMessage(template="dues_outstanding", event=event))
