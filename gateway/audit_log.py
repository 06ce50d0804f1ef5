"""The audit logs of the services as one list: newest first, in pages, from those that answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

from contracts.calls.audit import AuditEntry, AuditList, KnownPerson, ListAudit, WhoIs
from contracts.errors import Failed, Invalid, Refusal, Unavailable
from contracts.topology import SERVICES
from gateway.rpc import ask, ask_each

_ENDED = "-"


@dataclass(frozen=True)
class AuditPage:
    """Entries with the service that each is of. `away`: services that did not answer, whose entries are missing."""

    items: tuple[tuple[str, AuditEntry], ...]
    next: str | None
    away: tuple[str, ...]


def audit_page(filters: Mapping[str, Any], service: str | None, cursor: str | None, limit: int) -> AuditPage:
    """A page of one service's log, or of all merged. Raises Refusal, among them Invalid for a cursor of no list."""
    places = _places(cursor, (service,) if service else SERVICES)
    asked = [name for name, place in places.items() if place != _ENDED]
    calls = [
        (name, ListAudit(**{**filters, "cursor": places[name] or None, "limit": limit})) for name in asked
    ]
    lists, away = _answered(asked, ask_each(*calls))
    streams = [[(name, entry) for entry in found.items] for name, found in lists.items()]
    taken = tuple(islice(merge(*streams, key=lambda one: (one[1].at, one[1].id), reverse=True), limit))
    after = {**places, **{name: entry.place for name, entry in taken}}
    for name, found in lists.items():
        if found.next is None and after[name] == (found.items[-1].place if found.items else places[name]):
            after[name] = _ENDED
    over = all(place == _ENDED for name, place in after.items() if name not in away)
    return AuditPage(taken, None if over else _cursor(after), tuple(away))


def whole_page(filters: Mapping[str, Any], service: str | None, cursor: str | None, limit: int) -> AuditPage:
    """The same for who needs all of it. Raises Unavailable when a service is away."""
    page = audit_page(filters, service, cursor, limit)
    if page.away:
        raise Unavailable(f"The services {', '.join(page.away)} do not answer; try again in a moment.")
    return page


def people_in(page: AuditPage) -> dict[str, KnownPerson]:
    """Those who acted, and whom it was about, by subject; nobody when the customers service is away."""
    subjects = {entry.subject for _, entry in page.items}
    subjects |= {f"customer:{entry.customer_id}" for _, entry in page.items if entry.customer_id}
    wanted = tuple(sorted(one for one in subjects if one.startswith(("staff:", "customer:"))))
    if not wanted:
        return {}
    try:
        return {one.subject: one for one in ask(WhoIs(subjects=wanted)).items}
    except Unavailable:
        return {}


def _answered(
    asked: Sequence[str], answers: Sequence[AuditList | Refusal]
) -> tuple[dict[str, AuditList], list[str]]:
    lists, away = {}, []
    for name, answer in zip(asked, answers, strict=True):
        if isinstance(answer, AuditList):
            lists[name] = answer
        elif isinstance(answer, Unavailable | Failed):
            away.append(name)
        else:
            raise answer
    return lists, away


def _cursor(places: Mapping[str, str]) -> str:
    return ",".join(f"{name}={place}" for name, place in places.items())


def _places(cursor: str | None, services: Sequence[str]) -> dict[str, str]:
    if cursor is None:
        return dict.fromkeys(services, "")
    named = dict(part.partition("=")[::2] for part in cursor.split(","))
    if set(named) != set(services):
        raise Invalid("This cursor leads nowhere; begin the list anew.", field="cursor")
    return named
