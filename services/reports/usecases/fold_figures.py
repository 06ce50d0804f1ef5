"""The dashboard's figures: add up what changed, and count everything anew from the read model."""

from collections import defaultdict

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from chassis.database import is_sqlite
from chassis.upserts import Upsert
from reports.figure_sources import SOURCES
from reports.tables import Figure, FigureChange

AT_ONCE = 5000
"""Changes that are added up in one unit of work."""
_LOCK = 0x46494755  # any number: one replica adds up or counts at a time
_KEY = ("kind", "branch_id", "at", "service", "detail", "currency")
_COLUMNS = (*_KEY, "count", "minor")

_ADD = Upsert(
    Figure,
    lambda insert: insert.on_conflict_do_update(
        index_elements=list(_KEY),
        set_={"count": Figure.count + insert.excluded.count, "minor": Figure.minor + insert.excluded.minor},
    ),
)


def fold_figures(session: Session) -> int:
    """Add waiting changes to their figures, in the same unit of work that takes them away. Returns how many."""
    if not _alone(session):
        return 0
    oldest = select(FigureChange.id).order_by(FigureChange.id).limit(AT_ONCE)
    taken = session.execute(
        delete(FigureChange)
        .where(FigureChange.id.in_(oldest))
        .returning(*(getattr(FigureChange, name) for name in _COLUMNS)),
        execution_options={"synchronize_session": False},
    ).all()
    sums: dict[tuple[object, ...], list[int]] = defaultdict(lambda: [0, 0])
    for *key, count, minor in taken:
        sums[tuple(key)][0] += count
        sums[tuple(key)][1] += minor
    rows = [
        {**dict(zip(_KEY, key, strict=True)), "count": count, "minor": minor}
        for key, (count, minor) in sums.items()
    ]
    if rows:
        _ADD.run(session, rows)
    return len(taken)


def count_figures(session: Session) -> bool:
    """Count every figure anew from the rows of the read model. False when somebody else is at the figures.

    All of it sees one state of the database, so that changes of projections that are not in the rows yet are left to
    be added up afterwards, and those that are in them are dropped.
    """
    if not is_sqlite(session):
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return recount_figures(session)


def recount_figures(session: Session) -> bool:
    """The same in a unit of work that sees to it by itself that no projection writes meanwhile."""
    if not _alone(session):
        return False
    session.execute(delete(FigureChange), execution_options={"synchronize_session": False})
    session.execute(delete(Figure), execution_options={"synchronize_session": False})
    for statement in SOURCES:
        session.execute(statement)
    return True


def _alone(session: Session) -> bool:
    """Whether no other unit of work is at the figures until this one ends; SQLite has one writer at a time."""
    if is_sqlite(session):
        return True
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK}))
