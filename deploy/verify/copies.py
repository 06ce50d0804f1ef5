"""Copies: what billing, notify and reports know of branches and customers is what the customers service has."""

from collections.abc import Iterator

from contracts.topology import LISTENERS
from deploy.verify.databases import Databases, Row
from deploy.verify.events import UnderWay
from deploy.verify.findings import Findings
from deploy.verify.streams import differing

OWNER = "customers"
LISTENING = ("billing", "notify", "reports")
COPIED = {"branches": "Branch", "customers": "Customer"}
"""Tables, each with what the types of its events begin with."""


def check_copies(databases: Databases, under_way: UnderWay, findings: Findings) -> None:
    """Each listener has each branch and customer in the owner's version, unless an event is on its way."""
    for listener in LISTENING:
        if listener in under_way.too_many:
            findings.waiting([listener], "Not compared, as too many events are on their way to")
            continue
        for table, begins in COPIED.items():
            types = [one.type_name() for one in LISTENERS[listener] if one.type_name().startswith(begins)]
            excused = under_way.excuses(listener, *types)
            findings.none_of(
                _differing(databases, listener, table, excused),
                f"Copies of {table} in {listener} that are not what customers has",
                "{}: version {}, customers has {}",
            )
    count = databases.one(OWNER, "SELECT count(*) FROM customers")
    findings.figure("customers (the same version everywhere)", int(count))


def _differing(databases: Databases, listener: str, table: str, excused: frozenset[str]) -> Iterator[Row]:
    owned = databases.stream(OWNER, f"SELECT id, version FROM {table} ORDER BY id")
    copied = databases.stream(listener, f"SELECT id, version FROM {table}_copy ORDER BY id")
    for own, copy in differing(owned, copied):
        name = (own or copy or ("",))[0]
        if name not in excused:
            yield name, copy[1] if copy else "none", own[1] if own else "none"
