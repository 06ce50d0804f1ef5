"""Events: each is sent, and done once by whoever listens; what is on its way is told apart from what is lost."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from contracts.topology import SERVICES, producers_for
from deploy.verify.databases import Databases, moment
from deploy.verify.findings import Findings
from deploy.verify.streams import differing

MOST_UNDER_WAY = 20_000
"""So many events on their way to one listener are looked into; when there are more, its copies are not compared."""
_AT_ONCE = 500
_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")


@dataclass(frozen=True)
class Patience:
    """How long work may be under way before it counts as stuck. `settled`: none may be."""

    now: datetime
    longest: timedelta
    settled: bool = False

    def over(self, since: Any) -> bool:
        """Whether something under way since then is stuck."""
        return self.settled or moment(since) < self.now - self.longest


@dataclass
class UnderWay:
    """What listeners do not know yet and will by themselves: ids named by events that are on their way to them."""

    ids: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """By listener and type of event."""
    too_many: set[str] = field(default_factory=set)
    """Listeners with so much on its way that their copies tell nothing now."""

    def excuses(self, listener: str, *types: str) -> frozenset[str]:
        """The ids of things that such events will change for the listener."""
        return frozenset().union(*(self.ids.get((listener, one), set()) for one in types))


def check_events(databases: Databases, patience: Patience, findings: Findings) -> UnderWay:
    """Outboxes, inboxes and cursors of all services. Returns what is on its way."""
    under_way = UnderWay()
    for service in SERVICES:
        _check_unsent(databases, service, patience, findings)
        _check_parked(databases, service, findings)
        for producer, types in producers_for(service).items():
            _compare(databases, service, producer, types, patience, findings, under_way)
            _check_cursor(databases, service, producer, findings)
    published = sum(int(databases.one(service, "SELECT count(*) FROM outbox")) for service in SERVICES)
    findings.figure("events published, each done by every listener", published)
    return under_way


def _check_unsent(databases: Databases, service: str, patience: Patience, findings: Findings) -> None:
    rows = databases.rows(
        service,
        "SELECT event_id, type, occurred_at, coalesce(last_error, 'not tried yet') FROM outbox WHERE sent_at IS NULL"
        f" ORDER BY occurred_at LIMIT {MOST_UNDER_WAY}",
    )
    stuck, each = [row for row in rows if patience.over(row[2])], "{} {} of {}: {}"
    findings.none_of(stuck, f"Events that wait in the outbox of {service} (outbox unsent)", each)
    young = [row for row in rows if not patience.over(row[2])]
    findings.waiting(young, f"Events about to be sent by {service}", each)


def _check_parked(databases: Databases, service: str, findings: Findings) -> None:
    parked = databases.stream(
        service,
        "SELECT event_id, type, occurred_at, coalesce(last_error, '') FROM inbox WHERE state = 'parked'"
        " ORDER BY received_at",
    )
    findings.none_of(parked, f"Events that {service} has parked (inbox parked)", "{} {} of {}: {}")
    odd = databases.stream(
        service, "SELECT event_id, state FROM inbox WHERE state NOT IN ('pending', 'done', 'parked')"
    )
    findings.none_of(odd, f"Events of {service} in a state that there is not", "{}: {}")


def _compare(
    databases: Databases, service: str, producer: str, types: tuple[str, ...], patience: Patience,
    findings: Findings, under_way: UnderWay,
) -> None:  # fmt: skip
    """The producer's events beside those that the listener has done."""
    named = ", ".join(f"'{one}'" for one in types)
    published = f"SELECT event_id, 'done' FROM outbox WHERE type IN ({named}) ORDER BY event_id"
    received = (
        f"SELECT event_id, state FROM inbox WHERE producer = '{producer}' AND type IN ({named})"
        " ORDER BY event_id"
    )
    undone: dict[str, str] = {}
    unknown: list[str] = []
    count = 0
    for event, seen in differing(databases.stream(producer, published), databases.stream(service, received)):
        if event is None and seen is not None:
            unknown.append(seen[0])
        elif event is not None:
            count += 1
            if len(undone) < MOST_UNDER_WAY:
                undone[event[0]] = seen[1] if seen else "missing"
    findings.none_of(
        unknown, f"Events that {service} has and {producer} does not know (was it set back to a backup?)"
    )
    if count > len(undone):
        under_way.too_many.add(service)
    _tell_undone(databases, service, producer, undone, patience, findings, under_way)
    findings.demand(
        count == len(undone), f"{count - len(undone):,} more events of {producer} are not done by {service}"
    )


def _tell_undone(
    databases: Databases, service: str, producer: str, undone: dict[str, str], patience: Patience,
    findings: Findings, under_way: UnderWay,
) -> None:  # fmt: skip
    stuck: dict[str, list[str]] = {}
    young: list[str] = []
    for event_id, kind, occurred_at, sent_at, body in _bodies(databases, producer, undone):
        state = undone[event_id]
        told = f"{event_id} of {occurred_at}: {_where(state, sent_at is not None)}"
        if state == "parked":
            continue  # told by _check_parked
        if patience.over(occurred_at):
            if sent_at is not None or patience.settled:
                stuck.setdefault(kind, []).append(told)
            continue
        young.append(f"{kind} {told}")
        under_way.ids.setdefault((service, kind), set()).update(_ids_in(body))
    for kind, events in stuck.items():
        findings.none_of(events, f"Events {kind} that {service} has not done")
    findings.waiting(young, f"Events on their way from {producer} to {service}")


def _where(state: str, sent: bool) -> str:
    if state == "pending":
        return "received, the reaction waits (inbox pending)"
    return "sent, not received" if sent else "not sent yet"


def _bodies(databases: Databases, producer: str, ids: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    wanted = list(ids)
    for start in range(0, len(wanted), _AT_ONCE):
        some = ", ".join(f"'{event_id}'" for event_id in wanted[start : start + _AT_ONCE])
        yield from databases.stream(
            producer,
            f"SELECT event_id, type, occurred_at, sent_at, body FROM outbox WHERE event_id IN ({some})",
        )


def _ids_in(body: str) -> set[str]:
    return {found.replace("-", "") for found in _ID.findall(body)}


def _check_cursor(databases: Databases, service: str, producer: str, findings: Findings) -> None:
    newest = int(databases.one(producer, "SELECT coalesce(max(id), 0) FROM outbox"))
    ahead = databases.rows(
        service,
        f"SELECT cursor FROM repair_cursors WHERE producer = '{producer}' AND cursor > {newest}",
    )
    findings.none_of(
        ahead,
        f"Repair of {service} is ahead of {producer} (set back to a backup? the next repair begins anew)",
        f"cursor {{}}, the newest event is {newest}",
    )
