"""What a service refused, said in a form: beside the field where it belongs, else above all of them."""

from flask_wtf import FlaskForm
from pydantic import ValidationError

from contracts.errors import Refusal
from gateway.errors import status_of
from gateway.validation import refusal_of


def beside_fields(form: FlaskForm, error: Refusal | ValidationError) -> tuple[int, str | None]:
    """Put each sentence to its field. Returns the status, and the sentence for above when no field took one."""
    refusal = refusal_of(error) if isinstance(error, ValidationError) else error
    message: str | None = refusal.message
    for entry in refusal.errors:
        if entry.field in form._fields:
            form._fields[entry.field].errors = [entry.message]
            message = None
    return status_of(refusal), message
