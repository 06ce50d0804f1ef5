"""`make scenario`: the month in the forms asked for (embedded, real, nemesis; all without arguments).

HEADEND_SCENARIO_EVERY=10 takes every tenth customer; HEADEND_SCENARIO_SEED replays who pays and which process dies;
HEADEND_SCENARIO_KILL_SECONDS (4) is for machines too slow to start a process that often.
"""

import os
import secrets
import shutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

from deploy.verify.findings import Findings
from tests.real_servers.servers import HOW_TO_GET_THEM, ServerMissing
from tests.scenarios.checker import check_month
from tests.scenarios.stages import FORMS, stage
from tests.scenarios.story import TODAY, Story


def main(forms: list[str]) -> int:
    """Run the forms one after the other; 0 when everything held in all of them."""
    unknown = [form for form in forms if form not in FORMS]
    if unknown:
        print(f"There is no form {unknown[0]}; there are {', '.join(FORMS)}.")
        return 2
    every = int(os.environ.get("HEADEND_SCENARIO_EVERY") or 1)
    seed = int(os.environ.get("HEADEND_SCENARIO_SEED") or secrets.randbelow(1_000_000))
    print(f"Scenario with every {every}. customer; HEADEND_SCENARIO_SEED={seed} replays it.", flush=True)
    return max([_run(form, every, seed) for form in forms or FORMS])


def _run(form: str, every: int, seed: int) -> int:
    home = Path(tempfile.mkdtemp(prefix=f"headend-scenario-{form}-"))
    began = time.monotonic()
    print(f"\n=== {form}", flush=True)
    try:
        findings = _live_and_check(form, home, every, seed)
    except ServerMissing as missing:
        shutil.rmtree(home, ignore_errors=True)
        print(f"*** The form {form} was SKIPPED: {missing}. To run it: {HOW_TO_GET_THEM}.")
        return 1 if os.environ.get("HEADEND_TEST_INSTALL") == "1" else 0
    except Exception:  # noqa: BLE001 - whatever went wrong is shown, and the next form still runs
        traceback.print_exc()
        print(f"*** {form} FAILED after {time.monotonic() - began:.0f} s; its files are in {home}")
        return 1
    _print_table(form, findings)
    if findings.problems:
        print(f"*** {form} FAILED: {len(findings.problems)} things do not hold (files in {home})")
        for problem in findings.problems:
            print(f"  - {problem}")
        return 1
    shutil.rmtree(home, ignore_errors=True)
    print(f"=== {form} passed: everything held, in {time.monotonic() - began:.0f} s", flush=True)
    return 0


def _live_and_check(form: str, home: Path, every: int, seed: int) -> Findings:
    with stage(form, home / "home", TODAY, seed) as running:
        month = Story(running, home, every, seed).live()
        began = time.monotonic()
        findings = check_month(running, month, seed)
        findings.figure("seconds: checking", f"{time.monotonic() - began:.1f}")
        return findings


def _print_table(form: str, findings: Findings) -> None:
    width = max(len(name) for name, _ in findings.figures)
    print(f"\n{form}")
    for name, value in findings.figures:
        print(f"  {name:<{width}}  {value}")
    print(flush=True)


if __name__ == "__main__":
    # Ended from outside, it still ends the servers and processes that it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    sys.exit(main(sys.argv[1:]))
