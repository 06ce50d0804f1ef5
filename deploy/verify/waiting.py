"""What is still under way, counted: for whoever waits until all has arrived."""

from collections.abc import Iterator

from contracts.topology import SERVICES, producers_for
from deploy.verify.databases import Databases
from deploy.verify.streams import paired

_UNSENT = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"
_PENDING = "SELECT count(*) FROM inbox WHERE state = 'pending'"
_WAITING = (
    "SELECT count(*) FROM messages WHERE next_attempt_at IS NOT NULL"
    " AND state IN ('queued', 'sending', 'retry', 'unknown')"
)


def left_over(databases: Databases) -> dict[str, int]:
    """What is still under way, by name: {"billing outbox unsent": 12}; empty when all has arrived."""
    with databases.snapshot() as seen:  # else an event could move on between two looks
        found = {f"{service} outbox unsent": int(seen.one(service, _UNSENT)) for service in SERVICES}
        found |= {f"{service} inbox pending": int(seen.one(service, _PENDING)) for service in SERVICES}
        found["notify messages waiting"] = int(seen.one("notify", _WAITING))
        if not any(found.values()):  # what is on the bus now is in neither table
            found |= dict(_on_the_bus(seen))
    return {name: count for name, count in found.items() if count}


def _on_the_bus(databases: Databases) -> Iterator[tuple[str, int]]:
    for service in SERVICES:
        received = "SELECT event_id FROM inbox WHERE state <> 'pending' ORDER BY event_id"
        for producer, types in producers_for(service).items():
            named = ", ".join(f"'{one}'" for one in types)
            published = f"SELECT event_id FROM outbox WHERE type IN ({named}) ORDER BY event_id"
            pairs = paired(databases.stream(producer, published), databases.stream(service, received))
            missing = sum(event is not None and seen is None for event, seen in pairs)
            yield f"events on their way from {producer} to {service}", missing
