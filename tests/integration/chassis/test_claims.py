"""Many at once claim the same key or job, on PostgreSQL and on SQLite: one gets it (RULES, payments: the key)."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chassis import idempotency, jobs
from chassis.clock import SystemClock
from chassis.platform import Platform
from chassis.rpc_client import RpcClient
from chassis.settings import Settings
from chassis.tables import ChassisBase
from contracts.calls import Done
from contracts.calls.billing import StartBillingRun

REQUEST = StartBillingRun(period="2026-11", idempotency_key="k")
CALLERS = 8


@pytest.fixture(params=["sqlite", "postgresql"])
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Platform]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    settings = Settings(home=tmp_path, billing_database_url=url)
    made = Platform("billing", settings, RpcClient("memory://", name="test"), clock=SystemClock())
    ChassisBase.metadata.create_all(made.database.engine)
    yield made
    made.database.close()


def carry_out(platform: Platform) -> Done | None:
    """The earlier answer, or None for who did the work."""
    with platform.database.transaction() as session:
        earlier = idempotency.claim(session, "admin", "k", REQUEST, Done, platform.clock)
        if earlier is None:
            time.sleep(0.05)
            idempotency.remember(session, "admin", "k", Done())
    return earlier


def test_of_many_callers_with_one_key_one_does_the_work(platform: Platform) -> None:
    with ThreadPoolExecutor(CALLERS) as pool:
        answers = list(pool.map(lambda _: carry_out(platform), range(CALLERS)))
    assert answers.count(None) == 1
    assert answers.count(Done()) == CALLERS - 1


def test_of_many_replicas_one_claims_a_job(platform: Platform) -> None:
    with ThreadPoolExecutor(CALLERS) as pool:
        claims = list(pool.map(lambda _: jobs.claim(platform, "status", "2026-11-21"), range(CALLERS)))
    assert sum(claim is not None for claim in claims) == 1
