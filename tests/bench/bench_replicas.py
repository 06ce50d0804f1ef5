"""One, two and three replicas of billing and notify on a quarter of a core each: `python -m tests.bench replicas`.

It brings up docker-compose.yml as it is, with `cpus` for these two services, and looks at payments a second through
nginx, mails a second out of a backlog, and the CPU time of each, which more replicas must not raise.
"""

import contextlib
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import LiteralString

from deploy.verify.waiting import left_over
from tests.bench.figures import Figure
from tests.bench.house import scale
from tests.bench.load import Client, all_at_once
from tests.bench.payers import Payer, pay
from tests.bench.population import PERIOD, TODAY, Person, add_branches_and_plans, populate
from tests.bench.rows import Connection, connect
from tests.compose.docker import ROOT, compose_command, docker
from tests.compose.stack import Stack
from tests.stack.api import Api
from tests.stack.processes import wait_until

QUARTER = ROOT / "tests/bench/quarter_cores.yml"
CUSTOMERS, DESKS, SECONDS, WARM_UP, BACKLOG = 24_000, 6, 20.0, 5.0, 1_500
"""DESKS: callers for each replica of billing. Where there are more of them, more payments share a trip."""
BRANCHES = 40
"""A branch's payments wait for each other: its numbers have no gaps. A replica that its cap stops for a moment keeps
the branches that it is numbering in; with few of them the others soon wait for it (docs/growth.md has the figures)."""
COUNTS = (1, 2, 3)
SHARED = ("billing", "gateway", "nginx", "postgres", "rabbitmq", "customers")
"""Whose CPU time a payment costs."""
_TIMES_AT_LEAST = {2: 1.7, 3: 2.3}
_CPU_WITHIN = 0.15
_CPU_TIME = "cat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null || grep usage_usec /sys/fs/cgroup/cpu.stat"
"""CPU time of a container so far: nanoseconds alone in control groups 1, "usage_usec 12345" in 2."""


@dataclass(frozen=True)
class Measured:
    """What so many replicas did: how many a second, with how much CPU time (seconds) for each."""

    a_second: float
    cpu: float


@dataclass
class Town:
    """The running stack with its people, half of whom have e-mail."""

    stack: Stack
    api: Api
    databases: dict[str, Connection]
    silent: Iterator[Payer]
    mailed: Iterator[Payer]

    def clients(self, replicas: int) -> list[Client]:
        """Signed-in desks."""
        desks = range(DESKS * replicas)
        return [Client(self.stack.address, self.api.token, self.stack.trust) for _ in desks]

    def pay_for(self, replicas: int, payers: Iterator[Payer], seconds: float) -> float:
        """Everybody pays as fast as they are answered; payments a second."""
        return all_at_once(self.clients(replicas), pay, payers, seconds).check().a_second

    def payments(self) -> int:
        """How many payments there are."""
        found = self.databases["billing"].execute("SELECT count(*) FROM payments").fetchone()
        return int((found or (0,))[0])

    def mails(self) -> int:
        """How many mails the mail server has taken."""
        sent = "SELECT count(*) FROM messages WHERE state = 'sent'"
        return int((self.databases["notify"].execute(sent).fetchone() or (0,))[0])


def replicas() -> list[Figure]:
    """The table. Raises DockerMissing."""
    with _town() as town:
        payments = {count: _payments(town, count) for count in COUNTS}
        mails = {count: _mails(town, count) for count in COUNTS}
    return [*_figures("payments", payments), *_figures("e-mails", mails)]


@contextlib.contextmanager
def _town() -> Iterator[Town]:
    with contextlib.ExitStack() as opened:
        home = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="headend-replicas-")))
        stack = opened.enter_context(
            Stack(compose_command(), home, QUARTER, today=TODAY, repair_seconds="30")
        )
        databases = {name: opened.enter_context(connect(url)) for name, url in stack.database_urls().items()}
        api = stack.admin()
        plans = add_branches_and_plans(api, (f"B{number}" for number in range(1, BRANCHES)))
        wait_until("every service knows the branches", lambda: all(
            _count(databases[name], "branches_copy") == len(plans) for name in ("billing", "notify", "reports")
        ), 60)  # fmt: skip
        everybody = populate(databases, plans, max(1_000, int(CUSTOMERS * scale())))
        town = Town(stack, api, databases, _payers(everybody, False), _payers(everybody, True))
        with _uncapped(town, "billing"):
            run = api.ok("POST", "/billing-runs", json={"period": PERIOD})
            api.finished(f"/billing-runs/{run['id']}", 600)
        yield town


