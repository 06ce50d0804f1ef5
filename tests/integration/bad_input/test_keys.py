"""The key of a payment, alone and in a crowd: one payment however often it is sent, and never more than is owed."""

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import pytest

from deploy.verify.databases import Databases, plain_id
from tests.stack.api import Api
from tests.stack.builders import Subscriber, add_plan, add_subscriber, bill
from tests.stack.contents import refused, untouched
from tests.stack.embedded import Embedded

pytestmark = pytest.mark.slow


@pytest.fixture
def customer(admin: Api) -> Subscriber:
    """Somebody who owes 1000.00 for one month."""
    found = add_subscriber(admin, add_plan(admin, code=f"K-{uuid.uuid4().hex[:8]}", price="1000.00"))
    bill(admin)
    return found


def pay(api: Api, customer: Subscriber, key: str, amount: str = "250.00", **more: Any) -> httpx.Response:
    body = {"amount": amount, "mode": "cash", **more}
    return api.request("POST", f"/customers/{customer.id}/payments", key=key, json=body)


def at_once(api: Api, number: int, ask: Any) -> list[httpx.Response]:
    """The answers to `ask(n)` for each n, all let go at the same moment; what is busy is asked again."""
    gate = Barrier(number)

    def one(n: int) -> httpx.Response:
        gate.wait()
        answer: httpx.Response = ask(n)
        while answer.status_code == 503:  # the bulkhead was full, and its Retry-After invites to come again
            assert "Retry-After" in answer.headers
            answer = ask(n)
        return answer

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def paid(headend: Embedded, customer: Subscriber) -> list[int]:
    """The customer's payments in minor units, as stored."""
    statement = f"SELECT amount_minor FROM payments WHERE customer_id = '{plain_id(customer.id)}'"
    return [int(amount) for (amount,) in Databases.of_home(headend.home).rows("billing", statement)]


def check_books(headend: Embedded, customer: Subscriber) -> None:
    """Charges minus allocations is what is open, nothing over-allocated, and the journal sums to zero."""
    databases, mine = Databases.of_home(headend.home), f"customer_id = '{plain_id(customer.id)}'"
    charges = databases.rows("billing", f"SELECT id, amount_minor, settled_minor FROM charges WHERE {mine}")
    for charge_id, amount, settled in charges:
        standing = (
            f"SELECT coalesce(sum(amount_minor), 0) FROM allocations WHERE charge_id = '{charge_id}'"
            " AND payment_id NOT IN (SELECT payment_id FROM payment_voids)"
        )
        assert settled == databases.one("billing", standing) <= amount
    entries = databases.rows(
        "billing", "SELECT entry_id, sum(amount_minor) FROM journal_lines GROUP BY entry_id"
    )
    assert [entry for entry in entries if entry[1] != 0] == []


@pytest.mark.parametrize("key", [None, ""])
def test_a_payment_without_a_key_is_refused(
    headend: Embedded, admin: Api, customer: Subscriber, key: str | None
) -> None:
    headers = {"Authorization": f"Bearer {admin.token}"} | ({} if key is None else {"Idempotency-Key": key})
    path, body = f"/customers/{customer.id}/payments", {"amount": "250.00", "mode": "cash"}
    with untouched(headend):
        assert "Idempotency-Key" in refused(admin.http.post(path, json=body, headers=headers), 400)


@pytest.mark.parametrize("key", ["k" * 256, "a b", "a\tb"])
def test_a_key_that_is_none_is_refused(headend: Embedded, admin: Api, customer: Subscriber, key: str) -> None:
    with untouched(headend):
        refused(pay(admin, customer, key), 400, field="Idempotency-Key")


