"""What goes wrong on purpose: every few seconds one process gets SIGKILL, and the broker is restarted twice."""

import os
import random
import threading
import time
from collections.abc import Sequence

from tests.real_servers.servers import PrivateRabbit
from tests.stack.processes import Process

SECONDS_BETWEEN_KILLS = float(os.environ.get("HEADEND_SCENARIO_KILL_SECONDS") or 4.0)
"""More on a machine that is too slow to start what was killed (a start costs some three seconds of one processor)."""


class Nemesis:
    """Kills processes chosen by the seed's dice; a context manager that begins and ends it."""

    def __init__(self, processes: Sequence[Process], broker: PrivateRabbit, seed: int) -> None:
        self._processes, self._broker = processes, broker
        self._dice = random.Random(seed)
        self._ended, self._heard = threading.Event(), threading.Event()
        self._restarts_wanted = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.kills: list[str] = []
        self.restarts: list[float] = []
        """Seconds that each restart of the broker took."""
        self.peak_memory: tuple[int, str] = (0, "")

    def __enter__(self) -> "Nemesis":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._heard.set()
        self._thread.join(90)

    def hear(self, done: int, total: int) -> None:
        """Told how many payments are made: the broker goes down at a third and at two thirds."""
        wanted = 2 if 3 * done >= 2 * total else 1 if 3 * done >= total else 0
        if wanted > self._restarts_wanted:
            self._restarts_wanted = wanted
            self._heard.set()

    def _run(self) -> None:
        next_kill = time.monotonic() + SECONDS_BETWEEN_KILLS
        while not self._ended.is_set():
            self._heard.wait(max(0.0, next_kill - time.monotonic()))
            self._heard.clear()
            if self._ended.is_set():
                return
            if len(self.restarts) < self._restarts_wanted:
                self._restart_broker()
            if time.monotonic() >= next_kill:
                self._kill_one()
                next_kill += SECONDS_BETWEEN_KILLS

    def _kill_one(self) -> None:
        victim = self._dice.choice(self._processes)
        self.peak_memory = max(self.peak_memory, (victim.peak_memory(), victim.name))
        victim.kill()
        self.kills.append(victim.name)

    def _restart_broker(self) -> None:
        """In order the first time, as a crash the second time."""
        began = time.monotonic()
        if self.restarts:
            self._broker.kill()
            self._broker.start()
        else:
            self._broker.restart()
        self.restarts.append(time.monotonic() - began)
