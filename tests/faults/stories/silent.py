"""Fault 18: a service that hangs, is absent, or answers when nobody listens any more."""

import os
import signal
import time
from pathlib import Path

import psutil

from tests.faults.house import House
from tests.faults.stories.servers_away import DEADLINE, answers_in_time
from tests.faults.trial import Trial, fault


@fault("18", "a service that hangs, is absent, or answers too late")
def silent_service(trial: Trial) -> None:
    """Callers get 503 within the deadline; an answer that comes later is ignored and the same key is paid once; no
    thread, queue or open file is left over.
    """
    house = trial.house
    billing = house.process("billing")
    before = _held(house)
    with trial.inspected(house):
        for _ in range(int(trial.pick(1, 120))):
            began = time.monotonic()
            trial.inject("billing hangs, then answers late")
            os.kill(billing.pid, signal.SIGSTOP)
            time.sleep(DEADLINE)
            os.kill(billing.pid, signal.SIGCONT)
            answers_in_time(trial, house, began)
            house.wait_until_ready()
            began = time.monotonic()
            trial.inject("billing is absent")
            with house.real.away(billing):
                time.sleep(trial.pick(4, 20))
            answers_in_time(trial, house, began)
            house.wait_until_ready()
    trial.within("threads, files and queues are as before", lambda: not _grown(before, _held(house)), 45)
    grown = _grown(before, _held(house))
    trial.demand(not grown, f"More than before: {grown}")
    trial.note(f"gateway: {_held(house)}")


def _held(house: House) -> dict[str, int]:
    """Threads and open files of the gateway's processes, and how many queues the broker has."""
    family = [psutil.Process(house.real.gateway.pid), *psutil.Process(house.real.gateway.pid).children()]
    return {
        "threads": sum(one.num_threads() for one in family),
        "files": sum(len(list(Path(f"/proc/{one.pid}/fd").iterdir())) for one in family),
        "queues": len(house.servers.rabbit.queue_lengths(house.servers.amqp_uri)),
    }


def _grown(before: dict[str, int], after: dict[str, int]) -> dict[str, str]:
    """What grew beyond what connections that come and go explain: the clients' own, and a thread each."""
    allowed = {"threads": 40, "files": 40, "queues": 2}
    return {
        what: f"{before[what]} -> {after[what]}"
        for what in before
        if after[what] > before[what] + allowed[what]
    }
