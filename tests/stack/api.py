"""The REST API as a test uses it: a signed-in caller, plain JSON."""

import itertools
import ssl
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import httpx


class Api:
    """A caller of the API. Answers are JSON; `ok` insists on a 2xx."""

    def __init__(self, address: str, token: str = "", *, trust: ssl.SSLContext | None = None) -> None:
        """`trust`: whose certificates are believed, where not everybody's."""
        self.address, self.token, self.trust = address, token, trust
        self.http = httpx.Client(base_url=f"{address}/api/v1", timeout=30, verify=trust or True)

    def sign_in(self, username: str, password: str) -> "Api":
        """Another caller, signed in."""
        opened = self.ok("POST", "/sessions", json={"username": username, "password": password})
        return Api(self.address, opened["token"], trust=self.trust)

    def request(self, method: str, path: str, *, key: str | None = None, **arguments: Any) -> httpx.Response:
        """One request, whatever the answer. httpx.HTTPError passes through."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if key:
            headers["Idempotency-Key"] = key
        return self.http.request(method, path, headers=headers, **arguments)

    def ok(self, method: str, path: str, *, key: str | None = None, **arguments: Any) -> Any:
        """The JSON of a 2xx answer. Raises AssertionError with the problem otherwise."""
        answer = self.request(method, path, key=key, **arguments)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None

    def stubbornly(self, method: str, path: str, *, key: str | None = None, seconds: float = 90.0,
                   **arguments: Any) -> httpx.Response:  # fmt: skip
        """The same request with the same key until there is an answer that is not 503 or a broken connection."""
        key = key or str(uuid.uuid4())
        deadline = time.monotonic() + seconds
        while True:
            try:
                answer = self.request(method, path, key=key, **arguments)
                if answer.status_code not in (409, 429, 502, 503, 504) or time.monotonic() > deadline:
                    return answer
            except httpx.HTTPError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.2)

    def pages(self, path: str, **params: Any) -> Iterator[Any]:
        """Every item of a list, page by page."""
        cursor = None
        while True:
            page = self.ok("GET", path, params={**params, **({"cursor": cursor} if cursor else {})})
            yield from page["items"]
            cursor = page["next"]
            if not cursor:
                return

    def finished(self, path: str, seconds: float = 120.0) -> Any:
        """A run or report when it has ended. Raises AssertionError when it does not, or failed."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            answer = self.request("GET", path)
            if answer.is_success and answer.json()["state"] in ("done", "failed"):
                assert answer.json()["state"] == "done", answer.text
                return answer.json()
            time.sleep(0.1)
        raise AssertionError(f"{path} did not end within {seconds:.0f} s")


class BalancedApi(Api):
    """An Api in front of several gateways: each request goes to the next one, as behind a load balancer."""

    def __init__(self, addresses: Sequence[str], token: str = "") -> None:
        super().__init__(addresses[0], token)
        self._addresses = addresses
        clients = [self.http, *(Api(address).http for address in addresses[1:])]
        self._next = itertools.cycle(clients)

    def sign_in(self, username: str, password: str) -> "BalancedApi":
        """Another caller, signed in."""
        return BalancedApi(self._addresses, super().sign_in(username, password).token)

    def request(self, method: str, path: str, *, key: str | None = None, **arguments: Any) -> httpx.Response:
        """One request to the gateway whose turn it is."""
        self.http = next(self._next)
        return super().request(method, path, key=key, **arguments)
