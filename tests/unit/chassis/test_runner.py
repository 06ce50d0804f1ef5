"""A stop ends the process in time, whatever hangs (DESIGN, 2)."""

import subprocess
import sys

import pytest

HANGING = """
from chassis.green import patch_first
patch_first()
import time
from chassis.runner import start_watchdog
start_watchdog(0.3)
{hang}
"""


@pytest.mark.parametrize("hang", ["while True: pass", "time.sleep(60)"], ids=["busy", "waiting"])
def test_a_process_that_hangs_at_its_stop_is_ended(hang: str) -> None:
    ended = subprocess.run([sys.executable, "-c", HANGING.format(hang=hang)], timeout=30, check=False)
    assert ended.returncode == 1
