"""Faults 5 to 8 and the wiped broker: processes, broker and database stop, crash, block and come back."""

import os
import signal
import time

import httpx
import psutil

from contracts.topology import SERVICES
from tests.faults.house import House
from tests.faults.trial import Trial, fault
from tests.stack.processes import Process

DEADLINE = 5.0 + 2.5
"""A caller's five seconds (HEADEND_CALL_SECONDS), and what a busy machine adds before and after."""
STOP_SECONDS = 10.0 + 5.0
"""HEADEND_STOP_SECONDS, and the same."""


def slowest_since(house: House, began: float) -> float:
    """Seconds of the slowest answer to requests begun since."""
    return max((one.seconds for one in list(house.api.attempts) if one.at >= began), default=0.0)


def statuses_since(house: House, began: float) -> set[int]:
    """Every status since; 0 is a broken connection."""
    return {one.status for one in list(house.api.attempts) if one.at >= began}


def answers_in_time(trial: Trial, house: House, began: float) -> None:
    """Nobody waited beyond the deadline, and whoever was not served was told so with 503."""
    slowest = slowest_since(house, began)
    trial.demand(slowest < DEADLINE, f"A request hung for {slowest:.1f} s, the deadline is {DEADLINE:.1f} s")
    odd = statuses_since(house, began) - {200, 201, 202, 409, 422, 503}
    trial.demand(not odd, f"Answers were {odd} while a server was away")
    trial.note(f"slowest answer {slowest:.1f} s")


@fault("5", "SIGTERM to every process in turn, under load")
def rolling_restarts(trial: Trial) -> None:
    """Each process ends with code 0 within its grace, having finished what it had in hand; no child of it stays, and no
    mail goes out twice.
    """
    house, rounds = trial.house, int(trial.pick(1, 20))
    before = sum(house.post_office.message_ids().values()) - len(house.post_office.message_ids())
    with trial.inspected(house):
        for _ in range(rounds):
            for process in [*house.real.processes, *house.real.gateways]:
                _restart(trial, house, process)
    after = sum(house.post_office.message_ids().values()) - len(house.post_office.message_ids())
    trial.findings.same("Mails repeated by stops in order", after - before, 0)


def _restart(trial: Trial, house: House, process: Process) -> None:
    trial.inject(f"SIGTERM to {process.name}")
    family = psutil.Process(process.pid).children(recursive=True)
    began = time.monotonic()
    code = house.real.replace(process)
    took = time.monotonic() - began
    trial.demand(took < STOP_SECONDS, f"{process.name} took {took:.1f} s to stop")
    trial.demand(code == 0, f"{process.name} ended with {code}")
    left = [child.pid for child in family if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    trial.demand(not left, f"{process.name} left children behind: {left}")
    house.wait_until_ready()


@fault("6", "broker stopped for a while, and killed", ci=True)
def broker_away(trial: Trial) -> None:
    """Meanwhile every request is answered within its deadline, with 503 where it cannot be served; afterwards the same
    key is paid once. Services wait for the broker and live on; what is in the outbox goes out.
    """
    house, broker = trial.house, trial.house.servers.rabbit
    with trial.inspected(house):
        began, starts = time.monotonic(), _starts(house)
        trial.inject("stop the broker")
        broker.stop()
        time.sleep(trial.pick(6, 15))
        broker.start()
        answers_in_time(trial, house, began)
        house.wait_until_ready()
        began = time.monotonic()
        trial.inject("kill -9 the broker")
        broker.kill()
        time.sleep(trial.pick(2, 15))
        broker.start()
        answers_in_time(trial, house, began)
    trial.note(f"{_starts(house) - starts} processes had to be started anew")


def _starts(house: House) -> int:
    return sum(process.starts for process in [*house.real.processes, *house.real.gateways])


@fault("7", "memory and disk alarm of the broker")
def broker_alarm(trial: Trial) -> None:
    """RabbitMQ takes no publications meanwhile. Calls go over it, so payments are answered with 503 within the deadline
    and not with 201; no thread hangs beyond that, and after the alarm the same key is paid once.
    """
    house, broker = trial.house, trial.house.servers.rabbit
    seconds = trial.pick(7, 60)
    alarms = (
        (("set_vm_memory_high_watermark", "absolute", "1MB"), ("set_vm_memory_high_watermark", "0.4")),
        (("set_disk_free_limit", "100000GB"), ("set_disk_free_limit", "50MB")),
    )
    with trial.inspected(house):
        for alarm, end in alarms:
            began = time.monotonic()
            trial.inject(" ".join(alarm))
            broker.control(*alarm)
            try:
                time.sleep(seconds)
            finally:
                broker.control(*end)
            answers_in_time(trial, house, began)
            house.wait_until_ready()


@fault("8", "PostgreSQL killed, connections cut, and away for a while", ci=True)
def database_away(trial: Trial) -> None:
    """No half a payment is left, pools recover by themselves, and no message is acknowledged without its commit."""
    house, postgres = trial.house, trial.house.servers.postgres
    with trial.inspected(house):
        began = time.monotonic()
        trial.inject("kill -9 PostgreSQL")
        postgres.kill()
        postgres.start()
        house.wait_until_ready()
        for _ in range(int(trial.pick(3, 20))):
            trial.inject("cut every connection of a service")
            house.cut_connections(trial.dice.choice(SERVICES))
            time.sleep(0.7)
        house.wait_until_ready()
        trial.inject("PostgreSQL away")
        postgres.stop()
        time.sleep(trial.pick(6, 20))
        postgres.start()
        slowest = slowest_since(house, began)
        trial.note(f"slowest answer {slowest:.1f} s")


@fault("wiped", "the broker has lost its disk")
def broker_wiped(trial: Trial) -> None:
    """Every queue and every message in it is gone. Queues are declared anew by whoever connects, and each listener
    compares with what producers kept (the repair feed) until nothing is missing.
    """
    house, broker = trial.house, trial.house.servers.rabbit
    with trial.inspected(house):
        listeners = [house.process("notify"), house.process("reports")]
        for process in listeners:
            os.kill(process.pid, signal.SIGSTOP)  # so that events lie in their queues when the disk goes
        time.sleep(trial.pick(3, 10))
        trial.within("events lie in the queues", lambda: _events_lying(house) > 0, 30)
        lying = _events_lying(house)
        trial.inject(f"wipe the broker's data with {lying} events in its queues")
        broker.kill()
        broker.wipe()
        broker.start()
        broker.make_vhost(house.servers.amqp_uri)
        house.set_aside = 0  # what was kept for people is gone, too
        for process in listeners:
            os.kill(process.pid, signal.SIGCONT)
        trial.demand(
            lying > 0, "No event lay in the queues, so nothing was lost that repair could bring back"
        )
    repaired = _told(house, 'headend_events_received_total{service="notify",way="repair"}')
    trial.note(f"{lying} events lay in queues that were wiped; notify took {repaired} by repair")


def _events_lying(house: House) -> int:
    """Events in the queues of listeners; a quorum queue tells its length every five seconds."""
    return sum(count for queue, count in house.waiting_in_queues().items() if queue.startswith("inbox"))


def _told(house: House, metric: str) -> int:
    """What the first process of notify counts."""
    port = house.real.ops_ports[house.process("notify").name]
    lines = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text.splitlines()
    return int(sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(metric)))
