"""`make faults`: every fault, or those named (`F="1 6 wiped"`, `F=ci`), in two lanes side by side; then the table.

HEADEND_FAULTS_SEED replays a run; HEADEND_FAULTS_LANES=1 takes one fault after the other. `--long` takes real clocks
and full sizes; `--write` keeps docs/faults.md.
"""

import argparse
import os
import queue
import random
import secrets
import signal
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from threading import Thread

from tests.faults import stories
from tests.faults.grounds import Grounds
from tests.faults.report import line_of, page_of, table_of
from tests.faults.trial import FAULTS, Fault, Outcome, Trial, try_fault
from tests.real_servers.servers import HOW_TO_GET_THEM, ServerMissing

LANES = int(os.environ.get("HEADEND_FAULTS_LANES") or 2)
"""Much of a fault is waiting: for leases, for servers that come back, for everything to come to rest."""
PAGE = Path(__file__).parents[2] / "docs/faults.md"


def main(arguments: list[str]) -> int:
    """Try the faults; 0 when each one held or could not be made here."""
    parser = argparse.ArgumentParser(prog="make faults")
    parser.add_argument("faults", nargs="*", help="numbers or letters of the table, or ci")
    parser.add_argument("--long", action="store_true", help="real clocks and full sizes")
    parser.add_argument("--write", action="store_true", help=f"keep the table in {PAGE.name}")
    given = parser.parse_args(arguments)
    chosen = _chosen(given.faults)
    seed = int(os.environ.get("HEADEND_FAULTS_SEED") or secrets.randbelow(1_000_000))
    print(f"{len(chosen)} faults; HEADEND_FAULTS_SEED={seed} replays them.", flush=True)
    began = time.monotonic()
    try:
        outcomes = _try_all(chosen, seed, given.long)
    except ServerMissing as missing:
        print(f"*** Faults were SKIPPED: {missing}. To run them: {HOW_TO_GET_THEM}.")
        return 1 if os.environ.get("HEADEND_TEST_INSTALL") == "1" else 0
    seconds = time.monotonic() - began
    print(f"\n{table_of(outcomes)}\n{len(outcomes)} faults in {seconds:.0f} s, seed {seed}")
    if given.write:
        PAGE.write_text(page_of(outcomes, seed, seconds, long=given.long), encoding="utf-8")
    return 1 if any(outcome.verdict == "BROKEN" for outcome in outcomes) else 0


def _chosen(names: list[str]) -> list[Fault]:
    for module in iter_modules(stories.__path__):
        import_module(f"{stories.__name__}.{module.name}")
    order = sorted(FAULTS, key=lambda one: (not one.number.isdigit(), one.number.zfill(8)))
    order.sort(key=lambda one: one.number == "20")  # the mix of all comes last
    if not names:
        return order
    unknown = set(names) - {one.number for one in order} - {"ci"}
    if unknown:
        sys.exit(
            f"There is no fault {min(unknown)}; there are {', '.join(one.number for one in order)} and ci."
        )
    return [one for one in order if one.number in names or ("ci" in names and one.ci)]


def _try_all(chosen: list[Fault], seed: int, long: bool) -> list[Outcome]:
    """Two lanes, each on grounds of its own, take one fault after the other. Raises what kept a lane from its end."""
    waiting: queue.SimpleQueue[Fault] = queue.SimpleQueue()
    for entry in sorted(chosen, key=lambda one: not one.early):
        waiting.put(entry)
    outcomes: list[Outcome] = []
    broken: list[BaseException] = []
    # Lanes say that they have ended and are not joined: a join was seen to wait for ever for one that had.
    ended: queue.SimpleQueue[None] = queue.SimpleQueue()
    with ExitStack() as stack:
        lanes = [
            _Lane(stack.enter_context(Grounds(seed, long=long)), waiting, outcomes, broken, ended)
            for _ in range(min(LANES, len(chosen)))
        ]
        for lane in lanes:
            Thread(target=lane.run, daemon=True).start()
        for _ in lanes:
            ended.get()
    if broken:
        raise broken[0]
    return sorted(outcomes, key=lambda one: chosen.index(one.fault))


@dataclass
class _Lane:
    grounds: Grounds
    waiting: "queue.SimpleQueue[Fault]"
    outcomes: list[Outcome]
    broken: list[BaseException]
    ended: "queue.SimpleQueue[None]"

    def run(self) -> None:
        """Try faults until none is left, or another lane cannot go on."""
        try:
            while not self.broken:
                self._try(self.waiting.get_nowait())
        except queue.Empty:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again in the main thread
            self.broken.append(error)
        finally:
            self.ended.put(None)

    def _try(self, entry: Fault) -> None:
        seed, long = self.grounds.seed, self.grounds.long
        trial = Trial(self.grounds, random.Random(f"{seed}:{entry.number}"), long)
        outcome = try_fault(entry, trial)
        self.outcomes.append(outcome)
        problems = [f"      - {problem}" for problem in trial.findings.problems]
        print("\n".join([line_of(outcome), *problems]), flush=True)
        if outcome.verdict == "BROKEN":
            self.grounds.leave_house()  # what broke here shall not be held against the next one


if __name__ == "__main__":
    # Ended from outside, it still ends the servers and processes that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    sys.exit(main(sys.argv[1:]))
