"""A claim of a few messages costs the same behind any number of them: a month's reminders wait for hours."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from chassis.clock import SystemClock
from chassis.database import Database
from chassis.tables import ChassisBase
from notify.tables import Base
from notify.usecases.claim_messages import claim_messages
from tests.integration.plans import plans_of

pytestmark = pytest.mark.real_servers

WAITING = """
INSERT INTO messages (id, event_id, mail_id, template, channel, priority, recipient, locale, subject, body, trace,
    occurred_at, created_at, state, attempts, next_attempt_at, repeated)
SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'dues', 'email', n % 2, n || '@example.org', 'en', '',
    '{}', '', now(), now() + n * interval '1 ms', 'queued', 0, '1970-01-01', false FROM generate_series(1, 20000) n
"""
"""As they are queued: due at once, so that every one has the same `next_attempt_at`."""


def test_a_claim_sorts_nothing(postgres_url: str) -> None:
    database, clock = Database(postgres_url), SystemClock()
    for base in (ChassisBase, Base):
        base.metadata.create_all(database.engine)
    with database.engine.begin() as connection:
        connection.execute(text(WAITING))

    def claim() -> None:
        with database.transaction() as session:
            assert len(claim_messages(session, uuid4(), clock, most=20, per_minute=1_000)) == 20

    taking = [plan for plan in plans_of(database, claim) if "LockRows" in plan and "messages" in plan]
    database.close()
    assert taking
    for plan in taking:
        assert "Sort" not in plan, plan
