"""The processes of one gateway tell their figures together, whichever of them is asked."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.sight.scraped import scrape
from tests.ports import free_port
from tests.stack.processes import Process, clean_environment, wait_until

BROKER_AWAY = "amqp://nobody:nothing@127.0.0.1:1/"
_CONNECTIONS = 12
"""Each is a new connection, which any of the workers may take."""


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[tuple[Process, str]]:
    port = free_port()
    environment = clean_environment(mode="real", home=str(tmp_path), port=str(port), amqp_uri=BROKER_AWAY)
    environment["TMPDIR"] = str(tmp_path)
    process = Process("gateway", ["gateway", "--workers", "2"], environment, tmp_path / "output.txt")
    process.start()
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until("the gateway answers", lambda: answers(address), 30)
        yield process, address
    finally:
        process.kill()


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/live", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def test_requests_of_all_processes_are_told_by_each_and_the_end_leaves_no_files(
    gateway: tuple[Process, str], tmp_path: Path
) -> None:
    process, address = gateway
    before = scrape(address).total("headend_http_requests_total", route="/health/live")
    for _ in range(_CONNECTIONS):
        httpx.get(f"{address}/health/live")
    told = [
        scrape(address).total("headend_http_requests_total", route="/health/live")
        for _ in range(_CONNECTIONS)
    ]
    assert set(told) == {before + _CONNECTIONS}
    found = scrape(address)
    assert found.total("process_resident_memory_bytes") > 5e7
    assert found.total("process_cpu_seconds_total") > 0
    assert list(tmp_path.glob("headend-metrics-*"))
    process.terminate()
    assert not list(tmp_path.glob("headend-metrics-*"))
