"""pydantic's findings as sentences for people, without its jargon and without the value that was sent."""

from typing import Any, get_args

from pydantic import StringConstraints, ValidationError

from contracts import fields
from contracts.errors import FieldError, Invalid, Refusal, RuleBroken

IDEMPOTENCY_HEADER = "Idempotency-Key"


class RequestNotReadable(Invalid):
    """A field is missing, unknown or of another type: malformed (400)."""

    code = "request_not_readable"


class ValueNotAccepted(RuleBroken):
    """The request can be read, but a value is outside of what its field takes (422)."""

    code = "value_not_accepted"


class IdempotencyKeyMissing(Invalid):
    """A write of money came without the header that makes it repeatable (RULES, payments)."""

    code = "idempotency_key_missing"


def _pattern(annotated: Any) -> str:
    parts = (part for part in get_args(annotated) if isinstance(part, StringConstraints))
    return next(str(part.pattern) for part in parts if part.pattern)


_FORMS: dict[str, str] = {
    _pattern(fields.BranchCode): "Must be 2 to 8 capital letters or digits, such as MAIN.",
    _pattern(
        fields.PlanCode
    ): "Must be at most 40 letters, digits, dots, dashes or underscores, such as TV-BASIC.",
    _pattern(
        fields.CrfNumber
    ): "Must be at most 40 letters, digits, dots, dashes, slashes or underscores, such as 1001.",
    _pattern(
        fields.Username
    ): "Must be 2 to 100 letters, digits or the signs . _ @ + -, beginning with a letter or digit.",
    _pattern(fields.IdempotencyKey): "Must be 1 to 255 printable characters without spaces, such as a UUID.",
}

_READABLE_BUT_REFUSED = frozenset(
    {
        "value_error", "string_too_long", "string_too_short", "string_pattern_mismatch", "too_long", "too_short",
        "greater_than", "greater_than_equal", "less_than", "less_than_equal", "string_unicode",
    }
)  # fmt: skip

_SENTENCES: dict[str, tuple[str, str]] = {
    "missing": ("required", "This field is required."),
    "extra_forbidden": ("unknown_field", "There is no such field here."),
    "string_type": ("not_text", "Must be text."),
    "string_too_long": ("too_long", "Must be at most {max_length} characters long."),
    "string_too_short": ("too_short", "Must be at least {min_length} characters long."),
    "string_unicode": ("not_text", "Must be Unicode text without broken characters."),
    "too_long": ("too_many", "Must have at most {max_length} entries."),
    "too_short": ("too_few", "Must have at least {min_length} entries."),
    "int_type": ("not_a_whole_number", "Must be a whole number."),
    "int_parsing": ("not_a_whole_number", "Must be a whole number."),
    "int_from_float": ("not_a_whole_number", "Must be a whole number."),
    "int_parsing_size": ("not_a_whole_number", "Must be a whole number of reasonable size."),
    "bool_type": ("not_true_or_false", "Must be true or false."),
    "bool_parsing": ("not_true_or_false", "Must be true or false."),
    "uuid_type": ("not_an_id", "Must be an id as this API gives them."),
    "uuid_parsing": ("not_an_id", "Must be an id as this API gives them."),
    "greater_than_equal": ("too_small", "Must be {ge} or more."),
    "less_than_equal": ("too_large", "Must be {le} or less."),
    "enum": ("not_one_of", "Must be one of: {expected}."),
    "literal_error": ("not_one_of", "Must be one of: {expected}."),
    "tuple_type": ("not_a_list", "Must be a list."),
    "list_type": ("not_a_list", "Must be a list."),
    "model_type": ("not_an_object", "Must be an object."),
    "dict_type": ("not_an_object", "Must be an object."),
}


def refusal_of(error: ValidationError) -> Refusal:
    """What a pydantic error means: malformed (400), or readable with values that are not accepted (422)."""
    found = error.errors(include_url=False, include_input=False)
    errors = [_field_error(entry) for entry in found]
    header = next((entry for entry in errors if entry.field == IDEMPOTENCY_HEADER), None)
    if header is not None and header.code == "required":
        return IdempotencyKeyMissing(
            "Send the header Idempotency-Key with a value of your own, such as a UUID; sent again with the same value, "
            "the request is carried out only once.",
            errors=errors,
        )
    readable = header is None and all(entry["type"] in _READABLE_BUT_REFUSED for entry in found)
    family = ValueNotAccepted if readable else RequestNotReadable
    return family(_summary(errors), errors=errors)


def _field_error(entry: Any) -> FieldError:
    field = ".".join(str(part) for part in entry["loc"])
    code, message = _sentence(entry["type"], entry.get("ctx") or {})
    return FieldError(field=field, code=code, message=message)


def _sentence(kind: str, context: dict[str, Any]) -> tuple[str, str]:
    if kind == "value_error":
        text = str(context.get("error", "is not accepted")).strip().rstrip(".")
        return "not_accepted", f"{text[:1].upper()}{text[1:]}."
    if kind == "string_pattern_mismatch":
        return "wrong_form", _FORMS.get(str(context.get("pattern")), "Has a form that is not accepted here.")
    if kind == "string_too_short" and context.get("min_length") == 1:
        return "empty", "Must not be empty."
    code, sentence = _SENTENCES.get(kind, ("not_accepted", "Is not accepted here."))
    return code, sentence.format_map({**context, "expected": _listed(str(context.get("expected", "")))})


def _listed(expected: str) -> str:
    return expected.replace("'", "").replace(" or ", ", ")


def _summary(errors: list[FieldError]) -> str:
    shown = " ".join(
        f"{entry.field}: {entry.message}" if entry.field else entry.message for entry in errors[:3]
    )
    more = len(errors) - 3
    return f"{shown} And {more} more." if more > 0 else shown
