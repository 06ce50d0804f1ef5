"""What a check found: figures to print, what is on its way, and what does not hold, row by row."""

from collections.abc import Iterable
from typing import Any

MOST_NAMED = 20


class Findings:
    """Collects what all checks found, so that no failure hides the next. Names the first `most` rows of each."""

    def __init__(self, most: int = MOST_NAMED) -> None:
        self.figures: list[tuple[str, str]] = []
        self.problems: list[str] = []
        self.under_way: list[str] = []
        self.most = most

    def figure(self, name: str, value: object) -> None:
        """A line of the table. Numbers get their thousands separated."""
        self.figures.append((name, f"{value:,}" if isinstance(value, int) else str(value)))

    def demand(self, holds: bool, sentence: str) -> None:
        """Note the sentence as a problem unless it holds."""
        if not holds:
            self.problems.append(sentence)

    def none_of(self, found: Iterable[Any], sentence: str, each: str = "{}") -> int:
        """Note a problem when anything was found, naming the rows by `each`. Returns how many there were."""
        return self._told(self.problems, found, sentence, each)

    def waiting(self, found: Iterable[Any], sentence: str, each: str = "{}") -> int:
        """Note what is on its way and will come right by itself. Returns how many there were."""
        return self._told(self.under_way, found, sentence, each)

    def same(self, what: str, found: Any, expected: Any) -> None:
        """Note a problem when the two differ."""
        if found != expected:
            self.problems.append(f"{what}: {_shown(found)}, expected {_shown(expected)}")

    def _told(self, into: list[str], found: Iterable[Any], sentence: str, each: str) -> int:
        named: list[str] = []
        counted = 0
        for counted, item in enumerate(found, start=1):
            if counted <= self.most:
                named.append(_named(item, each))
        if counted:
            rest = [f"and {counted - len(named):,} more"] if counted > len(named) else []
            into.append("\n    ".join((f"{sentence}: {counted:,}", *(text[:400] for text in named), *rest)))
        return counted


def _named(item: Any, each: str) -> str:
    if not isinstance(item, tuple):
        return each.format(item)
    return ", ".join(map(str, item)) if each == "{}" else each.format(*item)


def _shown(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)[:300]
