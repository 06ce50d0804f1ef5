"""Repair: compares the inbox with what the producers kept and takes what the bus lost (DESIGN, 3.5)."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from chassis.inbox import receive
from chassis.logs import logger
from chassis.platform import Platform
from chassis.tables import InboxRow, RepairCursorRow
from contracts.calls.feed import EventHead, ListEventHeads, ReadEvents
from contracts.errors import Unavailable
from contracts.topology import producers_for

log = logger(__name__)

MARGIN = timedelta(minutes=2)
"""The cursor stays behind events younger than this: a slow transaction may still commit one with a lower place."""


class Repair:
    """Asks every producer that this service listens to for kept events that are not in the inbox."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def step(self) -> bool:
        """One pass over all producers; an absent one is asked again next time."""
        for producer, types in producers_for(self._platform.service).items():
            try:
                found = self.catch_up(producer, types)
            except Unavailable as error:
                log.info("repair waits for a service", producer=producer, reason=error.message)
                continue
            if found:
                log.warning("events repaired", producer=producer, count=found)
        return False

    def catch_up(self, producer: str, types: tuple[str, ...]) -> int:
        """Take every kept event of the producer that is not in the inbox yet; returns how many. Raises Unavailable."""
        cursor = self._cursor(producer)
        place, found, more = cursor, 0, True
        while more:
            heads = self._platform.client.call(
                ListEventHeads(after=place, types=types),
                actor_token=self._platform.own_token(),
                service=producer,
            )
            found += self._take_missing(producer, heads.heads)
            more = heads.more
            if heads.heads:
                place = heads.heads[-1].cursor
                self._advance(producer, heads.heads)
        return found

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

    def _advance(self, producer: str, heads: tuple[EventHead, ...]) -> None:
        now = self._platform.clock.now()
        settled = [head.cursor for head in heads if head.occurred_at < now - MARGIN]
        young = [head.cursor for head in heads if head.occurred_at >= now - MARGIN]
        settled = [place for place in settled if not young or place < min(young)]
        if not settled:
            return
        with self._platform.database.transaction() as session:
            row = session.get(RepairCursorRow, producer)
            if row is None:
                session.add(RepairCursorRow(producer=producer, cursor=max(settled), checked_at=now))
            else:
                row.cursor, row.checked_at = max(row.cursor, max(settled)), now