def _payers(everybody: Sequence[Person], with_mail: bool) -> Iterator[Payer]:
    return (Payer(one, f"bench-{one.id}") for one in everybody if bool(one.email) is with_mail)


def _payments(town: Town, count: int) -> Measured:
    """By people without e-mail, while notify and reports stand still: the processors are for what is measured."""
    _scale(town, billing=count, notify=1)
    with _paused(town, "notify", "reports"):
        town.pay_for(count, town.silent, WARM_UP)
        before, paid = _cpu_of_all(town), town.payments()
        a_second = town.pay_for(count, town.silent, max(5.0, SECONDS * scale()))
        after, paid = _cpu_of_all(town), town.payments() - paid
        shares = {name: (after[name] - before[name]) / max(1, paid) for name in SHARED}
        print("  each:", ", ".join(f"{name} {used * 1000:.1f} ms" for name, used in shares.items()))
        used = shares["billing"]
        return _told("payments", count, Measured(a_second, used))


def _mails(town: Town, count: int) -> Measured:
    """Out of a backlog that is made while notify's replicas stand still, each with its invoice drawn by reports."""
    _scale(town, billing=1, notify=count)
    everything = town.stack.databases()
    wait_until("nothing else is under way", lambda: not left_over(everything), 300, pause=1.0)
    left, began_with = max(60, int(BACKLOG * scale())), town.mails()
    with _paused(town, "notify"), _uncapped(town, "billing"):
        all_at_once(town.clients(1), pay, islice(town.mailed, left), 600).check()

    def arrived() -> int:
        return town.mails() - began_with

    before, began = _cpu(town, "notify"), time.monotonic()
    wait_until("most of them are out", lambda: arrived() >= left * 19 // 20, 1200, pause=0.2)
    count_out, used, lasted = arrived(), _cpu(town, "notify") - before, time.monotonic() - began
    wait_until("all are out", lambda: arrived() >= left, 600, pause=0.5)
    return _told("mails", count, Measured(count_out / lasted, used / count_out))


def _scale(town: Town, **counts: int) -> None:
    town.stack.up(**counts)
    wait_until("the replicas are healthy", lambda: all(
        len(town.stack.containers(name)) == count and town.stack.healthy(name) for name, count in counts.items()
    ), 300, pause=1.0)  # fmt: skip


@contextlib.contextmanager
def _paused(town: Town, *services: str) -> Iterator[None]:
    still = [container for name in services for container in town.stack.containers(name)]
    docker("pause", *still)
    try:
        yield
    finally:
        docker("unpause", *still)


@contextlib.contextmanager
def _uncapped(town: Town, service: str) -> Iterator[None]:
    containers = town.stack.containers(service)
    docker("update", "--cpus", "2", *containers)
    try:
        yield
    finally:
        docker("update", "--cpus", "0.25", *containers)


def _told(what: str, count: int, measured: Measured) -> Measured:
    print(f"  {what}, {count} replicas: {_rate(measured)}, {_cost(measured)} of CPU time each", flush=True)
    return measured


def _cpu(town: Town, service: str) -> float:
    """CPU seconds of all replicas so far."""
    used = [docker("exec", one, "sh", "-c", _CPU_TIME).split() for one in town.stack.containers(service)]
    return sum(int(said[-1]) / (1e6 if len(said) == 2 else 1e9) for said in used)


def _cpu_of_all(town: Town) -> dict[str, float]:
    return {name: _cpu(town, name) for name in SHARED}


def _count(connection: Connection, table: LiteralString) -> int:
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int((found or (0,))[0])


def _figures(what: str, measured: dict[int, Measured]) -> list[Figure]:
    one = measured[1]
    figures = [Figure(f"{what}, 1 replica", _rate(one))]
    for count, at_least in _TIMES_AT_LEAST.items():
        ours = measured[count]
        times, cpu = ours.a_second / one.a_second, ours.cpu / one.cpu
        figures += [
            Figure(f"{what}, {count} replicas", _rate(ours), _rate(one), times,
                   f">= {at_least} times", times >= at_least),
            Figure(f"CPU time for one of the {what}, {count} replicas", _cost(ours), _cost(one), cpu,
                   f"within {_CPU_WITHIN:.0%}", abs(cpu - 1) <= _CPU_WITHIN),
        ]  # fmt: skip
    return figures


def _rate(measured: Measured) -> str:
    return f"{measured.a_second:.1f}/s"


def _cost(measured: Measured) -> str:
    return f"{measured.cpu * 1000:.1f} ms"
