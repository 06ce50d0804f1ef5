"""The live read model beside the one made anew: rows that differ are named, and put right where that is wanted."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, tuple_, union_all
from sqlalchemy.orm import Session

from deploy.verify.findings import Findings
from deploy.verify.streams import differing
from reports.tables import (
    Base,
    BranchCopy,
    Charge,
    CustomerCopy,
    Figure,
    FigureChange,
    Payment,
    PaymentAllocation,
    PaymentVoid,
    SubscriptionCopy,
)
from reports.usecases.fold_figures import recount_figures

TABLES: tuple[type[Base], ...] = (
    BranchCopy, CustomerCopy, SubscriptionCopy, Charge, Payment, PaymentAllocation, PaymentVoid,
)  # fmt: skip
"""What projections write; reports that were asked for and their files are not made from events."""
_AT_ONCE = 1000
_Keyed = tuple[tuple[Any, ...], tuple[Any, ...]]


def compare(live: Session, right: Session, findings: Findings, *, mend: bool) -> int:
    """How many rows of the live model differ from the right one, each named; `mend` puts them right in `live`.

    Nothing may write to either meanwhile but the adding up of figures.
    """
    found = sum(_compare_table(live, right, table, findings, mend=mend) for table in TABLES)
    wrong = _figures(live) ^ _figures(right)
    places = sorted({row[:6] for row in wrong}, key=str)
    found += findings.none_of(places, "Figures of the dashboard that differ")
    if mend and found and not recount_figures(live):
        raise FiguresBusy("The figures are being counted at this moment; try again in a minute.")
    return found


class FiguresBusy(Exception):
    """Another replica is at the figures."""


def _compare_table(
    live: Session, right: Session, table: type[Base], findings: Findings, *, mend: bool
) -> int:
    """Memory holds a thousand differing rows at most, if there are ever so many."""

    def mended() -> Iterator[str]:
        waiting: list[tuple[_Keyed | None, _Keyed | None]] = []
        for pair in differing(_rows(live, table), _rows(right, table)):
            yield _told(*pair)
            waiting.append(pair)
            if mend and len(waiting) == _AT_ONCE:
                _put_right(live, table, waiting)
            if len(waiting) == _AT_ONCE:
                waiting.clear()
        if mend and waiting:
            _put_right(live, table, waiting)

    return findings.none_of(mended(), f"Rows of {table.__tablename__} that differ")


def _rows(session: Session, table: type[Base]) -> Iterator[_Keyed]:
    """Every row as its key and its values, in the order of the key."""
    columns = _table(table).c
    keys = [column.name for column in _table(table).primary_key.columns]
    every = select(*columns).order_by(*(columns[key] for key in keys))
    for row in session.execute(every, execution_options={"yield_per": 5000}):
        yield tuple(row._mapping[key] for key in keys), tuple(row)


def _put_right(live: Session, table: type[Base], pairs: list[tuple[_Keyed | None, _Keyed | None]]) -> None:
    made = _table(table)
    wrong = [one[0] for one, _ in pairs if one is not None]
    if wrong:
        of_key = tuple_(*made.primary_key.columns)
        live.execute(delete(made).where(of_key.in_(wrong)), execution_options={"synchronize_session": False})
    names = [column.name for column in made.columns]
    missing = [dict(zip(names, right[1], strict=True)) for _, right in pairs if right is not None]
    if missing:
        live.execute(insert(made), missing)


def _told(live: _Keyed | None, right: _Keyed | None) -> str:
    key = ", ".join(map(str, (live or right or ((),))[0]))
    if live is None or right is None:
        return f"{key}: only {'the rebuilt' if live is None else 'the live'} model has it"
    values = [(had, has) for had, has in zip(live[1], right[1], strict=True) if had != has]
    return f"{key}: " + "; ".join(f"live {had}, rebuilt {has}" for had, has in values)


def _figures(session: Session) -> set[tuple[Any, ...]]:
    """What the dashboard shows: the figures with the changes that are not added up yet, in one look."""
    names = ("kind", "branch_id", "at", "service", "detail", "currency")
    parts = union_all(
        *(
            select(*(getattr(table, name) for name in (*names, "count", "minor")))
            for table in (Figure, FigureChange)
        )
    ).subquery()
    count, minor = func.sum(parts.c["count"]), func.sum(parts.c.minor)
    sums = select(*(parts.c[name] for name in names), count, minor).group_by(
        *(parts.c[name] for name in names)
    )
    rows = session.execute(sums).all()
    return {(*row[:6], int(row[6]), int(row[7])) for row in rows if row[6] or row[7]}


def _table(table: type[Base]) -> Table:
    return Base.metadata.tables[table.__tablename__]
