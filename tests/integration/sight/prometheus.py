"""A Prometheus of our own, with our rules, that asks the addresses it is given; and the tool that checks rules."""

import json
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
import pytest
import yaml

from tests.ports import free_port
from tests.real_servers.binaries import ServerMissing, prometheus_programs
from tests.stack.processes import wait_until

ROOT = Path(__file__).parents[3]
CONFIGURED = ROOT / "deploy/sight/prometheus"


def promtool(*arguments: str | Path) -> str:
    """Run promtool; gives what it printed. Raises AssertionError with that where it is not content."""
    command = [str(_programs() / "promtool"), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _programs() -> Path:
    try:
        return prometheus_programs()
    except ServerMissing as missing:
        pytest.skip(str(missing))


class Prometheus:
    """A context manager. `targets` are addresses (host:port) by job; jobs, paths and rules are the configured ones."""

    def __init__(self, folder: Path, targets: dict[str, str]) -> None:
        self._folder = folder
        self.address = f"http://127.0.0.1:{free_port()}"
        (folder / "prometheus.yml").write_text(yaml.safe_dump(_pointed_at(targets)))
        (folder / "alerts.yml").write_bytes((CONFIGURED / "alerts.yml").read_bytes())

    def __enter__(self) -> "Prometheus":
        with (self._folder / "output.txt").open("wb") as output:
            self._process = subprocess.Popen(
                [str(_programs() / "prometheus"), f"--config.file={self._folder / 'prometheus.yml'}",
                 f"--storage.tsdb.path={self._folder / 'data'}",
                 f"--web.listen-address={self.address.removeprefix('http://')}"],
                stdout=output, stderr=output,
            )  # fmt: skip
        wait_until("Prometheus answers", self._ready, 30)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def ask(self, expression: str) -> list[Any]:
        """The series that a query gives now. Raises AssertionError where Prometheus does not understand it."""
        answer = httpx.get(f"{self.address}/api/v1/query", params={"query": expression, "time": time.time()})
        said = json.loads(answer.text)
        assert said["status"] == "success", f"{expression}: {said}"
        found: list[Any] = said["data"]["result"]
        return found

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/-/ready", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False


def _pointed_at(targets: dict[str, str]) -> dict[str, Any]:
    """The configuration of deploy/sight with fixed addresses in place of names, asked every second."""
    configured: dict[str, Any] = yaml.safe_load((CONFIGURED / "prometheus.yml").read_text())
    configured["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    for job in configured["scrape_configs"]:
        del job["dns_sd_configs"]
        job["static_configs"] = [{"targets": [targets[job["job_name"]]]}]
    return configured
