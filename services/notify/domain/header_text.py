"""Text that goes into a mail's header: whatever it holds, it stays one value of one header (TRUST, check 16)."""

import unicodedata

LONGEST = 200
_SPECIAL = '"\\,;:<>()[]@'
"""What means something in an address header; older Pythons lose the quotes around it when they fold a long line."""


def header_line(text: str) -> str:
    """The text as one line without control characters, at most 200 characters."""
    plain = "".join(" " if _breaks(character) else character for character in text)
    return " ".join(plain.split())[:LONGEST].rstrip()


def display_name(text: str) -> str:
    """The text as the name beside an address: one line without the characters that separate addresses."""
    return header_line("".join(" " if character in _SPECIAL else character for character in text))[
        :64
    ].rstrip()


def _breaks(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
