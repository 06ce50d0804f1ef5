"""Guessing passwords and links over HTTP (TRUST, checks 4 and 5)."""

import time
from collections.abc import Callable

import pytest

from tests.stack.api import Api
from tests.stack.contents import refused
from tests.stack.embedded import PASSWORD, Embedded

pytestmark = pytest.mark.slow


def attempt(
    headend: Embedded, username: str, password: str = "wrong-guess-12"
) -> tuple[int, str, dict[str, str]]:
    """Status, words and headers of a wrong sign-in."""
    answer = Api(headend.address).request(
        "POST", "/sessions", json={"username": username, "password": password}
    )
    return answer.status_code, refused(answer, answer.status_code), dict(answer.headers)


def test_the_sixth_wrong_password_waits_and_an_unknown_name_is_answered_alike(headend: Embedded) -> None:
    known = [attempt(headend, "admin") for _ in range(6)]
    unknown = [attempt(headend, "nobody-by-this-name") for _ in range(6)]
    assert [status for status, _, _ in known] == [status for status, _, _ in unknown] == [401] * 5 + [429]
    assert [words for _, words, _ in known[:5]] == [words for _, words, _ in unknown[:5]]
    assert known[0][1] == known[4][1]
    for tries in (known, unknown):
        assert 1 <= int(tries[-1][2]["retry-after"]) <= 30
    right = Api(headend.address).request(
        "POST", "/sessions", json={"username": "admin", "password": PASSWORD}
    )
    refused(right, 429)


def test_an_unknown_name_costs_a_comparison_too(headend: Embedded) -> None:
    def fastest(ask: Callable[[int], object]) -> float:
        seconds = []
        for number in range(5):
            started = time.perf_counter()
            ask(number)
            seconds.append(time.perf_counter() - started)
        return min(seconds)

    nothing_compared = fastest(lambda _: Api(headend.address, "made-up-token").request("GET", "/me"))
    unknown = fastest(lambda number: attempt(headend, f"unknown-{number}"))
    assert unknown > nothing_compared + 0.005, "how long an answer takes tells whether the name is known"


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "a" * 201, "../../x", "a\nb"])
def test_a_made_up_link_sets_no_password(headend: Embedded, token: str) -> None:
    body = {"token": token, "password": "harvest-Moon-over-9"}
    answer = Api(headend.address).request("POST", "/password-links", json=body)
    refused(answer, answer.status_code)
    assert answer.status_code in (400, 422)


def test_an_endless_password_is_refused_before_it_is_hashed(headend: Embedded) -> None:
    started = time.perf_counter()
    status, _, _ = attempt(headend, "somebody", "x" * 900_000)
    assert status in (400, 422) and time.perf_counter() - started < 5
