"""pydantic's findings as sentences for people, without its jargon and without the value that was sent.

The API says them in English, pages in their language: `say` of `refusal_of` puts a sentence into it.
"""

from collections.abc import Callable
from typing import Any, get_args

from pydantic import StringConstraints, ValidationError

from contracts import fields
from contracts.errors import FieldError, Invalid, Refusal, RuleBroken

IDEMPOTENCY_HEADER = "Idempotency-Key"
MOST_ERRORS = 50
"""So many findings are said one by one: a refusal is not to be larger than what it refuses."""
_LONGEST_FIELD = 200


class RequestNotReadable(Invalid):
    """A field is missing, unknown or of another type: malformed (400)."""

    code = "request_not_readable"


class ValueNotAccepted(RuleBroken):
    """The request can be read, but a value is outside of what its field takes (422)."""

    code = "value_not_accepted"


class IdempotencyKeyMissing(Invalid):
    """A write of money came without the header that makes it repeatable (RULES, payments)."""

    code = "idempotency_key_missing"


Say = Callable[[str], str]
"""From an English sentence, its placeholders not yet filled in, to that of a language: str for the API, gettext."""


def marked(sentence: str) -> str:
    """The sentence itself; `make texts` finds by this name what is to be translated."""
    return sentence


def _pattern(annotated: Any) -> str:
    parts = (part for part in get_args(annotated) if isinstance(part, StringConstraints))
    return next(str(part.pattern) for part in parts if part.pattern)


_FORMS: dict[str, str] = {
    _pattern(fields.BranchCode): marked("Must be 2 to 8 capital letters or digits, such as MAIN."),
    _pattern(fields.PlanCode): marked(
        "Must be at most 40 letters, digits, dots, dashes or underscores, such as TV-BASIC."
    ),
    _pattern(fields.CrfNumber): marked(
        "Must be at most 40 letters, digits, dots, dashes, slashes or underscores, such as 1001."
    ),
    _pattern(fields.Username): marked(
        "Must be 2 to 100 letters, digits or the signs . _ @ + -, beginning with a letter or digit."
    ),
    _pattern(fields.IdempotencyKey): marked(
        "Must be 1 to 255 printable characters without spaces, such as a UUID."
    ),
}

_READABLE_BUT_REFUSED = frozenset(
    {
        "value_error", "string_too_long", "string_too_short", "string_pattern_mismatch", "too_long", "too_short",
        "greater_than", "greater_than_equal", "less_than", "less_than_equal", "string_unicode",
    }
)  # fmt: skip

_SENTENCES: dict[str, tuple[str, str]] = {
    "missing": ("required", marked("This field is required.")),
    "extra_forbidden": ("unknown_field", marked("There is no such field here.")),
    "string_type": ("not_text", marked("Must be text.")),
    "string_too_long": ("too_long", marked("Must be at most %(max_length)s characters long.")),
    "string_too_short": ("too_short", marked("Must be at least %(min_length)s characters long.")),
    "string_unicode": ("not_text", marked("Must be Unicode text without broken characters.")),
    "too_long": ("too_many", marked("Must have at most %(max_length)s entries.")),
    "too_short": ("too_few", marked("Must have at least %(min_length)s entries.")),
    "int_type": ("not_a_whole_number", marked("Must be a whole number.")),
    "int_parsing": ("not_a_whole_number", marked("Must be a whole number.")),
    "int_from_float": ("not_a_whole_number", marked("Must be a whole number.")),
    "int_parsing_size": ("not_a_whole_number", marked("Must be a whole number of reasonable size.")),
    "bool_type": ("not_true_or_false", marked("Must be true or false.")),
    "bool_parsing": ("not_true_or_false", marked("Must be true or false.")),
    "uuid_type": ("not_an_id", marked("Must be an id as this API gives them.")),
    "uuid_parsing": ("not_an_id", marked("Must be an id as this API gives them.")),
    "greater_than_equal": ("too_small", marked("Must be %(ge)s or more.")),
    "less_than_equal": ("too_large", marked("Must be %(le)s or less.")),
    "enum": ("not_one_of", marked("Must be one of: %(expected)s.")),
    "literal_error": ("not_one_of", marked("Must be one of: %(expected)s.")),
    "tuple_type": ("not_a_list", marked("Must be a list.")),
    "list_type": ("not_a_list", marked("Must be a list.")),
    "model_type": ("not_an_object", marked("Must be an object.")),
    "dict_type": ("not_an_object", marked("Must be an object.")),
}


