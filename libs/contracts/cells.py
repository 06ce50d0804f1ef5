"""What may stand in a cell of a sheet: text that is no formula, and no character that breaks the file."""

import re

LONGEST_CELL = 32_767
"""Characters that a cell holds (the limit of the XLSX format)."""
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")


def cell_text(text: str) -> str:
    """The text without control characters and stray surrogates, no longer than a cell."""
    if text.isascii() and text.isprintable():
        return text[:LONGEST_CELL]
    return _NOT_IN_XML.sub("", text)[:LONGEST_CELL]


def looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet could run it: it begins with = + - @, their fullwidth forms, a tab or a line break."""
    return text.startswith(_FORMULA_STARTS)
