"""Turning a message's facts into subject, text and HTML, from templates/<language>/<template>/ (DESIGN, 1).

Templates are Jinja's, in a sandbox: what comes from people is only ever data (TRUST, checks 11 and 12). HTML escapes by
itself; a name that a template uses and nobody gave is an error. A language without the template falls back to English.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import FileSystemLoader, StrictUndefined, Template, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notify.domain.header_text import header_line
from notify.domain.own_words import Listing, Paragraph, filled, pieces
from notify.domain.wording import LANGUAGES, direction, language_of

FOLDER = Path(__file__).parent / "templates"

_ENVIRONMENT = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(FOLDER), autoescape=select_autoescape(["html"], default=False), undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, auto_reload=False, cache_size=200,
)  # fmt: skip
_ENVIRONMENT.filters["row_values"] = lambda row: row_values(row)
_ENVIRONMENT.tests["listing"] = lambda part: isinstance(part, Listing)
_INLINER = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


@dataclass(frozen=True)
class Rendered:
    """The words of one message."""

    subject: str
    text: str
    html: str


@lru_cache(maxsize=16)
def words_of(locale: str) -> Mapping[str, Any]:
    """The small words of a locale's language: services, modes of payment, fees."""
    found: dict[str, Any] = json.loads(
        (FOLDER / language_of(locale) / "words.json").read_text(encoding="utf-8")
    )
    return found


def render_subject(template: str, locale: str, facts: Mapping[str, Any]) -> str:
    """The subject alone: one line, whatever the facts hold."""
    return header_line(_template(template, "subject.txt", locale).render(_around(locale, facts)))


def render(template: str, locale: str, facts: Mapping[str, Any]) -> Rendered:
    """Subject, text and HTML of a message. `facts` are texts, lists and dictionaries of texts (notify.facts)."""
    subject = render_subject(template, locale, facts)
    around = _around(locale, facts, subject=subject)
    html = _template(template, "body.html", locale).render(around)
    text = _template(template, "body.txt", locale).render({**around, "seller": facts["letterhead"]})
    return Rendered(subject, text.strip() + _sign_off(facts), _INLINER.inline(html))


def render_text(template: str, locale: str, facts: Mapping[str, Any]) -> str:
    """The text alone, without its sign-off."""
    text = _template(template, "body.txt", locale).render(
        {**_around(locale, facts), "seller": facts["letterhead"]}
    )
    return text.strip()


def render_own(
    subject: str, body: str, locale: str, facts: Mapping[str, Any], values: Mapping[str, str | None],
    lists: Mapping[str, Any],
) -> Rendered:  # fmt: skip
    """A message in an operator's own words (notify.domain.own_words), in the house's layout.

    The HTML is made from the text's paragraphs, everything in it escaped. Raises ValueMissing.
    """
    subject = header_line(filled(subject, values))
    parts = list(pieces(body, values, frozenset(lists)))
    around = _around(locale, facts, subject=subject, parts=parts, lists=lists, preview=_beginning(parts))
    html = _ENVIRONMENT.get_template("layout/own_words.html").render(around)
    text = "\n\n".join(_plain(part, lists, str(words_of(locale)["between_parts"])) for part in parts)
    return Rendered(subject, text + _sign_off(facts), _INLINER.inline(html))


def row_text(row: Mapping[str, str], between: str = ", ") -> str:
    """A row of a list as a line of text: what it is, then its amount or day."""
    *what, value = row_values(row)
    return f"{between.join(part for part in what if part)}: {value}" if what else value


def row_values(row: Mapping[str, str]) -> list[str]:
    """A row's values in reading order: month, what it is, and its amount or day at the end."""
    last = [name for name in ("amount", "paid_until") if name in row]
    first = [name for name in ("month", "what") if name in row]
    return [row[name] for name in (*first, *(set(row) - {*first, *last}), *last)]


def _plain(part: Paragraph | Listing, lists: Mapping[str, Any], between: str) -> str:
    if isinstance(part, Listing):
        return "\n".join(row_text(row, between) for row in lists[part.name])
    return "\n".join("".join(span.text for span in line) for line in part.lines)


def _beginning(parts: Sequence[Paragraph | Listing]) -> str:
    """What mail programs show beside the subject: the second paragraph, as the first one greets."""
    said = [part for part in parts if isinstance(part, Paragraph)]
    shown = said[1:2] or said[:1]
    return " ".join("".join(span.text for span in line) for part in shown for line in part.lines)[:200]


def _sign_off(facts: Mapping[str, Any]) -> str:
    letterhead = facts["letterhead"]
    lines = [letterhead["name"], *letterhead["lines"]] if letterhead["name"] else []
    return "".join(f"\n{line}" for line in ["", "-- ", *lines]) + "\n" if lines else "\n"


def _around(locale: str, facts: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    rtl = direction(locale) == "rtl"
    return {
        **facts, **more, "words": words_of(locale), "language": language_of(locale).replace("_", "-"),
        "direction": direction(locale), "start": "right" if rtl else "left", "end": "left" if rtl else "right",
    }  # fmt: skip


@lru_cache(maxsize=256)
def _template(template: str, part: str, locale: str) -> Template:
    candidates = [f"{language}/{template}/{part}" for language in (language_of(locale), LANGUAGES[0])]
    return _ENVIRONMENT.select_template(candidates)
