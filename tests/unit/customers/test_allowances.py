"""How often somebody may ask: never more than the limit of a minute, and what is handed out ends with it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import FixedClock
from chassis.database import Database
from chassis.migrations import migrate, migrations_of
from customers.domain.allowances import WINDOW_SECONDS, allowance, seconds_left, window_start
from customers.domain.sign_in_refusals import TooManyRequests
from customers.usecases.purge_sign_in import purge_sign_in
from customers.usecases.take_allowance import take_allowance
from tests.unit.customers.builders import Operator

MINUTE = datetime(2026, 5, 4, 4, 0, tzinfo=UTC)
LIMIT = 600


def take(operator: Operator, key: str = "login:1", limit: int = LIMIT) -> int:
    with operator.writing() as session:
        return take_allowance(session, key, limit, operator.clock).requests


def take_all(operator: Operator, key: str = "login:1") -> int:
    """What is handed out until no more is."""
    taken = 0
    try:
        while True:
            taken += take(operator, key)
    except TooManyRequests:
        return taken


@pytest.mark.parametrize("limit", [60, 61, 600, 1200, 1_000_000])
def test_no_more_than_the_limit_is_handed_out_in_a_minute(operator: Operator, limit: int) -> None:
    taken = 0
    with pytest.raises(TooManyRequests):
        for _ in range(200):
            taken += take(operator, limit=limit)
    assert limit * 0.98 <= taken <= limit


def test_a_new_minute_begins_anew_and_the_refusal_says_when(operator: Operator) -> None:
    operator.clock.at = MINUTE + timedelta(seconds=42)
    assert take_all(operator) == LIMIT
    with pytest.raises(TooManyRequests) as refused:
        take(operator)
    assert refused.value.retry_after == 18
    operator.clock.move(timedelta(seconds=18))
    assert take_all(operator) == LIMIT


def test_everybody_is_counted_apart(operator: Operator) -> None:
    assert take_all(operator, "login:1") == take_all(operator, "login:2") == LIMIT


def test_a_replica_whose_clock_is_late_gives_no_second_helping(operator: Operator) -> None:
    operator.clock.at = MINUTE
    assert take_all(operator) == LIMIT
    operator.clock.at = MINUTE - timedelta(seconds=1)
    with pytest.raises(TooManyRequests):
        take(operator)
    operator.clock.at = MINUTE + timedelta(seconds=1)
    with pytest.raises(TooManyRequests):
        take(operator)


@given(st.integers(0, 4_000_000_000), st.integers(60, 10_000_000))
def test_what_is_handed_out_is_good_until_the_minute_ends_and_no_longer(second: int, limit: int) -> None:
    now = datetime.fromtimestamp(second, UTC)
    given_out = allowance(limit, now)
    assert 0 < given_out.seconds <= seconds_left(now) <= WINDOW_SECONDS
    assert window_start(now + timedelta(seconds=given_out.seconds - 0.001)) == window_start(now)
    assert 1 <= given_out.requests <= limit


def test_counts_of_minutes_long_over_are_forgotten(operator: Operator) -> None:
    take(operator)
    operator.clock.move(timedelta(days=1))
    with operator.writing() as session:
        purge_sign_in(session, operator.clock)
    assert take_all(operator) == LIMIT


def test_many_gateways_at_once_get_no_more_than_one(postgres_url: str) -> None:
    database = Database(postgres_url)
    migrate(database, migrations_of("customers"))
    clock = FixedClock(MINUTE)

    def ask(_: int) -> int:
        try:
            with database.transaction() as session:
                return take_allowance(session, "login:1", LIMIT, clock).requests
        except TooManyRequests:
            return 0

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(200))) == LIMIT
    database.close()
