"""Fault 20: everything mixed at random, from a seed that replays."""

import os
import random
import signal
import time
from collections.abc import Callable

from chassis.kill_points import POINTS
from contracts.topology import SERVICES
from tests.faults.house import House
from tests.faults.trial import Trial, fault

_OF_SERVICE = {
    "payment": ("billing",),
    "reply": SERVICES,
    "mail": ("notify",),
    "relay": ("customers", "billing"),
}
"""Which services reach a kill point under this load, by the beginning of its name; the others: all that listen."""


@fault("20", "all of it mixed at random")
def nemesis(trial: Trial) -> None:
    """Kills, kill points, stops in order, hangs, a broker and a database that crash, cut connections, alarms and a mail
    server that is away, one after the other as the seed's dice fall; then everything holds.
    """
    house, until = trial.house, time.monotonic() + trial.pick(60, 1800)
    with trial.inspected(house):
        while time.monotonic() < until:
            wrong = trial.dice.choice(_ALL)
            trial.inject(wrong(house, trial.dice))
            time.sleep(trial.dice.uniform(0.5, 3.0))
        house.disarm()
    trial.note("in this order: " + ", ".join(trial.injected))


def _kill(house: House, dice: random.Random) -> str:
    victim = dice.choice([*house.real.processes, *house.real.gateways])
    victim.kill()
    return f"kill -9 {victim.name}"


def _kill_at_a_point(house: House, dice: random.Random) -> str:
    point = dice.choice(sorted(POINTS))
    service = dice.choice(_OF_SERVICE.get(point.partition(".")[0], ("billing", "notify", "reports")))
    house.arm(house.process(service), point)
    return f"kill {service} at {point}"


def _stop(house: House, dice: random.Random) -> str:
    process = dice.choice([*house.real.processes, *house.real.gateways])
    house.real.replace(process)
    return f"SIGTERM {process.name}"


def _hang(house: House, dice: random.Random) -> str:
    process, seconds = dice.choice(house.real.processes), dice.uniform(1, 6)
    if process.running:
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(process.pid, signal.SIGCONT)
    return f"{process.name} hangs {seconds:.1f} s"


def _break_broker(house: House, dice: random.Random) -> str:
    broker, crash = house.servers.rabbit, dice.random() < 0.5
    broker.kill() if crash else broker.stop()
    time.sleep(dice.uniform(0, 4))
    broker.start()
    return "broker killed" if crash else "broker restarted"


def _break_database(house: House, dice: random.Random) -> str:
    postgres, crash = house.servers.postgres, dice.random() < 0.5
    postgres.kill() if crash else postgres.stop()
    time.sleep(dice.uniform(0, 4))
    postgres.start()
    return "PostgreSQL killed" if crash else "PostgreSQL restarted"


def _cut_connections(house: House, dice: random.Random) -> str:
    service = dice.choice(SERVICES)
    house.cut_connections(service)
    return f"connections of {service} cut"


def _alarm(house: House, dice: random.Random) -> str:
    house.servers.rabbit.control("set_vm_memory_high_watermark", "absolute", "1MB")
    time.sleep(dice.uniform(1, 6))
    house.servers.rabbit.control("set_vm_memory_high_watermark", "0.4")
    return "memory alarm"


def _shut_post_office(house: House, dice: random.Random) -> str:
    house.post_office.shut()
    time.sleep(dice.uniform(1, 5))
    house.post_office.open()
    return "mail server away"


_ALL: tuple[Callable[[House, random.Random], str], ...] = (
    _kill, _kill, _kill_at_a_point, _kill_at_a_point, _stop, _hang, _break_broker, _break_database, _cut_connections,
    _alarm, _shut_post_office,
)  # fmt: skip
