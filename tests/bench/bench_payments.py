"""Payments through HTTP, gateway, bus, billing and commit, beside psycopg committing the same rows."""

from collections.abc import Iterator
from itertools import islice

from tests.bench.bench_billing_run import charge_everybody
from tests.bench.books import floor_books
from tests.bench.figures import Figure, latency, rate
from tests.bench.house import FLOOR, House, scale
from tests.bench.load import Waits, all_at_once, one_by_one, paced
from tests.bench.payers import Payer, pay, payers, units_of
from tests.bench.rows import commit_each

CLIENTS, SECONDS, ALONE, _WARM_UP = 8, 20.0, 100, 20
_PACED_CLIENTS = 32
"""So many that a slow answer holds no later request back."""
_AT_LEAST, _P99 = 0.20, 0.150
_BEFORE = ("journal_entries", "charges", "journal_lines", "counters")


def payments(house: House) -> list[Figure]:
    """One client alone; 8 at once; half of their rate. By customers without e-mail: no mail competes.

    From request to commit is the gateway's, the bus's and billing's; notify and reports, which work behind the commit,
    stand still for it, and work in the last figure, on the same processors.
    """
    ensure_charged(house)
    waiting, seconds = payers(house, with_mail=False), max(2.0, SECONDS * scale())
    everybody: list[Payer] = []
    noted, clients = _noted(waiting, everybody), house.clients(CLIENTS)
    with floor_books(house, _BEFORE), house.watched() as largest:
        one_by_one(clients[0], pay, islice(waiting, _WARM_UP)).check()
        alone = one_by_one(clients[0], pay, islice(noted, ALONE)).check()
        house.settle()
        with house.paused("notify", "reports"):
            reached = all_at_once(clients, pay, noted, seconds).check()
            half = reached.a_second / 2
            some = list(islice(waiting, max(20, int(half * seconds))))
            steady = paced(house.clients(_PACED_CLIENTS), pay, some, half).check()
        house.settle()
        among_all = all_at_once(clients, pay, waiting, seconds).check()
        house.settle()
        one, eight = _again(house, everybody)
    what, floor = f"payments, {CLIENTS} clients", eight.a_second
    return [
        rate(f"{what}, to the commit", reached.a_second, floor, _AT_LEAST).with_memory(largest.bytes),
        latency(f"payments at {half:.0f}/s, half of it", steady.seconds, eight.seconds, p99=_P99),
        rate(f"{what}, notify and reports at work", among_all.a_second, floor),
        latency("one payment alone", alone.seconds, one.seconds),
    ]


def ensure_charged(house: House) -> None:
    """November is charged, if only one bench is run."""
    if not house.count("billing", "charges"):
        charge_everybody(house)
        house.settle()


def _noted(waiting: Iterator[Payer], everybody: list[Payer]) -> Iterator[Payer]:
    """The same payers; each one who goes is noted."""
    for payer in waiting:
        everybody.append(payer)
        yield payer


def _again(house: House, everybody: list[Payer]) -> tuple[Waits, Waits]:
    """The same rows committed by psycopg alone: the first ones on one connection, the rest on as many as clients."""
    units = units_of(house.connections["billing"], [payer.key for payer in everybody])
    assert len(units) == len(everybody), f"{len(units)} payments of {len(everybody)} requests"
    url = house.urls[FLOOR]
    one = commit_each(url, units[:ALONE], 1)
    return one, commit_each(url, units[ALONE:], CLIENTS)
