"""Leave numbers out after a backup was restored: what was taken since may be on paper already."""

from collections.abc import Iterable

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from billing.domain.numbers import Series
from billing.tables import BranchCopy, Counter, NumberGap
from chassis.clock import Clock
from contracts.actor import Actor


def skip_numbers(
    session: Session, count: int, years: Iterable[int], reason: str, actor: Actor, clock: Clock
) -> None:
    """Skip the next `count` numbers of every branch and series in these years, and keep that they were skipped."""
    counters = {
        (row.branch_id, row.series, row.year): row
        for row in session.scalars(select(Counter).with_for_update())
    }
    for branch_id in session.scalars(select(BranchCopy.id)).all():
        for key in ((branch_id, series.value, year) for series in Series for year in sorted(set(years))):
            counter = counters.get(key)
            if counter is None:
                counter = Counter(branch_id=key[0], series=key[1], year=key[2], last=0)
                session.add(counter)
            gap = {"branch_id": key[0], "series": key[1], "year": key[2], "first": counter.last + 1,
                   "last": counter.last + count, "reason": reason}  # fmt: skip
            session.execute(insert(NumberGap), [{**gap, "made_by": actor.subject, "made_at": clock.now()}])
            counter.last += count
    session.flush()
