"""How much of an ID number everybody may see: the last four characters of a long one, nothing of a short one."""

_DOT = "•"
MASK = _DOT * 4
LONGEST_MASKED = len(MASK) + 4
_SHORTEST_WITH_ENDING = 8
_SHOWN = 4


def masked(number: str) -> str:
    """`••••4321` for a number of eight characters or more, `••••` for a shorter one; nothing where there is none."""
    if not number:
        return ""
    return MASK + (number[-_SHOWN:] if len(number) >= _SHORTEST_WITH_ENDING else "")


def is_masked(number: str) -> bool:
    """Whether this is a number as it was shown, not as it is."""
    return _DOT in number
