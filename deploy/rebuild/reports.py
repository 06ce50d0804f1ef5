"""`headend rebuild reports`: the read model anew from the kept events, while it is read and while events arrive."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from chassis.clock import SystemClock
from chassis.database import Database
from chassis.feed import read_events
from chassis.settings import Settings, WrongSetting
from chassis.tables import InboxRow
from contracts.calls.feed import ReadEvents
from contracts.topology import producers_for
from deploy.rebuild.comparing import FiguresBusy, compare
from deploy.rebuild.scratch import Scratch, ids_done, scratch_beside
from deploy.verify.findings import MOST_NAMED, Findings
from deploy.verify.streams import paired

AT_ONCE = 200
"""Events of one unit of work."""
FEW = 500
"""When a round found no more than so many new events, the rest is done while the live inbox stands still."""
_TRIES = 5


@dataclass
class Rebuilt:
    """What came of it. `differing` rows were not what the events say; they were put right unless only compared."""

    replayed: int = 0
    differing: int = 0
    findings: Findings = field(default_factory=Findings)


def rebuild_reports(
    settings: Settings, *, only_compare: bool = False, folder: Path | None = None, most: int = MOST_NAMED,
    tell: Callable[[str], None] = lambda _: None,
) -> Rebuilt:  # fmt: skip
    """Replay every event that the live model knows into a second one, compare, and put the live one right.

    `folder`: where there is room for the second one. Raises WrongSetting when a database cannot be used.
    """
    clock = SystemClock(settings.today)
    with ExitStack() as open_ones:
        live = open_ones.enter_context(_database(settings, "reports"))
        owners = {one: open_ones.enter_context(_database(settings, one)) for one in producers_for("reports")}
        scratch = open_ones.enter_context(scratch_beside(folder, clock))
        result = Rebuilt(findings=Findings(most))
        while True:
            count = _round(live, owners, scratch)
            result.replayed += count
            tell(f"{result.replayed:,} events replayed")
            if count <= FEW:
                break
        _finish(live, owners, scratch, result, mend=not only_compare)
        return result


def _finish(
    live: Database, owners: Mapping[str, Database], scratch: Scratch, result: Rebuilt, *, mend: bool
) -> None:
    """The last events, comparing and putting right, in one unit of work in which the inbox stands still."""
    for left in reversed(range(_TRIES)):
        result.findings, result.differing = Findings(result.findings.most), 0
        try:
            with live.transaction() as session:
                _hold_inbox(session, live)
                result.replayed += _round(live, owners, scratch)
                _name_unkept(live, scratch, result)
                with scratch.database.reading() as right:
                    result.differing += compare(session, right, result.findings, mend=mend)
            return
        except (OperationalError, FiguresBusy) as error:
            if not left:
                raise WrongSetting(
                    f"The read model is too busy to be put right now ({error}); try again later."
                ) from error


def _hold_inbox(session: Session, live: Database) -> None:
    """Nothing is received or marked done until this unit of work ends."""
    if live.is_sqlite:
        # A unit of work shuts the other writers out from its first statement on only, and the looks that follow are
        # taken on other connections: what was done between them and that statement would be told as differing.
        session.connection()
    else:
        session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        session.execute(text("LOCK TABLE inbox IN SHARE ROW EXCLUSIVE MODE"))


def _round(live: Database, owners: Mapping[str, Database], scratch: Scratch) -> int:
    """Replay what the live inbox has done and the scratch has not; returns how many events that were."""
    count = 0
    for ids in _batches(_not_replayed(live, scratch)):
        with live.reading() as session:
            rows = session.execute(
                select(InboxRow.producer, InboxRow.event_id).where(InboxRow.event_id.in_(ids))
            ).all()
        for producer, owner in owners.items():
            wanted = [row.event_id for row in rows if row.producer == producer]
            while wanted:
                with owner.reading() as session:
                    events = read_events(session, ReadEvents(ids=tuple(wanted)), producer).events
                if not events:
                    break
                scratch.replay(events)
                count += len(events)
                read = {event.id for event in events}
                wanted = [one for one in wanted if one not in read]
    return count


def _not_replayed(live: Database, scratch: Scratch) -> Iterator[UUID]:
    for done, replayed in paired(ids_done(live), ids_done(scratch.database)):
        if done is not None and replayed is None:
            yield done[0]


def _batches(ids: Iterator[UUID]) -> Iterator[list[UUID]]:
    batch: list[UUID] = []
    for event_id in ids:
        batch.append(event_id)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _name_unkept(live: Database, scratch: Scratch, result: Rebuilt) -> None:
    """What reports knows of an event that its producer keeps no more goes with the rebuilding, and is named."""
    result.findings.none_of(
        (str(one) for one in _not_replayed(live, scratch)),
        "Events that reports has done and no producer keeps",
    )


@contextmanager
def _database(settings: Settings, service: str) -> Iterator[Database]:
    database = Database(settings.database_url(service), pool_size=2)
    try:
        yield database
    finally:
        database.close()