_OF_VALUES = (
    marked("Must be one line of text without control characters."),
    marked("Must be one e-mail address such as name@example.com."),
    marked("Must be a telephone number: digits, optionally with + in front."),
    marked('Must be a month written like "2026-11".'),
    marked('Must be a UPI id such as "cable.network@okbank".'),
    marked("Must be an IBAN: two letters, two digits, then letters and digits."),
    marked("Is no IBAN: its check digits do not fit; look for a wrong or swapped digit."),
    marked('Must be a BIC such as "DEUTDEFF" or "DEUTDEFF500".'),
)
"""What contracts.fields says of a value; it may say more after it."""


_MORE = marked("And %(count)s more.")


def refusal_of(error: ValidationError, say: Say = str) -> Refusal:
    """What a pydantic error means: malformed (400), or readable with values that are not accepted (422)."""
    found = error.errors(include_url=False, include_input=False)
    errors = [_field_error(entry, say) for entry in found[:MOST_ERRORS]]
    header = next((entry for entry in errors if entry.field == IDEMPOTENCY_HEADER), None)
    if header is not None and header.code == "required":
        return IdempotencyKeyMissing(
            "Send the header Idempotency-Key with a value of your own, such as a UUID; sent again with the same value, "
            "the request is carried out only once.",
            errors=errors,
        )
    readable = header is None and all(entry["type"] in _READABLE_BUT_REFUSED for entry in found)
    family = ValueNotAccepted if readable else RequestNotReadable
    return family(_summary(errors, len(found), say), errors=errors)


def _field_error(entry: Any, say: Say) -> FieldError:
    field = ".".join(str(part) for part in entry["loc"])[:_LONGEST_FIELD]
    code, message = _sentence(entry["type"], entry.get("ctx") or {}, say)
    return FieldError(field=field, code=code, message=message)


def _sentence(kind: str, context: dict[str, Any], say: Say) -> tuple[str, str]:
    if kind == "value_error":
        return "not_accepted", _of_value(str(context.get("error", "is not accepted")), say)
    if kind == "string_pattern_mismatch":
        other = marked("Has a form that is not accepted here.")
        return "wrong_form", say(_FORMS.get(str(context.get("pattern")), other))
    if kind == "string_too_short" and context.get("min_length") == 1:
        return "empty", say(marked("Must not be empty."))
    code, sentence = _SENTENCES.get(kind, ("not_accepted", marked("Is not accepted here.")))
    return code, say(sentence) % {**context, "expected": _listed(str(context.get("expected", "")))}


def _of_value(found: str, say: Say) -> str:
    """What a validator of ours found. Another language has the sentence that it begins with, without the details."""
    text = found.strip().rstrip(".")
    text = f"{text[:1].upper()}{text[1:]}."
    known = next((one for one in _OF_VALUES if text.startswith(one[:-1])), None)
    return text if known is None or say(known) == known else say(known)


def _listed(expected: str) -> str:
    return expected.replace("'", "").replace(" or ", ", ")


def _summary(errors: list[FieldError], count: int, say: Say) -> str:
    shown = " ".join(
        f"{entry.field}: {entry.message}" if entry.field else entry.message for entry in errors[:3]
    )
    more = count - 3
    return f"{shown} {say(_MORE) % {'count': more}}" if more > 0 else shown
