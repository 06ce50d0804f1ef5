"""Requests as clients send them: one after the other, or at a pace that does not wait for answers."""

import http.client
import json
import queue
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

Answer = tuple[int, bytes]


class Client:
    """One kept-alive connection, as lean as Python allows: the bench shares its processors with what it measures."""

    def __init__(self, address: str, token: str, trust: ssl.SSLContext | None = None) -> None:
        """`trust`: whose certificates are believed, for an address that is https."""
        place = urlsplit(address).netloc
        self._connection = (
            http.client.HTTPSConnection(place, timeout=30, context=trust)
            if trust
            else http.client.HTTPConnection(place, timeout=30)
        )
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def get(self, path: str) -> Answer:
        """Status and body of a GET."""
        return self._send("GET", path, None, {})

    def post(self, path: str, body: dict[str, Any], key: str) -> Answer:
        """Status and body of a POST with an idempotency key."""
        return self._send("POST", path, json.dumps(body), {"Idempotency-Key": key})

    def _send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        self._connection.request(method, f"/api/v1{path}", body, self._headers | headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()


@dataclass
class Waits:
    """How long each answer took, in seconds, and whatever was not as it should be."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    lasted: float = 0.0

    @property
    def a_second(self) -> float:
        """The rate."""
        return len(self.seconds) / self.lasted

    def check(self) -> "Waits":
        """Itself. Raises AssertionError where an answer was wrong: a figure with refusals in it means nothing."""
        assert not self.wrong, (
            f"{len(self.wrong)} of {len(self.seconds)} went wrong, the first: {self.wrong[0]}"
        )
        return self


Work = Callable[[Client, Any], Answer]


def one_by_one(client: Client, work: Work, items: Iterable[Any]) -> Waits:
    """One client, each request when the one before is answered."""
    waits, began = Waits(), time.perf_counter()
    for item in items:
        _measure(client, work, item, time.perf_counter(), waits)
    waits.lasted = time.perf_counter() - began
    return waits


def all_at_once(clients: Sequence[Client], work: Work, items: Iterable[Any], seconds: float) -> Waits:
    """Every client sends as fast as it is answered, until the time is up or nothing is left."""
    waits, lock, source = Waits(), threading.Lock(), iter(items)
    began = time.perf_counter()

    def live(client: Client) -> None:
        while time.perf_counter() < began + seconds:
            with lock:
                item = next(source, None)
            if item is None:
                return
            _measure(client, work, item, time.perf_counter(), waits)

    _in_threads([partial(live, client) for client in clients])
    waits.lasted = time.perf_counter() - began
    return waits


def paced(clients: Sequence[Client], work: Work, items: Sequence[Any], a_second: float) -> Waits:
    """Requests at their moments, whether or not earlier ones are answered; waits count from the moment."""
    waits, due = Waits(), queue.SimpleQueue[tuple[Any, float] | None]()
    began = time.perf_counter()

    def live(client: Client) -> None:
        while (entry := due.get()) is not None:
            _measure(client, work, entry[0], entry[1], waits)

    def feed() -> None:
        for place, item in enumerate(items):
            moment = began + place / a_second
            time.sleep(max(0.0, moment - time.perf_counter()))
            due.put((item, moment))
        for _ in clients:
            due.put(None)

    _in_threads([feed, *(partial(live, client) for client in clients)])
    waits.lasted = time.perf_counter() - began
    return waits


def _measure(client: Client, work: Work, item: Any, began: float, waits: Waits) -> None:
    status, body = work(client, item)
    waits.seconds.append(time.perf_counter() - began)
    if status >= 300:
        waits.wrong.append(f"{status} {body[:300]!r}")


def _in_threads(lives: Sequence[Callable[[], None]]) -> None:
    errors: list[BaseException] = []

    def guarded(live: Callable[[], None]) -> None:
        try:
            live()
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for the threads
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(live,)) for live in lives]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