def test_the_same_key_again_gets_the_same_answer_and_says_so(
    headend: Embedded, admin: Api, customer: Subscriber
) -> None:
    key = str(uuid.uuid4())
    first = pay(admin, customer, key)
    with untouched(headend):
        again = pay(admin, customer, key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert again.headers["Location"] == first.headers["Location"]


@pytest.mark.parametrize(
    "other",
    [{"amount": "251.00"}, {"mode": "online", "reference": "R-1"}, {"service": "cable_tv"}],
    ids=lambda other: next(iter(other)),
)
def test_the_same_key_with_another_body_is_refused(
    headend: Embedded, admin: Api, customer: Subscriber, other: dict[str, str]
) -> None:
    key = str(uuid.uuid4())
    assert pay(admin, customer, key).status_code == 201
    with untouched(headend):
        refused(pay(admin, customer, key, **other), 422, "idempotency_key_reused", "Idempotency-Key")


def test_the_same_key_for_another_customer_is_refused(
    headend: Embedded, admin: Api, customer: Subscriber
) -> None:
    key, other = str(uuid.uuid4()), add_subscriber(admin, add_plan(admin, code="K-OTHER"))
    bill(admin)
    assert pay(admin, customer, key).status_code == 201
    with untouched(headend):
        refused(pay(admin, other, key), 422, "idempotency_key_reused")


def test_a_refused_payment_does_not_use_its_key_up(admin: Api, customer: Subscriber) -> None:
    key = str(uuid.uuid4())
    refused(pay(admin, customer, key, amount="1.00"), 422, "payment_below_minimum")
    assert pay(admin, customer, key).status_code == 201


def test_a_fee_with_the_same_key_is_raised_once(headend: Embedded, admin: Api, customer: Subscriber) -> None:
    path, body = f"/customers/{customer.id}/charges", {"category": "installation", "amount": "99.00"}
    first = admin.ok("POST", path, key="fee-1", json=body)
    with untouched(headend):
        assert admin.ok("POST", path, key="fee-1", json=body)["id"] == first["id"]
        other = {**body, "amount": "98.00"}
        refused(admin.request("POST", path, key="fee-1", json=other), 422, "idempotency_key_reused")
        refused(admin.request("POST", path, json=body), 400)


def test_fifty_clicks_at_once_with_one_key_are_one_payment(
    headend: Embedded, admin: Api, customer: Subscriber
) -> None:
    key = str(uuid.uuid4())
    answers = at_once(admin, 50, lambda _: pay(admin, customer, key))
    assert {answer.status_code for answer in answers} <= {201, 409}
    made = [answer for answer in answers if answer.status_code == 201]
    assert len([answer for answer in made if "Idempotent-Replayed" not in answer.headers]) == 1
    assert len({answer.json()["payment_number"] for answer in made}) == 1
    assert paid(headend, customer) == [25000]
    check_books(headend, customer)


def test_thirty_payments_at_once_never_take_more_than_is_owed(
    headend: Embedded, admin: Api, customer: Subscriber
) -> None:
    answers = at_once(admin, 30, lambda n: pay(admin, customer, f"{customer.id}-{n}", amount="300.00"))
    outcomes = Counter((answer.status_code, answer.json().get("code")) for answer in answers)
    assert outcomes == {(201, None): 3, (422, "payment_exceeds_dues"): 27}
    assert paid(headend, customer) == [30000] * 3
    numbers = sorted(answer.json()["invoice_number"] for answer in answers if answer.status_code == 201)
    assert len(set(numbers)) == 3
    assert admin.ok("GET", f"/customers/{customer.id}/dues")["total"] == "100.00"
    check_books(headend, customer)


def test_one_reference_pays_for_one_of_many_customers_at_once(headend: Embedded, admin: Api) -> None:
    plan = add_plan(admin, code="K-REFERENCE")
    customers = [add_subscriber(admin, plan, f"Payer {n}") for n in range(8)]
    bill(admin)
    online = {"mode": "online", "reference": "UTR-CROWD"}
    answers = at_once(admin, 8, lambda n: pay(admin, customers[n], f"crowd-{n}", **online))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 422: 7}
    assert sum(len(paid(headend, customer)) for customer in customers) == 1


def test_a_payment_voided_by_many_at_once_is_reversed_once(
    headend: Embedded, admin: Api, customer: Subscriber
) -> None:
    number = pay(admin, customer, str(uuid.uuid4())).json()["payment_number"]
    body = {"reason": "typing error"}
    answers = at_once(admin, 8, lambda _: admin.request("POST", f"/payments/{number}/void", json=body))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 7}
    assert admin.ok("GET", f"/customers/{customer.id}/dues")["total"] == "1000.00"
    check_books(headend, customer)
