"""A quarter of an hour of ordinary work: what a process holds must not grow with the time that it runs.

`python -m tests.bench soak`; HEADEND_BENCH_SCALE shortens it. Not among the benches that run by themselves.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import linear_regression, mean

import psutil

from tests.bench.bench_payments import ensure_charged
from tests.bench.figures import MEGABYTE, Figure, latency
from tests.bench.house import House, scale
from tests.bench.load import Answer, Client, paced
from tests.bench.payers import Payer, pay, payers

SECONDS, A_SECOND, CLIENTS = 900.0, 10.0, 16
LOOK_EVERY = 5.0
WARM_UP = 1 / 3
"""The part of the time in which pools, caches and allocators fill; growth is looked for in the rest."""
AT_MOST = 0.05
"""By how much something may grow in the rest of the time, as a part of what it was; see also _NOISE."""
_NOISE = {"MB": 4.0, "": 4.0}
"""What comes and goes by itself: an arena of the allocator, a connection that a pool opens for a busy moment."""


def soak(house: House) -> list[Figure]:
    """Payments with their mails, and staff who look things up, at an even pace; what grows meanwhile."""
    ensure_charged(house)
    seconds = max(30.0, SECONDS * scale())
    work = list(islice(_day_at_the_desk(house), int(seconds * A_SECOND)))
    watch = _Watch(house)
    watch.start()
    answered = paced(house.clients(CLIENTS), _do, work, A_SECOND).check()
    watch.stop()
    house.settle()
    what = f"soak, {seconds:.0f} s at {A_SECOND:.0f} requests a second"
    return [latency(what, answered.seconds, []), *watch.figures()]


def _day_at_the_desk(house: House) -> Iterator[Payer | str]:
    """Every other request is a payment, half of these with a mail; the others are looks."""
    mailed, unmailed = payers(house, with_mail=True), payers(house, with_mail=False)
    looks = ("/customers?search={crf}", "/customers/{id}", "/customers/{id}/dues", "/customers/{id}/payments")
    for look, paying in zip(cycle(looks), cycle((mailed, unmailed)), strict=False):
        payer = next(paying, None)
        if payer is None:
            return
        yield payer
        yield look.format(crf=payer.person.crf, id=payer.person.id)


def _do(client: Client, work: Payer | str) -> Answer:
    return client.get(work) if isinstance(work, str) else pay(client, work)


class _Watch:
    """Looks at everything that could leak, now and then, from a thread of its own."""

    def __init__(self, house: House) -> None:
        self._house, self._ended = house, threading.Event()
        self._began = time.monotonic()
        self._times: list[float] = []
        self._seen: defaultdict[str, list[float]] = defaultdict(list)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        self._thread.join(30)

    def figures(self) -> list[Figure]:
        """One figure for each thing looked at; held when it did not grow."""
        return [self._figure(what, values) for what, values in sorted(self._seen.items())]

    def _figure(self, what: str, values: Sequence[float]) -> Figure:
        first = int(len(values) * WARM_UP)
        times, rest = self._times[first : len(values)], values[first:]
        slope, _ = linear_regression(times, rest)
        grown = slope * (times[-1] - times[0])
        unit = "MB" if what.startswith("memory") else ""
        held = grown <= max(AT_MOST * mean(rest), _NOISE[unit])
        ours = f"{rest[0]:,.0f} to {rest[-1]:,.0f} {unit}".strip() + f", {slope * 3600:+,.1f}/h"
        return Figure(what, ours, target=f"grows < {AT_MOST:.0%}", held=held)

    def _run(self) -> None:
        while not self._ended.wait(LOOK_EVERY):
            self._times.append(time.monotonic() - self._began)
            for what, value in self._look():
                self._seen[what].append(value)

    def _look(self) -> Iterator[tuple[str, float]]:
        for process in (*self._house.real.processes, *self._house.real.gateways):
            family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
            yield f"memory of {process.name}", sum(one.memory_info().rss for one in family) / MEGABYTE
            yield f"open files of {process.name}", sum(one.num_fds() for one in family)
        yield (
            "database connections",
            self._house.count("billing", "pg_stat_activity WHERE client_port IS NOT NULL"),
        )
        queues = self._house.rabbit.queue_lengths(self._house.amqp_uri)
        yield "queues", len(queues)
        yield "messages in queues", sum(queues.values())
        yield "files in the home folder", sum(1 for _ in Path(self._house.real.home).rglob("*"))
