"""Text of any script as glyphs in the order they are drawn: cleaned, cut or wrapped, joined (Arabic), reordered (bidi).

Cutting and wrapping work on the text as written; only a finished line is reshaped and reordered, for the order of a
line depends on what stands in it. Nothing here reads markup: `<`, `&` and their like are letters as any other.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from reports.renderers.font_subsets import PaperFont
from reports.renderers.fonts import arabic_font, font_for, text_font

LONGEST_LINE = 2_000
"""Characters of a text that are looked at for one line; no paper is wider."""
ELLIPSIS = "…"
_JOINERS = "\u200c\u200d"
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_BREAKABLE = re.compile(r"\s+")
_EAST_ASIAN = re.compile("[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")


class Run(NamedTuple):
    """Glyphs of one font, left to right as they are drawn."""

    font: PaperFont
    text: str


def clean(text: str) -> str:
    """One line of printable text: composed (NFC), breaks and control characters as spaces, direction marks gone."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_printable, unicodedata.normalize("NFC", text)))


@lru_cache(maxsize=65_536)
def _printable(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    if category == "Cf":
        return character if character in _JOINERS else ""
    return "\ufffd" if category in ("Cs", "Cn") else character


def runs(text: str, bold: bool = False) -> list[Run]:
    """The text of one line as runs, left to right. The direction of the line is that of its first letter."""
    text = clean(text[:LONGEST_LINE])
    if text.isascii():
        return [Run(text_font(bold), text)] if text else []
    if _RIGHT_TO_LEFT.search(text):
        text = _visual(text)
    found: list[tuple[PaperFont, list[str]]] = []
    for character in text.translate(_WITHOUT_JOINERS):
        font = font_for(character, bold)
        if character == " " and found:
            font = found[-1][0] if found[-1][0].has(" ") else font
        if not found or found[-1][0] is not font:
            found.append((font, []))
        found[-1][1].append(character)
    return [Run(font, "".join(characters)) for font, characters in found]


_WITHOUT_JOINERS = {ord(joiner): None for joiner in _JOINERS}


def width(text: str, size: float, bold: bool = False) -> float:
    """How wide the line will be, in points."""
    return size * em_width(text, bold)


@lru_cache(maxsize=16_384)
def em_width(text: str, bold: bool = False) -> float:
    """How wide the line will be at size 1."""
    return sum(run.font.em_width(run.text) for run in runs(text, bold))


def fit(text: str, room: float, size: float, bold: bool = False) -> str:
    """The text if it fits into the room (points), else its beginning with an ellipsis."""
    text = clean(text[:LONGEST_LINE])
    if width(text, size, bold) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width(_cut(text, middle), size, bold) <= room:
            low = middle
        else:
            high = middle - 1
    return _cut(text, low)


def _cut(text: str, length: int) -> str:
    while length and (text[length : length + 1].strip(_JOINERS) == "" or unicodedata.combining(text[length])):
        length -= 1  # never between a letter and its mark
    return text[:length].rstrip() + ELLIPSIS


def wrap(text: str, room: float, size: float, bold: bool = False, most: int = 2) -> list[str]:
    """The text as lines that fit into the room: broken at spaces, between Chinese characters, else anywhere.

    At most so many lines; the last one ends with an ellipsis when text is left over. An empty text has no line.
    """
    rest = clean(text[: LONGEST_LINE * most]).strip()
    lines: list[str] = []
    while rest:
        if len(lines) == most - 1 or width(rest, size, bold) <= room:
            lines.append(fit(rest, room, size, bold))
            break
        end = _line_end(rest, room, size, bold)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return lines


def _line_end(text: str, room: float, size: float, bold: bool) -> int:
    """Where the first line of a text that is too long ends; at least one character goes into it."""
    good = 0
    for end in _breaks(text):
        if width(text[:end].rstrip(), size, bold) > room:
            break
        good = end
    if good:
        return good
    return max(1, len(fit(text, room, size, bold)) - len(ELLIPSIS))


def _breaks(text: str) -> Iterator[int]:
    """The places where a line may end."""
    places = {found.end() for found in _BREAKABLE.finditer(text)}
    places |= {found.end() for found in _EAST_ASIAN.finditer(text)}
    return iter(sorted(places))


@lru_cache(maxsize=16_384)
def _visual(text: str) -> str:
    """The line as it is drawn from left to right: Arabic letters joined, right-to-left parts turned around."""
    # The Python part of python-bidi: its compiled twin leaves brackets unmirrored.
    from bidi.algorithm import get_display

    if _ARABIC.search(text):
        text = "".join(map(_drawable, _reshaper().reshape(text)))
    shown: str = get_display(text)
    return shown


@lru_cache(maxsize=1)
def _reshaper() -> Any:
    from arabic_reshaper import ArabicReshaper

    return ArabicReshaper({"use_unshaped_instead_of_isolated": False})


@lru_cache(maxsize=4_096)
def _drawable(character: str) -> str:
    """A presentation form, or the letter itself where the font lacks the form."""
    if character < "\ufb50" or arabic_font().has(character):
        return character
    return unicodedata.normalize("NFKC", character)
