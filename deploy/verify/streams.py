"""Two long lists side by side, both in the order of their first column, so that memory holds one row of each."""

from collections.abc import Iterator
from typing import Any

Row = tuple[Any, ...]


def paired(left: Iterator[Row], right: Iterator[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    """Each row beside the one with the same key on the other side; None where there is none."""
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        if other is None or (one is not None and one[0] < other[0]):
            yield one, None
            one = next(left, None)
        elif one is None or other[0] < one[0]:
            yield None, other
            other = next(right, None)
        else:
            yield one, other
            one, other = next(left, None), next(right, None)


def differing(left: Iterator[Row], right: Iterator[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    """Only the pairs that are not the same."""
    return (pair for pair in paired(left, right) if pair[0] != pair[1])
