"""Words that an operator writes for an e-mail: text with placeholders such as {name}, and nothing else in it.

No code, no attributes, no loops: a placeholder is a word in braces that the letter offers. Values are put in once, so
that what a customer is called is never read as a placeholder.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from notify.domain.refusals import BraceAlone, PlaceholderMisplaced, PlaceholderMissing, PlaceholderUnknown

_PLACEHOLDER = re.compile(r"\{ ?([a-z_]{1,40}) ?\}", re.ASCII)


@dataclass(frozen=True)
class Offer:
    """What a letter can put into words. `essential`: what it is sent for, a password or a link; never in a subject."""

    values: frozenset[str]
    lists: frozenset[str] = frozenset()
    essential: frozenset[str] = frozenset()

    @property
    def names(self) -> list[str]:
        """Every placeholder as it is written."""
        return [f"{{{name}}}" for name in sorted(self.values | self.lists)]


@dataclass(frozen=True)
class Span:
    """A part of a line: what the operator wrote, or, of a placeholder, its value."""

    text: str
    name: str = ""


@dataclass(frozen=True)
class Paragraph:
    """Lines that belong together."""

    lines: tuple[tuple[Span, ...], ...]


@dataclass(frozen=True)
class Listing:
    """The place of a list."""

    name: str


class ValueMissing(LookupError):
    """A placeholder has no value in this one letter."""


def check_subject(subject: str, offer: Offer) -> None:
    """Raises PlaceholderUnknown, BraceAlone, or PlaceholderMisplaced for a list or a secret in the subject."""
    allowed = offer.values - offer.essential
    for name in _names(subject, "subject"):
        if name in offer.lists | offer.essential:
            raise PlaceholderMisplaced(
                f"{{{name}}} belongs into the text, not into the subject.", field="subject"
            )
        if name not in allowed:
            raise _unknown(name, Offer(allowed), "subject")


def check_body(body: str, offer: Offer) -> None:
    """Raises PlaceholderUnknown, BraceAlone, PlaceholderMisplaced, PlaceholderMissing."""
    found = set(_names(body, "body"))
    for name in sorted(found - offer.values - offer.lists):
        raise _unknown(name, offer, "body")
    for name in sorted(offer.essential - found):
        raise PlaceholderMissing(
            f"Without {{{name}}} the e-mail is of no use; put it into the text.", field="body"
        )
    for line in body.splitlines():
        lists = [name for name in _names(line, "body") if name in offer.lists]
        if lists and _PLACEHOLDER.fullmatch(line.strip()) is None:
            raise PlaceholderMisplaced(f"{{{lists[0]}}} is a list; give it a line to itself.", field="body")


def filled(text: str, values: Mapping[str, str | None]) -> str:
    """One line with its values. Raises ValueMissing."""
    return "".join(span.text for span in spans(text, values))


def spans(line: str, values: Mapping[str, str | None]) -> tuple[Span, ...]:
    """A line in parts. Raises ValueMissing."""
    return tuple(_spans(line, values))


def pieces(
    body: str, values: Mapping[str, str | None], lists: Sequence[str] | frozenset[str]
) -> Iterator[Paragraph | Listing]:
    """The text as paragraphs and lists. Raises ValueMissing."""
    lines: list[tuple[Span, ...]] = []
    for line in [*body.splitlines(), ""]:
        alone = _PLACEHOLDER.fullmatch(line.strip())
        is_list = alone is not None and alone.group(1) in lists
        if (is_list or not line.strip()) and lines:
            yield Paragraph(tuple(lines))
            lines = []
        if is_list and alone is not None:
            yield Listing(alone.group(1))
        elif line.strip():
            lines.append(spans(line, values))


def _spans(line: str, values: Mapping[str, str | None]) -> Iterator[Span]:
    at = 0
    for match in _PLACEHOLDER.finditer(line):
        if match.start() > at:
            yield Span(line[at : match.start()])
        name, at = match.group(1), match.end()
        value = values.get(name)
        if value is None:
            raise ValueMissing(name)
        yield Span(value, name)
    if at < len(line):
        yield Span(line[at:])


def _names(text: str, field: str) -> list[str]:
    rest = _PLACEHOLDER.sub("", text)
    if "{" in rest or "}" in rest:
        raise BraceAlone(
            "A brace stands for the beginning or end of a placeholder such as {name}; write them in pairs, with a word "
            "of small letters between.", field=field,
        )  # fmt: skip
    return _PLACEHOLDER.findall(text)


def _unknown(name: str, offer: Offer, field: str) -> PlaceholderUnknown:
    return PlaceholderUnknown(
        f"There is no {{{name}}} here. This e-mail offers {', '.join(offer.names)}.", field=field
    )
