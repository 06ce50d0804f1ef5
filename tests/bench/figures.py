"""One measured figure beside its floor, and the table of all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

MEGABYTE = 1_000_000
MOST_MEMORY = 300 * MEGABYTE
"""What the largest process may take in the runs that the house is held to."""


@dataclass(frozen=True)
class Figure:
    """What was measured. `held` is None where nothing was asked of the figure; `memory` is in bytes."""

    what: str
    ours: str
    floor: str = ""
    ratio: float | None = None
    target: str = ""
    held: bool | None = None
    memory: int = 0
    memory_held: bool | None = None

    def with_memory(self, largest: int, *, limited: bool = False) -> "Figure":
        """The same figure with the largest process that it took; `limited` where MOST_MEMORY is the limit."""
        held = (largest < MOST_MEMORY) if limited else None
        return replace(self, memory=largest, memory_held=held)

    @property
    def missed(self) -> bool:
        """Whether something was asked of it and not reached."""
        return self.held is False or self.memory_held is False

    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        verdict = {None: "", True: "ok", False: "MISSED"}[self.held]
        memory = f"{self.memory / MEGABYTE:.0f} MB" if self.memory else ""
        if self.memory_held is not None:
            memory += " ok" if self.memory_held else " MISSED"
        return (self.what, self.ours, self.floor, ratio, self.target, verdict, memory)


def rate(what: str, ours: float, floor: float, at_least: float | None = None) -> Figure:
    """So many a second beside the floor's; held when it is at least that part of it."""
    ratio = ours / floor
    target = "" if at_least is None else f">= {at_least:.2f}"
    held = None if at_least is None else ratio >= at_least
    return Figure(what, f"{ours:,.0f}/s", f"{floor:,.0f}/s", ratio, target, held)


def duration(what: str, ours: float, floor: float, at_most: float | None = None) -> Figure:
    """Seconds beside the floor's; held when it is at most that many times as long."""
    ratio = ours / floor
    target = "" if at_most is None else f"<= {at_most:.2f}"
    held = None if at_most is None else ratio <= at_most
    return Figure(what, f"{ours:.1f} s", f"{floor:.1f} s", ratio, target, held)


def latency(what: str, seconds: Sequence[float], floor: Sequence[float], *, p50: float | None = None,
            p99: float | None = None) -> Figure:  # fmt: skip
    """Half and 99 of 100 waits, in seconds, beside the same of the floor; held when both are below their limits."""
    limits = [f"{name} < {limit * 1000:.0f} ms" for name, limit in (("p50", p50), ("p99", p99)) if limit]
    held = all(
        percentile(seconds, share) < limit for share, limit in ((50, p50), (99, p99)) if limit is not None
    )
    return Figure(what, _waits(seconds, 99), _waits(floor, 99) if floor else "", _ratio(seconds, floor, 99),
                  ", ".join(limits), held if limits else None)  # fmt: skip


def answering(
    what: str, seconds: Sequence[float], floor: Sequence[float], p95: float | None = None
) -> Figure:
    """Half and 95 of 100 waits, in seconds, beside the same of the floor; held when 95 of 100 are within the limit."""
    target = "" if p95 is None else f"p95 <= {p95 * 1000:.0f} ms"
    held = None if p95 is None else percentile(seconds, 95) <= p95
    return Figure(what, _waits(seconds, 95), _waits(floor, 95), _ratio(seconds, floor, 95), target, held)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of 100 values do not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share / 100))]


def table(figures: Iterable[Figure]) -> str:
    """All figures as aligned text."""
    head = ("figure", "ours", "floor", "ratio", "target", "", "largest process")
    rows = [head, *(figure.cells() for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _ratio(seconds: Sequence[float], floor: Sequence[float], share: int) -> float | None:
    return percentile(seconds, share) / percentile(floor, share) if floor else None


def _waits(seconds: Sequence[float], share: int) -> str:
    half, most = (percentile(seconds, one) * 1000 for one in (50, share))
    return f"p50 {half:.0f} ms, p{share} {most:.0f} ms"
