"""Writing into the books: journal entries and numbers. Entries are only added; the caller commits."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from billing.domain.journal import EntryKind, JournalLine, balanced
from billing.domain.numbers import Series, number_text, number_year
from billing.tables import Counter, JournalEntry, JournalLineRow
from chassis.clock import Clock
from chassis.upserts import Upsert
from chassis.writes import add_rows
from contracts.actor import Actor
from contracts.cards import BranchCard


def add_entry(
    session: Session,
    *,
    kind: EntryKind,
    branch_id: UUID,
    currency: str,
    business_date: date,
    actor: Actor,
    clock: Clock,
    source_id: UUID | None = None,
    reverses: UUID | None = None,
    entry_id: UUID | None = None,
) -> UUID:
    """The head of an entry; its lines follow in the same transaction (add_lines). Returns its id."""
    entry_id = entry_id or uuid4()
    head = {
        "id": entry_id,
        "branch_id": branch_id,
        "kind": kind.value,
        "currency": currency,
        "business_date": business_date,
        "occurred_at": clock.now(),
        "made_by": actor.subject,
        "source_id": source_id,
        "reverses": reverses,
    }
    add_rows(session, JournalEntry, [head])
    return entry_id


def add_lines(session: Session, entry_id: UUID, lines: Sequence[JournalLine]) -> None:
    """The lines of an entry. Raises ValueError when they do not sum to zero."""
    rows = [
        {
            "entry_id": entry_id,
            "line": position,
            "account": line.account.value,
            "amount_minor": line.amount_minor,
            "customer_id": line.customer_id,
            "charge_id": line.charge_id,
            "service": line.service,
            "category": line.category,
        }
        for position, line in enumerate(balanced(lines), start=1)
    ]
    add_rows(session, JournalLineRow, rows)


_COUNT_UP = Upsert(
    Counter,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["branch_id", "series", "year"], set_={"last": Counter.last + 1}
    ).returning(Counter.series, Counter.last),
)


def next_numbers(session: Session, branch: BranchCard, today: date, *series: Series) -> tuple[str, ...]:
    """The next number of each series of the branch and year, without gaps.

    The counter rows stay locked until the transaction ends, so call this as late as can be.
    """
    year = number_year(today)
    # An INSERT takes its rows, and with them their locks, in the order given here, which is the same for all callers.
    wanted = [{"branch_id": branch.id, "series": one.value, "year": year, "last": 1} for one in series]
    last = {row.series: row.last for row in _COUNT_UP.run(session, wanted)}
    return tuple(number_text(branch.code, year, last[one.value]) for one in series)
