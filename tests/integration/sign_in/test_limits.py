"""The limit of a minute holds over all gateways together (TRUST, check 22)."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.stack.api import Api
from tests.stack.builders import TODAY
from tests.stack.real import Real

pytestmark = [pytest.mark.slow, pytest.mark.real_servers]
LIMIT = 120


@pytest.fixture
def limited(tmp_path: Path, service_databases: dict[str, str], amqp_uri: str) -> Iterator[Real]:
    """Two gateways and two replicas with a low limit."""
    with Real(
        tmp_path / "home", service_databases, amqp_uri, replicas=2, gateways=2, today=TODAY,
        requests_per_minute=str(LIMIT),
    ) as running:  # fmt: skip
        yield running


def test_no_more_than_the_limit_gets_through_in_a_minute_over_two_gateways(limited: Real) -> None:
    token = limited.admin().token
    callers = [Api(limited.addresses[number % 2], token) for number in range(8)]
    time.sleep(60 - time.time() % 60 + 0.5)  # a minute of the clock begins
    begun = time.time()

    def ask(number: int) -> tuple[int, str | None]:
        answer = callers[number % len(callers)].request("GET", "/me")
        return answer.status_code, answer.headers.get("Retry-After")

    with ThreadPoolExecutor(len(callers)) as pool:
        found = list(pool.map(ask, range(3 * LIMIT)))
    assert time.time() - begun < 55, "this machine is too slow for the test"
    statuses = Counter(status for status, _ in found)
    assert set(statuses) == {200, 429}
    assert LIMIT * 0.8 <= statuses[200] <= LIMIT
    assert all(after is not None and 1 <= int(after) <= 60 for status, after in found if status == 429)
