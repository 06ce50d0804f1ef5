"""Processes of Headend under a test's hand: started, watched, killed, started anew."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

HEADEND = [sys.executable, "-m", "deploy"]


def clean_environment(**settings: str) -> dict[str, str]:
    """This process's environment without its HEADEND_* variables, with these settings; one caller may be a crowd."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEADEND_")}
    crowd = {"requests_per_minute": "1000000"}
    return kept | {f"HEADEND_{name.upper()}": value for name, value in (crowd | settings).items()}


class Process:
    """One process of Headend; its output goes to a file."""

    def __init__(self, name: str, arguments: list[str], environment: dict[str, str], output: Path,
                 *, module: str = "deploy") -> None:  # fmt: skip
        self.name, self.environment, self.output = name, environment, output
        self._command = [sys.executable, "-m", module, *arguments]
        self._popen: subprocess.Popen[bytes] | None = None
        self.starts = 0
        self.folder: Path | None = None
        """Where it runs, if not here: gunicorn imports from there first."""
        self.besides: dict[str, str] = {}
        """Variables that it is started with besides its own, from the next start on."""

    def start(self) -> None:
        """Start it (again)."""
        self.starts += 1
        with self.output.open("ab") as output:
            self._popen = subprocess.Popen(
                self._command, env=self.environment | self.besides, stdout=output, stderr=output,
                start_new_session=True, cwd=self.folder,
            )  # fmt: skip

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self._popen is not None and self._popen.poll() is None

    @property
    def pid(self) -> int:
        """Its process id. Raises AssertionError when it was never started."""
        assert self._popen is not None
        return self._popen.pid

    def kill(self) -> None:
        """SIGKILL, with every child of it."""
        if self.running:
            os.killpg(self.pid, signal.SIGKILL)
            self.wait()

    def terminate(self, seconds: float = 15.0) -> int:
        """SIGTERM; returns the exit code. Raises TimeoutExpired when it does not end."""
        assert self._popen is not None
        if self.running:
            self._popen.send_signal(signal.SIGTERM)
        return self._popen.wait(seconds)

    def wait(self, seconds: float = 15.0) -> int:
        """Wait for its end; returns the exit code."""
        assert self._popen is not None
        return self._popen.wait(seconds)

    def log(self) -> str:
        """All that it printed."""
        return self.output.read_text(errors="replace") if self.output.exists() else ""

    def peak_memory(self) -> int:
        """Largest resident memory of it or a child so far, in bytes; 0 when it does not run."""
        try:
            process = psutil.Process(self.pid)
            family = [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return 0
        return max(_peak(member.pid) for member in family)


def _peak(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(line.split()[1]) * 1024


def wait_until(what: str, check: Callable[[], bool], seconds: float = 60.0, pause: float = 0.05) -> None:
    """Wait until the check holds. Raises AssertionError saying what did not happen."""
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:.0f} s")
        time.sleep(pause)
