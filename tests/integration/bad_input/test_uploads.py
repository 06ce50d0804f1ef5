"""Bodies that are too much, sent to the gateway under gunicorn: refused soon and in little memory (TRUST, 18).

No service and no broker run: whoever sends such a body never gets so far.
"""

import gzip
import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import psutil
import pytest

from tests.ports import free_port
from tests.stack.processes import HEADEND, Process, clean_environment, wait_until

pytestmark = pytest.mark.slow
SECONDS, MEMORY = 2.0, 60_000_000
"""Of the gateway's processor, as a machine that tests share may make it wait; bytes that it may grow by."""
PATIENCE = 60.0
ENDLESS = 10_000_000_000
"""Bytes that are offered; nobody takes them all."""
JSON = {"Content-Type": "application/json"}


class Gateway:
    """The real gateway on a port of its own, and what it takes."""

    def __init__(self, process: Process, port: int) -> None:
        self.process, self.port = process, port
        self.address = f"http://127.0.0.1:{port}"

    def memory(self) -> int:
        """Bytes that gunicorn and its workers hold."""
        return sum(one.memory_info().rss for one in self._processes())

    def worked(self) -> float:
        """Seconds that they have computed so far."""
        return sum(sum(one.cpu_times()[:2]) for one in self._processes())

    def _processes(self) -> list[psutil.Process]:
        whole = psutil.Process(self.process.pid)
        return [whole, *whole.children(recursive=True)]

    def answers(self) -> bool:
        """Whether it is up."""
        try:
            return httpx.get(f"{self.address}/health/live", timeout=PATIENCE).status_code == 200
        except httpx.HTTPError:
            return False


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """gunicorn, as `headend gateway` starts it."""
    home, port = tmp_path_factory.mktemp("gateway"), free_port()
    environment = clean_environment(
        mode="real", home=str(home), port=str(port), amqp_uri=f"amqp://a:b@127.0.0.1:{free_port()}/"
    )
    subprocess.run([*HEADEND, "keys"], env=environment, check=True, capture_output=True)
    process = Process("gateway", ["gateway"], environment, home / "gateway.log")
    process.start()
    running = Gateway(process, port)
    try:
        wait_until("the gateway answers", running.answers, 240)
        for _ in range(8):  # what each worker loads once is loaded now
            httpx.post(f"{running.address}/api/v1/sessions", json={}, timeout=PATIENCE)
            httpx.get(f"{running.address}/sign-in", timeout=PATIENCE)
        yield running
    finally:
        process.kill()


@pytest.fixture
def bounded(gateway: Gateway) -> Iterator[Gateway]:
    """Fails the test when it took too long, or the gateway grew, or is gone."""
    before, worked = gateway.memory(), gateway.worked()
    yield gateway
    assert gateway.worked() - worked < SECONDS
    assert gateway.memory() - before < MEMORY
    assert gateway.answers()


def pour(gateway: Gateway, path: str, framing: str, piece: Callable[[bytes], bytes]) -> tuple[str, int]:
    """Offer an endless body; the status line that came, and how many bytes were taken until then."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{framing}\r\n\r\n"
    data, sent, answer = piece(b" " * 65_536), 0, b""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE) as line:
        line.sendall(head.encode())
        line.setblocking(False)
        until = time.monotonic() + PATIENCE
        left = data
        while sent < ENDLESS and time.monotonic() < until:
            try:
                answer += line.recv(65_536)
                break
            except BlockingIOError:
                pass
            except ConnectionError:
                break
            try:
                taken = line.send(left)
                sent, left = sent + taken, left[taken:] or data
            except BlockingIOError:
                time.sleep(0.001)
            except ConnectionError:
                break
    return answer.split(b"\r\n", 1)[0].decode(), sent


def chunked(piece: bytes) -> bytes:
    return f"{len(piece):x}\r\n".encode() + piece + b"\r\n"


@pytest.mark.parametrize("path", ["/api/v1/sessions", "/api/v1/password-links"])
def test_a_chunked_body_without_end_is_413(bounded: Gateway, path: str) -> None:
    status, taken = pour(bounded, path, "Transfer-Encoding: chunked", chunked)
    assert status.startswith("HTTP/1.1 413") and taken < 50_000_000


def test_a_body_that_is_announced_as_too_large_is_413_before_it_is_sent(bounded: Gateway) -> None:
    answer = pour(bounded, "/api/v1/sessions", f"Content-Length: {ENDLESS}", lambda piece: piece)
    assert answer[0].startswith("HTTP/1.1 413") and answer[1] < 50_000_000


def test_a_page_takes_no_endless_form_either(bounded: Gateway) -> None:
    status, taken = pour(bounded, "/sign-in", f"X: y\r\nContent-Length: {ENDLESS}", lambda piece: piece)
    assert status.startswith("HTTP/1.1 413") and taken < 50_000_000


@pytest.mark.parametrize(
    "body",
    ["[" * 900_000, '{"a":' * 180_000, json.dumps({str(number): number for number in range(60_000)}),
     '{"username": ' + "1" * 900_000 + "}", json.dumps({"username": "x" * 900_000, "password": "p"})],
    ids=["brackets", "objects", "60,000 fields", "long number", "long text"],
)  # fmt: skip
def test_json_that_nobody_writes_is_refused_in_a_sentence(bounded: Gateway, body: str) -> None:
    answer = httpx.post(f"{bounded.address}/api/v1/sessions", content=body, headers=JSON, timeout=PATIENCE)
    assert answer.status_code in (400, 422) and answer.json()["detail"]
    assert len(answer.content) < 20_000


@pytest.mark.parametrize("kind", ["fields", "parts", "file"])
def test_a_form_with_more_than_a_form_has_is_refused(bounded: Gateway, kind: str) -> None:
    many = {f"f{number}": "x" for number in range(60_000)}
    sent = {
        "fields": {"data": many}, "parts": {"data": dict(list(many.items())[:5_000]), "files": {"x": b"y"}},
        "file": {"files": {"x": b"\0" * 990_000}},
    }[kind]  # fmt: skip
    answer = httpx.post(f"{bounded.address}/sign-in", timeout=PATIENCE, **sent)  # type: ignore[arg-type]  # either form of it
    assert answer.status_code in (403, 413, 422)


def test_a_packed_body_is_not_unpacked(bounded: Gateway) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    headers = {**JSON, "Content-Encoding": "gzip"}
    answer = httpx.post(f"{bounded.address}/api/v1/sessions", content=bomb, headers=headers, timeout=PATIENCE)
    assert answer.status_code in (400, 415)


def test_headers_and_addresses_have_an_end(bounded: Gateway) -> None:
    for path, headers in (("/health/live", {"X": "y" * 100_000}), (f"/sign-in?next={'x' * 60_000}", {})):
        with suppress(httpx.RemoteProtocolError):  # cut off, which is an answer too
            answer = httpx.get(f"{bounded.address}{path}", headers=headers, timeout=PATIENCE)
            assert answer.status_code in (400, 414, 431)
