"""What pages answer with: another page after a form, or the form once more with what is wrong."""

import unicodedata

from flask import Response, current_app, redirect, render_template
from flask_wtf import FlaskForm
from pydantic import ValidationError

from contracts.errors import Refusal
from gateway.pages.said import beside_fields


def go(target: str) -> Response:
    """After a form: to the page at this address, by GET, so that reloading sends nothing twice."""
    return current_app.make_response(redirect(target, code=303))


def show_form(
    template: str, form: FlaskForm, error: Refusal | ValidationError | None = None, **facts: object
) -> Response:
    """The form as typed, with what is wrong beside each field, and the status that goes with it."""
    status, message = (422 if form.errors else 200), None
    if error is not None:
        status, message = beside_fields(form, error)
    return Response(render_template(template, form=form, message=message, **facts), status)


def local_path(text: str | None) -> str:
    """The path when it leads to a page of ours, else the first page: nobody is sent to another site."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")):
        return "/"
    if any(unicodedata.category(character) == "Cc" for character in text):
        return "/"
    return text
