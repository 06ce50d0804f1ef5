"""What a service does when an event arrives: a table from event type to use case, run by the inbox worker."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.clock import Clock
from contracts.events import Event


@dataclass(frozen=True)
class EventContext:
    """What a reaction knows of the event besides its body."""

    event_id: UUID
    occurred_at: datetime
    producer: str
    trace: str
    clock: Clock


Reaction = Callable[[Session, Any, EventContext], None]
"""(session, event, context): runs in one transaction with marking the event as done. Events come in any order."""


class Reactions:
    """The reactions of one service by event type."""

    def __init__(self, table: Mapping[type[Event], Reaction]) -> None:
        self._table = dict(table)

    def events(self) -> frozenset[type[Event]]:
        """The event types that are listened to."""
        return frozenset(self._table)

    def find(self, type_name: str) -> tuple[type[Event], Reaction] | None:
        """The event class and reaction of a type; None when this service does not listen to it."""
        for event, reaction in self._table.items():
            if event.type_name() == type_name:
                return event, reaction
        return None
