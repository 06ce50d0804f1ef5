"""Points where fault tests kill: each is in the code once, a process dies there once, and only when told to."""

import re
import signal
import subprocess
import sys
from pathlib import Path

from chassis.kill_points import POINTS
from tests.architecture.source_files import product_files

REACH = "from chassis.kill_points import reach; reach('relay.after_claim', 'this'); print('lives')"


def run(home: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", REACH], env={"HEADEND_HOME": str(home), **settings}, capture_output=True, text=True
    )  # fmt: skip


def test_every_named_point_is_in_the_code_once() -> None:
    calls = re.compile(r"\breach\(\"([a-z_.]+)\"")
    found = [point for file in product_files() for point in calls.findall(file.text)]
    assert sorted(found) == sorted(POINTS)


def test_a_process_dies_at_the_named_point_and_the_next_one_lives(tmp_path: Path) -> None:
    assert run(tmp_path, HEADEND_FAULT="relay.after_claim").returncode == -signal.SIGKILL
    assert (tmp_path / "killed-at-relay.after_claim").exists()
    assert run(tmp_path, HEADEND_FAULT="relay.after_claim").stdout == "lives\n"


def test_a_point_may_be_about_one_thing_alone(tmp_path: Path) -> None:
    assert run(tmp_path, HEADEND_FAULT="relay.after_claim:that").stdout == "lives\n"
    assert run(tmp_path, HEADEND_FAULT="relay.after_claim:this").returncode == -signal.SIGKILL


def test_without_the_setting_nobody_dies(tmp_path: Path) -> None:
    assert run(tmp_path).stdout == "lives\n"
    assert list(tmp_path.iterdir()) == []
