"""Who pays what, decided by hash and seed, and what each was answered."""

import hashlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from contracts.money import Money
from tests.scenarios.telco import TelcoCustomer
from tests.stack.api import Api

MINIMUM_MINOR = 2000


@dataclass(frozen=True)
class Payer:
    """A payment to be made. `clicks`: how many times at once with the same key."""

    customer_id: str
    crf: str
    due_minor: int
    amount_minor: int
    mode: str
    reference: str | None
    key: str
    clicks: int

    @property
    def body(self) -> dict[str, Any]:
        """As it is posted."""
        amount = Money.of(self.amount_minor, "USD").decimal_text()
        said = {"amount": amount, "mode": self.mode}
        return said | ({"reference": self.reference} if self.reference else {})


@dataclass
class History:
    """Every 2xx answer to a payment: (payer, payment number, replayed); and how long each first answer took."""

    answers: list[tuple[Payer, str, bool]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def keys(self) -> dict[str, set[str]]:
        """The payment numbers that each key was answered with."""
        found: dict[str, set[str]] = {}
        for payer, number, _ in list(self.answers):
            found.setdefault(payer.key, set()).add(number)
        return found


def choose_payers(customers: Sequence[TelcoCustomer], ids: dict[str, str], seed: int) -> list[Payer]:
    """Two thirds of those who owe; one in ten pays a part above the minimum; one in eight clicks twice."""
    return [
        _payer(customer, ids[customer.crf], seed)
        for customer in customers
        if not customer.churned and _draw(seed, "pays", customer.crf) % 3 != 0
    ]


def _payer(customer: TelcoCustomer, customer_id: str, seed: int) -> Payer:
    due, crf = customer.price_minor, customer.crf
    part = _draw(seed, "part", crf) % 10 == 0 and due > MINIMUM_MINOR
    amount = MINIMUM_MINOR + _draw(seed, "amount", crf) % (due - MINIMUM_MINOR) if part else due
    online = _draw(seed, "mode", crf) % 3 == 0
    return Payer(
        customer_id=customer_id, crf=crf, due_minor=due, amount_minor=amount, mode="online" if online else "cash",
        reference=f"UPI-{crf}" if online else None, key=f"pay-{seed}-{crf}",
        clicks=2 if _draw(seed, "clicks", crf) % 8 == 0 else 1,
    )  # fmt: skip


def _draw(seed: int, what: str, crf: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}:{what}:{crf}".encode()).digest()[:8], "big")


def pay(api: Api, payer: Payer, history: History, seconds: float) -> None:
    """Look up the dues, then pay, as often as the payer clicks; the history says what came of it."""
    try:
        dues = api.stubbornly("GET", f"/customers/{payer.customer_id}/dues", seconds=seconds)
    except httpx.HTTPError as error:
        with history.lock:
            history.refusals.append(f"{payer.crf}: no answer about dues for {seconds:.0f} s, {error!r}")
        return
    owed = Money.of(payer.due_minor, "USD").decimal_text()
    if not dues.is_success or dues.json()["total"] != owed:
        with history.lock:
            history.refusals.append(f"{payer.crf} should owe {owed}: {dues.status_code} {dues.text[:300]}")
        return
    clicks = [
        threading.Thread(target=click, args=(api, payer, history, seconds)) for _ in range(payer.clicks)
    ]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()


def click(api: Api, payer: Payer, history: History, seconds: float) -> None:
    """Post the payment until it is answered; the history says what came of it."""
    began = time.monotonic()
    path = f"/customers/{payer.customer_id}/payments"
    try:
        answer = api.stubbornly("POST", path, key=payer.key, json=payer.body, seconds=seconds)
    except httpx.HTTPError as error:
        with history.lock:
            history.refusals.append(f"{payer.crf}: no answer for {seconds:.0f} s, {error!r}")
        return
    took = time.monotonic() - began
    with history.lock:
        if answer.is_success:
            replayed = answer.headers.get("Idempotent-Replayed") == "true"
            history.answers.append((payer, answer.json()["payment_number"], replayed))
            history.seconds.append(took)
        else:
            history.refusals.append(f"{payer.crf}: {answer.status_code} {answer.text[:300]}")
