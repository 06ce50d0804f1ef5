"""What a check found: figures to print, and sentences about what does not hold."""

from collections.abc import Collection, Iterable
from typing import Any


class Findings:
    """Collects figures and problems of all checks, so that one failure does not hide the next."""

    def __init__(self) -> None:
        self.figures: list[tuple[str, str]] = []
        self.problems: list[str] = []

    def figure(self, name: str, value: object) -> None:
        """A line of the table. Numbers get their thousands separated."""
        self.figures.append((name, f"{value:,}" if isinstance(value, int) else str(value)))

    def demand(self, holds: bool, sentence: str) -> None:
        """Note the sentence as a problem unless it holds."""
        if not holds:
            self.problems.append(sentence)

    def none_of(self, found: Collection[Any], sentence: str) -> None:
        """Note a problem with its first examples when anything was found."""
        if found:
            self.problems.append(f"{sentence}: {len(found):,}, such as {_examples(found)}")

    def same(self, what: str, found: Any, expected: Any) -> None:
        """Note a problem when the two differ."""
        if found != expected:
            self.problems.append(f"{what}: {_shown(found)}, expected {_shown(expected)}")


def _examples(found: Iterable[Any]) -> str:
    first = [str(item) for item, _ in zip(found, range(3), strict=False)]
    return "; ".join(text[:300] for text in first)


def _shown(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)[:300]
