"""People who keep a house busy while it is being broken: they pay, register, owe fees and are reminded."""

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.scenarios.payers import History, Payer, click
from tests.stack.api import Api, BalancedApi
from tests.stack.builders import PERIOD, add_plan

PRICE, PART = "25000.00", "250.00"
"""A month's price and what each payment pays of it: a customer can pay a hundred times."""
CUSTOMERS = 20
PATIENCE = 150.0
"""Longest time that a client tries again: the longest outage, a restart of everything, and a slow machine."""


@dataclass(frozen=True)
class Attempt:
    """One request and its answer; status 0 when the connection broke."""

    at: float
    method: str
    path: str
    status: int
    seconds: float


class WatchedApi(BalancedApi):
    """A caller that notes every attempt. Safe for threads."""

    def __init__(self, addresses: Sequence[str], token: str = "", log: list[Attempt] | None = None) -> None:
        super().__init__(addresses, token)
        self.attempts = [] if log is None else log

    def sign_in(self, username: str, password: str) -> "WatchedApi":
        """Another caller, signed in, who notes into the same list."""
        return WatchedApi(self._addresses, Api.sign_in(self, username, password).token, self.attempts)

    def request(self, method: str, path: str, *, key: str | None = None, **arguments: Any) -> httpx.Response:
        """One request, noted."""
        began, status = time.monotonic(), 0
        try:
            answer = super().request(method, path, key=key, **arguments)
            status = answer.status_code
            return answer
        finally:
            took = time.monotonic() - began
            self.attempts.append(Attempt(began, method, path, status, took))


def prepare_customers(api: Api) -> list[str]:
    """Customers who owe a hundred times what a payment pays."""
    plan = add_plan(api, "TV-INSTALMENTS", PRICE)
    ids = []
    for number in range(CUSTOMERS):
        body = {"name": f"Payer {number}", "email": f"payer{number}@example.com"}
        customer = api.ok("POST", "/customers", json=body)["id"]
        api.ok("POST", f"/customers/{customer}/subscriptions",
               json={"plan_id": plan, "started_on": f"{PERIOD}-01"})  # fmt: skip
        ids.append(customer)
    run = api.ok("POST", "/billing-runs", json={"period": PERIOD})
    api.finished(f"/billing-runs/{run['id']}")
    return ids


@dataclass
class Registration:
    """A customer who was registered and owes a fee: what was answered."""

    crf: str
    customer_id: str = ""
    fee_charged: bool = False


@dataclass
class Load:
    """The clients. What they were answered stays in `history`, `registrations` and `trouble`."""

    api: WatchedApi
    customers: list[str]
    seed: int
    payers: int = 3
    pause: float = 0.6
    """Seconds between the payments of one payer."""
    history: History = field(default_factory=History)
    registrations: list[Registration] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    runs: int = 0
    _turns: int = 0

    @property
    def tried(self) -> int:
        """Operations tried so far, however often each was sent."""
        return (
            len(self.history.answers) + len(self.history.refusals) + 2 * len(self.registrations) + self.runs
        )

    @contextmanager
    def running(self) -> Iterator[None]:
        """Clients work until the block ends; each one then ends what it has begun, trying again as long as it takes."""
        self._turns += 1
        ended = threading.Event()
        lives = [lambda dice: self.pay_once(dice)] * self.payers + [self._register, self._remind]
        pauses = [self.pause] * self.payers + [self.pause * 3, 5.0]
        threads = [
            threading.Thread(target=self._live, args=(ended, life, pause, number), daemon=True)
            for number, (life, pause) in enumerate(zip(lives, pauses, strict=True))
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            for thread in threads:
                thread.join(PATIENCE + 30)
            if any(thread.is_alive() for thread in threads):
                self.trouble.append("a client did not come to an end")

    def pay_once(self, dice: random.Random, *, clicks: int = 0) -> Payer:
        """One payment of somebody, clicked twice by one in ten, tried until it is answered."""
        reference = uuid.UUID(int=dice.getrandbits(128)).hex
        online = dice.random() < 0.3
        payer = Payer(
            customer_id=dice.choice(self.customers), crf=reference[:8], due_minor=0, amount_minor=25000,
            mode="online" if online else "cash", reference=f"UPI-{reference}" if online else None,
            key=f"fault-{reference}", clicks=clicks or (2 if dice.random() < 0.1 else 1),
        )  # fmt: skip
        presses = [
            threading.Thread(target=click, args=(self.api, payer, self.history, PATIENCE))
            for _ in range(payer.clicks)
        ]
        for press in presses:
            press.start()
        for press in presses:
            press.join()
        return payer

    def register(self, email: str, crf: str) -> Registration:
        """Register somebody once, and charge them a fee with a key of its own."""
        found = Registration(crf)
        self.registrations.append(found)
        body = {"name": f"Newcomer {crf}", "email": email, "crf": crf}
        answer = self.api.stubbornly("POST", "/customers", json=body, seconds=PATIENCE)
        if answer.is_success:
            found.customer_id = answer.json()["id"]
        else:  # an earlier try may have been carried out: then the number is taken, by this very customer
            found.customer_id = self._customer_with(crf)
        if not found.customer_id:
            self.trouble.append(f"registration of {crf}: {answer.status_code} {answer.text[:300]}")
            return found
        fee = {"category": "installation", "amount": PART}
        path = f"/customers/{found.customer_id}/charges"
        charged = self.api.stubbornly("POST", path, key=f"fee-{crf}", json=fee, seconds=PATIENCE)
        found.fee_charged = charged.is_success
        if not charged.is_success:
            self.trouble.append(f"fee of {crf}: {charged.status_code} {charged.text[:300]}")
        return found

    def remind(self) -> None:
        """A dunning run; one that is under way is waited for."""
        answer = self.api.stubbornly("POST", "/dunning-runs", json={}, seconds=PATIENCE)
        self.runs += 1
        if not answer.is_success:
            self.trouble.append(f"dunning run: {answer.status_code} {answer.text[:300]}")

    def _live(
        self, ended: threading.Event, life: Callable[[random.Random], object], pause: float, number: int
    ) -> None:
        dice = random.Random(f"{self.seed}:{self._turns}:{number}")
        while not ended.is_set():
            began = time.monotonic()
            try:
                life(dice)
            except Exception as error:  # noqa: BLE001 - noted, and a problem of this fault
                self.trouble.append(f"{type(error).__name__}: {str(error)[:300]}")
            # Whoever waits long for an answer comes less often: mails cost more than payments on a slow machine.
            ended.wait(max(pause, 4 * min(2.0, time.monotonic() - began)) * (0.5 + dice.random()))

    def _register(self, dice: random.Random) -> None:
        crf = f"F{dice.getrandbits(40):010X}"
        self.register(f"{crf.lower()}@example.com", crf)

    def _remind(self, _dice: random.Random) -> None:
        self.remind()

    def _customer_with(self, crf: str) -> str:
        with suppress(httpx.HTTPError):
            found = self.api.stubbornly("GET", "/customers", params={"search": crf}, seconds=PATIENCE)
            if found.is_success:
                matching = [one["id"] for one in found.json()["items"] if one["crf"] == crf]
                return str(matching[0]) if matching else ""
        return ""
