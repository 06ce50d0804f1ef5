"""How names and numbers are folded, so that a search finds them in any accent, case or script (DESIGN, 5)."""

import unicodedata
from collections.abc import Iterator

SHORTEST_SUBSTRING = 3
"""Parts of so many characters are looked for anywhere in a name (pg_trgm answers them); shorter ones at beginnings."""
SHORTEST_MOBILE_ENDING = 6
"""A number of so many digits finds the mobile that ends in it, so that nobody has to type the country code."""
SHORTEST_WHOLE_MOBILE = 8
SHORTEST_MOBILE_BEGINNING = 5
SHORTEST_CRF_BEGINNING, LONGEST_CRF = 3, 40
"""Shorter beginnings would find nearly everybody, as numbers of one operator begin alike."""
_MOST_PARTS = 8
_SORTED_BY = 200
"""Characters of a name that decide its place in a list; PostgreSQL's index takes no key without bound."""

# Letters that Unicode does not decompose, and the Arabic forms that Persian keyboards write differently.
_LETTERS = str.maketrans({
    "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ŋ": "n", "ŧ": "t",
    "\u064a": "\u06cc", "\u0649": "\u06cc", "\u0643": "\u06a9", "\u0629": "\u0647", "\u0640": None,
    "'": None, "’": None, "‘": None, "ʼ": None, "`": None,
})  # fmt: skip
_WITHOUT_SPACES = ((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
"""Kana and Han: scripts whose words stand without spaces, kept as bigrams besides."""


def fold(text: str) -> str:
    """The text as it is compared: accents gone, case folded, digits ASCII, words parted by single spaces."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join("".join(_folded(character) for character in bare.translate(_LETTERS)).split())


def search_text(name: str) -> str:
    """What the search column holds of a name: its folded words, and of Han and kana every bigram besides.

    The last character of a run stands alone, so that it is found too. The text begins and ends with a
    space, so that "% ab%" means "a word begins with ab".
    """
    words: dict[str, None] = {}
    for word in fold(name).split():
        words[word] = None
        for run in _runs(word):
            if _stands_without_spaces(run[0]):
                words.update((run[start : start + 2], None) for start in range(len(run)))
            else:
                words[run] = None
    return f" {' '.join(words)} "


def name_key(name: str) -> str:
    """What names are sorted by."""
    return fold(name)[:_SORTED_BY]


def patterns(query: str) -> list[str]:
    """The LIKE patterns that a search column must all match. Folded text holds no wildcard to be escaped."""
    parts = [run for word in fold(query).split() for run in _runs(word)]
    return [f"%{part}%" if len(part) >= SHORTEST_SUBSTRING else f"% {part}%" for part in parts[:_MOST_PARTS]]


def crf_key(crf: str) -> str:
    """A CRF number as it is compared: without case, digits ASCII."""
    return "".join(_ascii_digit(character) for character in crf.strip()).casefold()


def digits(text: str) -> str:
    """The digits of a telephone number or of what somebody typed for one; empty when it holds anything else."""
    plain = "".join(_ascii_digit(character) for character in text if character not in "+()- .\u00a0/")
    return plain if plain.isascii() and plain.isdigit() else ""


def mobile_ending(query: str) -> str:
    """The reversed digits that a mobile read backwards begins with; empty when the query is no telephone number.

    The zeros before a whole number go: 09000000101 and 9000000101 are one telephone.
    """
    number = digits(query)
    bare = number.lstrip("0")
    number = bare if len(bare) >= SHORTEST_WHOLE_MOBILE else number
    return number[::-1] if len(number) >= SHORTEST_MOBILE_ENDING else ""


def shorter_mobiles(ending: str) -> list[str]:
    """Whole mobiles, reversed, that somebody kept without the country code which was typed now."""
    return [ending[:length] for length in range(SHORTEST_WHOLE_MOBILE, len(ending))]


def _folded(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    return _ascii_digit(character) if category[0] in "LNM" else " "


def _ascii_digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def _runs(word: str) -> Iterator[str]:
    """The word in pieces that are wholly of scripts without spaces, or wholly of others."""
    start = 0
    for end in range(1, len(word) + 1):
        if end == len(word) or _stands_without_spaces(word[end]) != _stands_without_spaces(word[start]):
            yield word[start:end]
            start = end


def _stands_without_spaces(character: str) -> bool:
    point = ord(character)
    return any(first <= point <= last for first, last in _WITHOUT_SPACES)
