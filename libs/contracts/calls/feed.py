"""Calls that every service answers for its kept events, so that a listener can repair what the bus lost (DESIGN, 3).

They are addressed: the caller names the producing service. Service actors only.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.calls import Call, View
from contracts.events import EventEnvelope


class EventHead(View):
    """An event's place in its producer's outbox, without its body."""

    cursor: int
    id: UUID
    occurred_at: datetime


class EventHeads(View):
    """A page of heads by cursor. `more` when there are others after it.

    `last` is the newest event of any type, so that a listener need not look through the others' events again.
    """

    heads: tuple[EventHead, ...]
    more: bool
    last: EventHead | None = None


class ListEventHeads(Call[EventHeads]):
    """Heads of the kept events of these types after a cursor, sent or not."""

    after: int
    types: tuple[str, ...]
    limit: Annotated[int, Field(ge=1, le=5000)] = 2000


class EventBodies(View):
    """Whole events; those that did not fit into one answer are left out and can be asked for again."""

    events: tuple[EventEnvelope, ...]


class ReadEvents(Call[EventBodies]):
    """Whole events by id."""

    ids: Annotated[tuple[UUID, ...], Field(max_length=500)]
