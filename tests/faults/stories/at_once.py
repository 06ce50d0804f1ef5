"""Fault 16 and those besides: many at once for one key, one debt, one run."""

import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx

from tests.faults.house import House
from tests.faults.load import PART, PATIENCE
from tests.faults.trial import Trial, fault
from tests.scenarios.payers import Payer, click
from tests.stack.api import Api
from tests.stack.people import add_staff

Answer = httpx.Response


def all_at_once(count: int, one: Callable[[int], Answer]) -> list[Answer]:
    """So many requests, begun together; broken connections are left out."""
    started = threading.Barrier(min(count, 200))

    def begin(number: int) -> Answer | None:
        if number < 200:
            started.wait(30)
        try:
            return one(number)
        except httpx.HTTPError:
            return None

    with ThreadPoolExecutor(min(count, 200)) as pool:
        return [answer for answer in pool.map(begin, range(count)) if answer is not None]


@fault("16", "a thousand requests at once with one key, another body, one debt")
def thousand_at_once(trial: Trial) -> None:
    """One key and body: one 201, and for all others 409, 503 or the same answer replayed. The key with another body:
    422. A key each for one debt: no more is allocated than is owed. A full house answers 503, which is safe to repeat.
    """
    house, count = trial.house, int(trial.pick(200, 1000))
    with trial.inspected(house, load=False):
        _same_key(trial, house, count)
        _one_debt(trial, house, count)


def _payer(house: House, dice: random.Random, customer_id: str = "") -> Payer:
    return Payer(
        customer_id=customer_id or dice.choice(house.load.customers), crf="", due_minor=0, amount_minor=25000,
        mode="cash", reference=None, key=f"at-once-{uuid.uuid4().hex}", clicks=1,
    )  # fmt: skip


def _same_key(trial: Trial, house: House, count: int) -> None:
    payer = _payer(house, trial.dice)
    path = f"/customers/{payer.customer_id}/payments"
    trial.injected += ["the same key and body"] * count
    answers = all_at_once(count, lambda _: house.api.request("POST", path, key=payer.key, json=payer.body))
    statuses = Counter(answer.status_code for answer in answers)
    trial.note(f"one key: {dict(statuses)}")
    trial.demand(
        set(statuses) <= {200, 201, 409, 503}, f"One key and body was answered with {dict(statuses)}"
    )
    fresh = [one for one in answers if one.is_success and "Idempotent-Replayed" not in one.headers]
    trial.demand(len(fresh) <= 1, f"{len(fresh)} answers of one key say that they made the payment")
    bodies = {one.text for one in answers if one.is_success}
    click(house.api, payer, house.load.history, PATIENCE)
    trial.demand(len(bodies) <= 1, f"One key was answered in {len(bodies)} ways")
    trial.injected += ["the same key, another body"] * (count // 2)
    other = payer.body | {"amount": "300.00"}
    answers = all_at_once(count // 2, lambda _: house.api.request("POST", path, key=payer.key, json=other))
    statuses = Counter(answer.status_code for answer in answers)
    trial.note(f"another body: {dict(statuses)}")
    trial.demand(set(statuses) <= {422, 503}, f"Another body for the key was answered with {dict(statuses)}")
    trial.figures.tried += count + count // 2


def _one_debt(trial: Trial, house: House, count: int) -> None:
    debtor = _debtor(house)
    payers = [_payer(house, trial.dice, customer_id=debtor) for _ in range(count)]
    trial.injected += ["a key each for one debt"] * count
    _all_pay(trial, house, payers)


def _debtor(house: House) -> str:
    """Somebody who owes just what one payment pays."""
    mark = uuid.uuid4().hex[:9].upper()
    return house.load.register(f"debtor-{mark.lower()}@example.com", f"D{mark}").customer_id


def _all_pay(trial: Trial, house: House, payers: Sequence[Payer]) -> None:
    """Each with a key of their own, all that is open of one customer: one is taken, the others are told so."""
    path = f"/customers/{payers[0].customer_id}/payments"

    def post(number: int) -> Answer:
        payer = payers[number]
        return house.api.stubbornly("POST", path, key=payer.key, json=payer.body, seconds=PATIENCE)

    answers = all_at_once(len(payers), post)
    taken = [(place, one) for place, one in enumerate(answers) if one.is_success]
    statuses = Counter(answer.status_code for answer in answers)
    trial.note(f"one debt: {dict(statuses)}")
    trial.findings.same("Payments taken for one debt", len(taken), 1)
    trial.demand(set(statuses) <= {201, 422}, f"Payments for one debt were answered with {dict(statuses)}")
    numbers = {one.json()["payment_number"] for _, one in taken}
    paid = house.databases.rows("billing", "SELECT number, idempotency_key FROM payments")
    keys: dict[str, str] = dict(paid)
    for payer in payers:
        house.load.history.answers += [(payer, n, False) for n in numbers if keys.get(n) == payer.key]
    trial.figures.tried += len(payers)


@fault("cashiers", "two cashiers take the same dues at once")
def two_cashiers(trial: Trial) -> None:
    """Both press at the same moment: the dues are paid once, and the other cashier is told that nothing is open any
    more.
    """
    house = trial.house
    branch = next(one["id"] for one in house.api.pages("/branches") if one["code"] == "MAIN")
    with trial.inspected(house, load=False):
        cashiers = [_cashier(house, branch, name) for name in ("asha", "bela")]
        for _ in range(int(trial.pick(5, 50))):
            debtor = _debtor(house)
            trial.inject("two cashiers at once")
            payers = [_payer(house, trial.dice, customer_id=debtor) for _ in cashiers]
            press = partial(_press, cashiers, payers)
            answers = all_at_once(2, press)
            statuses = sorted(answer.status_code for answer in answers)
            trial.findings.same("What two cashiers were answered", statuses, [201, 422])
            for payer, answer in zip(payers, answers, strict=True):
                if answer.is_success:
                    house.load.history.answers.append((payer, answer.json()["payment_number"], False))
            trial.figures.tried += 2


def _press(cashiers: Sequence[Api], payers: Sequence[Payer], number: int) -> Answer:
    path = f"/customers/{payers[number].customer_id}/payments"
    return cashiers[number].stubbornly(
        "POST", path, key=payers[number].key, json={"amount": PART, "mode": "cash"}
    )


def _cashier(house: House, branch_id: str, name: str) -> Api:
    class Door:
        address = house.real.address
        mails = house.post_office.mails

    return add_staff(Door(), house.api, f"{name}-{uuid.uuid4().hex[:6]}", "cashier", branch_id)


@fault("runs", "two billing runs of one month at once")
def two_runs(trial: Trial) -> None:
    """Started together from two desks, again and again: one is taken and the other told that it is under way, or
    finds nothing left to charge; no subscription is charged twice.
    """
    house = trial.house
    with trial.inspected(house):
        for place in range(int(trial.pick(2, 10))):
            trial.inject("two billing runs at once")
            month = f"2026-{10 - place % 8:02d}" if place else "2026-12"
            answers = all_at_once(2, partial(_start_run, house, month))
            statuses = Counter(answer.status_code for answer in answers)
            trial.demand(set(statuses) <= {202, 409, 503}, f"Two runs were answered with {dict(statuses)}")
            trial.demand(bool(statuses[202]), f"No run was taken: {dict(statuses)}")
            for answer in answers:
                if answer.status_code == 202:
                    house.api.finished(f"/billing-runs/{answer.json()['id']}")
            trial.figures.tried += 2


def _start_run(house: House, month: str, _number: int) -> Answer:
    return house.api.request("POST", "/billing-runs", json={"period": month})
