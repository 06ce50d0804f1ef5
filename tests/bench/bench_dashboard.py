"""The dashboard of 100,000 customers through HTTP, beside one customer on the same way; and counting it all anew."""

import time

from tests.bench.figures import Figure, duration, latency
from tests.bench.house import House, scale
from tests.bench.load import Client, Waits, one_by_one
from tests.stack.processes import wait_until

_EACH, _WARM_UP = 300, 40
_P99 = 0.250
_COUNTING = 60.0
"""Seconds that counting anew may take: it is done once a day, beside everything else."""


def dashboard(house: House) -> list[Figure]:
    """All branches, as the administrator sees them."""
    counted = _count_anew(house)
    count = max(_WARM_UP, int(_EACH * scale()))
    client = house.clients(1)[0]
    with house.watched() as largest:
        floor = _asked(client, [f"/customers/{one.id}" for one in house.people[:count]])
        taken = _asked(client, ["/dashboard?days_ahead=30"] * count)
    people = f"{len(house.people):,} customers"
    return [
        latency(f"dashboard, {people}", taken.seconds, floor.seconds, p99=_P99).with_memory(largest.bytes),
        duration(f"dashboard counted anew, {people}", counted, counted, _COUNTING),
    ]


def _count_anew(house: House) -> float:
    """Seconds until the figures are those of the customers that were written into the tables."""
    reports = house.connections["reports"]
    reports.execute("DELETE FROM jobs WHERE job = 'count-figures'")
    began = time.monotonic()
    wait_until("the figures are counted", lambda: house.count("reports", "figures") > 0, 300, pause=0.1)
    return time.monotonic() - began


def _asked(client: Client, paths: list[str]) -> Waits:
    """The waits of these requests, some before them not counted."""
    one_by_one(client, Client.get, paths[:_WARM_UP]).check()
    return one_by_one(client, Client.get, paths).check()
