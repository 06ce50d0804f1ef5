"""Repair: compares the inbox with what the producers kept and takes what the bus lost (DESIGN, 3.5)."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from chassis.inbox import receive
from chassis.logs import logger
from chassis.platform import Platform
from chassis.tables import InboxRow, RepairCursorRow
from contracts.calls.feed import EventHead, ListEventHeads, ReadEvents
from contracts.errors import Refusal
from contracts.topology import producers_for

log = logger(__name__)

MARGIN = timedelta(minutes=2)
"""The cursor stays behind events younger than this: a slow transaction may still commit one with a lower place."""


class Repair:
    """Asks every producer that this service listens to for kept events that are not in the inbox."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._pass: Iterator[int] | None = None

    def step(self) -> bool:
        """Compare one page with one producer; True while the pass over all of them goes on."""
        if self._pass is None:
            self._pass = self._whole_pass()
        if next(self._pass, None) is None:
            self._pass = None
        return self._pass is not None

    def catch_up(self, producer: str, types: tuple[str, ...]) -> int:
        """Take every kept event of the producer that is not in the inbox yet; returns how many. Raises Unavailable."""
        return sum(self._pages(producer, types))

    def _whole_pass(self) -> Iterator[int]:
        """All producers, page by page; one that is absent or refuses is asked again next time."""
        for producer, types in producers_for(self._platform.service).items():
            try:
                for found in self._pages(producer, types):
                    if found:
                        log.warning("events repaired", producer=producer, count=found)
                    yield found
            except Refusal as error:
                log.info("repair waits for a service", producer=producer, reason=error.message)

    def _pages(self, producer: str, types: tuple[str, ...]) -> Iterator[int]:
        began = place = self._cursor(producer)
        more = True
        while more:
            heads = self._platform.client.call(
                ListEventHeads(after=place, types=types),
                actor_token=self._platform.own_token(),
                service=producer,
            )
            if heads.last is not None and heads.last.cursor < began:
                self._compare_anew(producer)
                return
            found = self._take_missing(producer, heads.heads)
            more = heads.more
            seen = heads.heads if heads.more or heads.last is None else (*heads.heads, heads.last)
            if seen:
                place = seen[-1].cursor
                more = self._advance(producer, seen, began) and more
            yield found

    def _take_missing(self, producer: str, heads: tuple[EventHead, ...]) -> int:
        with self._platform.database.reading() as session:
            wanted = [head.id for head in heads]
            known: set[UUID] = set()
            for start in range(0, len(wanted), 500):
                part = wanted[start : start + 500]
                known.update(
                    session.execute(select(InboxRow.event_id).where(InboxRow.event_id.in_(part))).scalars()
                )
        missing = [event_id for event_id in wanted if event_id not in known]
        taken = 0
        while missing:
            bodies = self._platform.client.call(
                ReadEvents(ids=tuple(missing[:500])), actor_token=self._platform.own_token(), service=producer
            )
            if not bodies.events:
                break
            with self._platform.database.transaction() as session:
                taken += receive(session, bodies.events, self._platform, way="repair")
            read = {envelope.id for envelope in bodies.events}
            missing = [event_id for event_id in missing if event_id not in read]
        return taken

    def _cursor(self, producer: str) -> int:
        with self._platform.database.reading() as session:
            row = session.get(RepairCursorRow, producer)
            return row.cursor if row else 0

    def _advance(self, producer: str, seen: tuple[EventHead, ...], began: int) -> bool:
        """Move the cursor over what is settled; False when it was set back meanwhile (`headend events repair`)."""
        now = self._platform.clock.now()
        young = [head.cursor for head in seen if head.occurred_at >= now - MARGIN]
        settled = [head.cursor for head in seen if not young or head.cursor < min(young)]
        with self._platform.database.transaction() as session:
            row = session.get(RepairCursorRow, producer)
            if row is not None and row.cursor < began:
                return False
            if settled and row is None:
                session.add(RepairCursorRow(producer=producer, cursor=max(settled), checked_at=now))
            elif settled and row is not None:
                row.cursor, row.checked_at = max(row.cursor, max(settled)), now
        return True

    def _compare_anew(self, producer: str) -> None:
        """Begin at the first event again: the producer came back from a backup, and counts its places anew."""
        log.warning("producer was set back, its events are compared anew", producer=producer)
        with self._platform.database.transaction() as session:
            session.execute(
                update(RepairCursorRow).where(RepairCursorRow.producer == producer).values(cursor=0)
            )
