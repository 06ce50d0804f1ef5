"""The second step on several replicas: a thousand guesses at once, one use, tokens that change (TRUST, 5 and 7)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.sign_in.apps import half, turn_on
from tests.stack.api import Api
from tests.stack.contents import refused
from tests.stack.embedded import PASSWORD
from tests.stack.real import Real

pytestmark = [pytest.mark.slow, pytest.mark.real_servers]
GUESSES = 1000


def test_of_a_thousand_guesses_at_once_on_two_replicas_five_are_compared(real: Real) -> None:
    before = real.admin()
    admin, app, codes = turn_on(before, PASSWORD)
    refused(before.request("GET", "/me"), 401)
    assert admin.ok("GET", "/me/two-step")["recovery_codes_left"] == len(codes) == 10
    token = half(real.address, "admin", PASSWORD)
    refused(Api(real.address, token).request("GET", "/me"), 401, "code_needed")
    callers = [Api(real.addresses[number % 2]) for number in range(16)]

    def guess(numbered: tuple[int, str]) -> str:
        number, code = numbered
        body = {"token": token, "code": code}
        answer = callers[number % len(callers)].request("POST", "/sessions/second-step", json=body)
        return str(answer.json()["code"])

    with ThreadPoolExecutor(len(callers)) as pool:
        outcomes = Counter(pool.map(guess, enumerate(app.wrong_codes(GUESSES))))
    # A run that takes long passes the first waits of 30 and 60 seconds, and each lets one more be heard.
    assert outcomes["wrong_code"] <= 7 and sum(outcomes.values()) == GUESSES
    assert set(outcomes) <= {"wrong_code", "too_many_tries", "busy"}, outcomes
    right = Api(real.address).request(
        "POST", "/sessions/second-step", json={"token": token, "code": app.code(1)}
    )
    refused(right, 429, "too_many_tries")
    admin.ok("GET", "/me")  # who is signed in goes on undisturbed


def test_a_code_typed_at_both_gateways_at_once_opens_one_session(real: Real) -> None:
    _, app, _ = turn_on(real.admin(), PASSWORD)
    halves = [half(real.address, "admin", PASSWORD) for _ in range(4)]
    code = app.code(1)

    def complete(number: int) -> int:
        caller = Api(real.addresses[number % 2])
        body = {"token": halves[number], "code": code}
        return caller.request("POST", "/sessions/second-step", json=body).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(complete, range(4))) == [201, 422, 422, 422]
