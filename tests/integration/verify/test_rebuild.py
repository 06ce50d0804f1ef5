"""`headend rebuild reports`: what the kept events make is what the live read model has, or it is put right."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from chassis.clock import SystemClock
from chassis.database import Database
from chassis.feed import read_events
from chassis.settings import Settings
from contracts.calls.feed import ReadEvents
from contracts.events import EventEnvelope
from deploy.rebuild import reports
from deploy.rebuild.reports import rebuild_reports
from deploy.rebuild.scratch import Scratch, ids_done
from deploy.verify.databases import Databases
from deploy.verify.installation import verify
from deploy.verify.waiting import left_over
from tests.integration.verify.breaks import ONE_PAYMENT
from tests.integration.verify.conftest import Kept
from tests.stack.builders import TODAY, add_plan, add_subscriber, bill, pay_all
from tests.stack.embedded import Embedded
from tests.stack.processes import wait_until

pytestmark = pytest.mark.slow


def test_after_payments_voids_and_an_erasure_nothing_differs(kept: Kept) -> None:
    done = rebuild_reports(kept.settings(), only_compare=True)
    assert (done.findings.problems, done.differing) == ([], 0)
    assert done.replayed == kept.databases.one("reports", "SELECT count(*) FROM inbox")


def test_what_differs_is_named_and_only_compared_when_asked(kept: Kept) -> None:
    kept.spoil("reports", f"DELETE FROM payments WHERE number = ({ONE_PAYMENT})")
    done = rebuild_reports(kept.settings(), only_compare=True)
    assert done.differing == 1
    assert "only the rebuilt model has it" in done.findings.problems[0]
    assert rebuild_reports(kept.settings(), only_compare=True).differing == 1


def test_what_differs_is_put_right(kept: Kept) -> None:
    kept.spoil("reports", f"DELETE FROM payments WHERE number = ({ONE_PAYMENT})")
    kept.spoil("reports", "DELETE FROM payment_voids")
    kept.spoil("reports", "UPDATE charges SET amount_minor = amount_minor + 1")
    kept.spoil("reports", "UPDATE customers_copy SET name = 'Nobody'")
    kept.spoil("reports", "UPDATE figures SET minor = minor + 1 WHERE kind = 'takings'")
    kept.spoil("reports", "INSERT INTO branches_copy SELECT '00000000000000000000000000000009', 1, 'X', 'X', card"
                          " FROM branches_copy")  # fmt: skip
    assert rebuild_reports(kept.settings()).differing > 10
    assert verify(kept.databases, settled=True).problems == []
    assert rebuild_reports(kept.settings(), only_compare=True).differing == 0


def test_a_lost_read_model_comes_back_whole(kept: Kept) -> None:
    for table in ("allocations", "payments", "payment_voids", "charges", "subscriptions_copy", "customers_copy",
                  "branches_copy", "figures"):  # fmt: skip
        kept.spoil("reports", f"DELETE FROM {table}")
    rebuild_reports(kept.settings())
    assert verify(kept.databases, settled=True).problems == []


def test_an_event_that_no_producer_keeps_is_named(kept: Kept) -> None:
    kept.spoil("billing", "DELETE FROM outbox WHERE type = 'PaymentVoided'")
    done = rebuild_reports(kept.settings(), only_compare=True)
    assert "Events that reports has done and no producer keeps: 1" in done.findings.problems[0]


def test_an_event_that_is_done_after_the_last_look_at_the_inbox_is_not_told_as_differing(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = _not_done_yet(kept, "CustomerRegistered")
    kept.spoil("reports", "DELETE FROM customers_copy WHERE version = 1")
    workers: list[threading.Thread] = []
    with closing(Database(kept.settings().database_url("reports"))) as live:

        def look(database: Database) -> Iterator[tuple[UUID]]:
            yield from ids_done(database)
            if database.engine.url == live.engine.url and waiting:
                # What the worker of an inbox does: the projection and that it is done, in one unit of work.
                done = Scratch(live, SystemClock()).replay
                workers.append(threading.Thread(target=done, args=([waiting.pop()],)))
                workers[-1].start()
                # The first look holds nobody up; later ones do, and a second is enough for whom they do not.
                workers[-1].join(1 if workers[1:] else None)

        monkeypatch.setattr(reports, "ids_done", look)
        rebuilt = rebuild_reports(kept.settings(), only_compare=True)
        for worker in workers:
            worker.join()
    assert (rebuilt.findings.problems, rebuilt.differing) == ([], 0)
    assert len(workers) > 1


def _not_done_yet(kept: Kept, kind: str) -> list[EventEnvelope]:
    """The events of a kind of customers, which reports shall not have received."""
    kept.spoil("reports", f"DELETE FROM inbox WHERE type = '{kind}'")
    kept_ids = kept.databases.rows("customers", f"SELECT event_id FROM outbox WHERE type = '{kind}'")
    ids = tuple(UUID(row[0]) for row in kept_ids)
    with closing(Database(kept.settings().database_url("customers"))) as owner, owner.reading() as session:
        return list(read_events(session, ReadEvents(ids=ids), "customers").events)


def test_while_payments_are_taken_and_reports_are_read_nothing_differs_and_none_is_lost(
    tmp_path: Path,
) -> None:
    with Embedded(tmp_path / "home", today=TODAY) as headend:
        api = headend.admin()
        plan = add_plan(api)
        people = [add_subscriber(api, plan, f"Customer {number}") for number in range(20)]
        bill(api)
        payer = threading.Thread(target=lambda: [pay_all(headend.admin(), person) for person in people])
        payer.start()
        settings, rounds = Settings(home=tmp_path / "home"), 0
        while payer.is_alive() or not rounds:
            rebuilt = rebuild_reports(settings)
            assert rebuilt.differing == 0, rebuilt.findings.problems + rebuilt.findings.under_way
            assert api.request("GET", "/dashboard").is_success
            rounds += 1
        payer.join()
        databases = Databases.of_home(tmp_path / "home")
        wait_until("everything has arrived", lambda: not left_over(databases), 120)
        assert databases.one("reports", "SELECT count(*) FROM payments") == 20
        assert verify(databases, settled=True).problems == []
