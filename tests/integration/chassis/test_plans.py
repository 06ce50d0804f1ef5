"""Looking for work stays cheap when a year of done rows lies behind it (DESIGN, 3.2 and 3.4)."""

from pathlib import Path

import pytest
from sqlalchemy import text

from chassis.clock import SystemClock
from chassis.inbox import InboxWorker
from chassis.keys import KeyFolder
from chassis.measuring import Measuring
from chassis.platform import Platform
from chassis.reactions import Reactions
from chassis.relay import Relay
from chassis.rpc_client import RpcClient
from chassis.settings import Settings
from chassis.tables import ChassisBase
from tests.integration.plans import plans_of

DONE_ROWS = """
INSERT INTO inbox (event_id, type, producer, occurred_at, trace, body, received_at, state, attempts, next_attempt_at)
SELECT gen_random_uuid(), 'PaymentMade', 'billing', now(), '', '{}', now(), 'done', 1, now()
FROM generate_series(1, 20000);
INSERT INTO outbox (event_id, type, occurred_at, trace, body, next_attempt_at, attempts, sent_at)
SELECT gen_random_uuid(), 'PaymentMade', now(), '', '{}', now(), 1, now()
FROM generate_series(1, 20000);
"""

BACKLOG = """
INSERT INTO inbox (event_id, type, producer, occurred_at, trace, body, received_at, state, attempts, next_attempt_at)
SELECT gen_random_uuid(), 'PaymentMade', 'billing', now(), '', '{}', now() + n * interval '1 ms', 'pending', 0,
    '1970-01-01' FROM generate_series(1, 20000) n;
INSERT INTO outbox (event_id, type, occurred_at, trace, body, next_attempt_at, attempts)
SELECT gen_random_uuid(), 'PaymentMade', now(), '', '{}', '1970-01-01', 0
FROM generate_series(1, 20000);
"""
"""Events as they are written: due at once, so that every one has the same `next_attempt_at`."""


@pytest.fixture
def platform(postgres_url: str, tmp_path: Path) -> Platform:
    settings = Settings(home=tmp_path, billing_database_url=postgres_url)
    KeyFolder(settings.keys_folder).make_missing(("billing",))
    made = Platform("billing", settings, RpcClient("memory://", name="test"), clock=SystemClock())
    ChassisBase.metadata.create_all(made.database.engine)
    return made


@pytest.mark.parametrize("table", ["inbox", "outbox"])
def test_looking_for_work_reads_only_what_is_open(platform: Platform, table: str) -> None:
    with platform.database.engine.begin() as connection:
        connection.execute(text(DONE_ROWS))
    look = InboxWorker(platform, Reactions({})).step if table == "inbox" else Relay(platform).step
    plans = plans_of(platform.database, look)
    assert plans
    for plan in plans:
        assert f"Seq Scan on {table}" not in plan, plan


@pytest.mark.parametrize("table", ["inbox", "outbox"])
def test_a_claim_costs_no_more_behind_a_long_queue(platform: Platform, table: str) -> None:
    """Whoever sorts what waits pays for the whole queue at each claim of a few: the square of the queue in all."""
    with platform.database.engine.begin() as connection:
        connection.execute(text(BACKLOG))
    look = InboxWorker(platform, Reactions({})).step if table == "inbox" else Relay(platform).step
    taking = [plan for plan in plans_of(platform.database, look) if "LockRows" in plan]
    assert taking
    for plan in taking:
        assert "Sort" not in plan, plan


def test_measuring_what_waits_reads_only_what_is_open(platform: Platform) -> None:
    with platform.database.engine.begin() as connection:
        connection.execute(text(DONE_ROWS))
    measuring = Measuring(platform, lambda _session, _clock: None)
    plans = plans_of(platform.database, measuring.step)
    assert len(plans) >= 5
    for plan in plans:
        assert "Seq Scan on inbox" not in plan and "Seq Scan on outbox" not in plan, plan
