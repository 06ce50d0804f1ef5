"""Messages: nothing left unsent, nothing unread, nothing parked, and every event done by whoever listens."""

from collections.abc import Iterator

from contracts.topology import producers_for
from tests.scenarios.checks.databases import SERVICES, Databases
from tests.scenarios.checks.findings import Findings

_UNSENT = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"
_PENDING = "SELECT count(*) FROM inbox WHERE state = 'pending'"
_PARKED = "SELECT count(*) FROM inbox WHERE state = 'parked'"
_WAITING = (
    "SELECT count(*) FROM messages WHERE next_attempt_at IS NOT NULL"
    " AND state IN ('queued', 'sending', 'retry', 'unknown')"
)


def left_over(databases: Databases) -> dict[str, int]:
    """What is still under way, by name: {"billing outbox unsent": 12}; empty when all has arrived."""
    found = {f"{service} outbox unsent": int(databases.one(service, _UNSENT)) for service in SERVICES}
    found |= {f"{service} inbox pending": int(databases.one(service, _PENDING)) for service in SERVICES}
    found["notify messages waiting"] = int(databases.one("notify", _WAITING))
    if not any(found.values()):  # what is on the bus now is in neither table
        found |= {
            f"{kind} on their way to {service}": len(missing) for service, kind, missing in _undone(databases)
        }
    return {name: count for name, count in found.items() if count}


def check_plumbing(databases: Databases, findings: Findings) -> None:
    """Outbox, inbox and parked rows are zero, and each listener did each event of its producers."""
    for name, statement in (
        ("outbox unsent", _UNSENT),
        ("inbox pending", _PENDING),
        ("inbox parked", _PARKED),
    ):
        counts = {service: int(databases.one(service, statement)) for service in SERVICES}
        left = {service: count for service, count in counts.items() if count}
        findings.demand(not left, f"There are events left ({name}): {left}")
        findings.figure(name, sum(counts.values()))
    for service, kind, missing in _undone(databases):
        findings.none_of(missing, f"Events {kind} that {service} has not done")
    findings.none_of(jobs_given_up(databases), "Jobs that failed")
    published = sum(int(databases.one(service, "SELECT count(*) FROM outbox")) for service in SERVICES)
    findings.figure("events published, each done by every listener", published)


def jobs_given_up(databases: Databases) -> list[tuple[str, str, str]]:
    """Every job run that failed for good: (service, job, error)."""
    statement = "SELECT job, coalesce(last_error, '') FROM jobs WHERE state = 'failed'"
    return [
        (service, job, error) for service in SERVICES for job, error in databases.rows(service, statement)
    ]


def _undone(databases: Databases) -> Iterator[tuple[str, str, set[str]]]:
    """For each listener and type the published events that it has not done."""
    published = {
        service: _ids(databases, service, "SELECT type, event_id FROM outbox") for service in SERVICES
    }
    for service in SERVICES:
        done = _ids(databases, service, "SELECT type, event_id FROM inbox WHERE state = 'done'")
        for producer, types in producers_for(service).items():
            for kind in types:
                missing = published[producer].get(kind, set()) - done.get(kind, set())
                if missing:
                    yield service, kind, missing


def _ids(databases: Databases, service: str, statement: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for kind, event_id in databases.rows(service, statement):
        found.setdefault(kind, set()).add(event_id)
    return found
