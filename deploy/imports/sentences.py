"""What pydantic finds wrong with a field, as a sentence for people who look at their table."""

from typing import Any

_REASONS = {
    "crf": "must be 1 to 40 letters, digits and / . _ - (no blanks)",
    "username": "must be 2 to 100 letters, digits and . _ @ + -",
    "plan": "must be 1 to 40 letters, digits and . _ - (no blanks)",
}


def sentence_of(problem: dict[str, Any]) -> str:
    """One of pydantic's findings as a sentence that begins with the field."""
    field, given, kind = str(problem["loc"][0]), problem.get("input"), problem["type"]
    if given is None or given == "":
        return f"{field} is missing."
    length = len(given) if isinstance(given, str) else 0
    if kind == "string_too_long":
        return f"{field} has {length:,} characters; at most {problem['ctx']['max_length']:,} are kept."
    shown = f'"{_printable(given[:40])}{"…" if length > 40 else ""}" ' if length else ""
    if kind == "string_pattern_mismatch":
        return f"{field} {shown}{_REASONS.get(field, 'is not written as it must be')}."
    if kind.startswith("date"):
        return f"{field} {shown}is no date such as 2026-11-21; say in the mapping how it is written (date: DD/MM/YYYY)."
    reason = str(problem["msg"]).removeprefix("Value error, ")
    return f"{field} {shown}{reason.rstrip('.')}."


def _printable(text: str) -> str:
    """The text with control characters and the like written out, so that a terminal shows and does not obey them."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
