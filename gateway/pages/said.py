"""What a service refused, said in the page's language: beside the field where it belongs, else above all of them."""

from flask_babel import gettext
from flask_wtf import FlaskForm
from pydantic import ValidationError

from contracts.errors import Refusal
from gateway.errors import status_of
from gateway.pages.refusals import sentence_of
from gateway.validation import refusal_of


def said(error: Refusal | ValidationError) -> str:
    """Why not, as one text for the page."""
    return _in_words(error).message


def beside_fields(form: FlaskForm, error: Refusal | ValidationError) -> tuple[int, str | None]:
    """Put each sentence to its field. Returns the status, and the sentence for above when no field took one."""
    refusal = _in_words(error)
    message: str | None = refusal.message
    for entry in refusal.errors:
        if entry.field in form._fields:
            form._fields[entry.field].errors = [entry.message]
            message = None
    return status_of(refusal), message


def _in_words(error: Refusal | ValidationError) -> Refusal:
    """The refusal in the page's language."""
    if isinstance(error, ValidationError):
        return refusal_of(error, gettext)
    errors = [
        entry.model_copy(update={"message": sentence_of(entry.code, entry.message)}) for entry in error.errors
    ]
    spoken = type(error)(sentence_of(error.code, error.message), errors=errors)
    spoken.code = error.code
    return spoken
