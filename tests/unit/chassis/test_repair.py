"""What the bus lost is found again by comparing the inbox with what the producers kept (DESIGN, 3.5)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from chassis.clock import FixedClock
from chassis.feed import list_heads, read_events
from chassis.outbox import emit
from chassis.platform import Platform
from chassis.repair import MARGIN, Repair
from chassis.settings import Settings
from chassis.tables import ChassisBase, InboxRow, RepairCursorRow
from contracts.calls.feed import ListEventHeads, ReadEvents
from contracts.errors import Failed
from contracts.events import CustomerDeactivated, Event, PaymentMade, PaymentVoided
from contracts.samples import SAMPLES


class Producers:
    """Answers for the producers from their outboxes, in pages of two; `before` is called before each answer."""

    def __init__(self, **platforms: Platform) -> None:
        self.platforms = platforms
        self.before: Callable[[str], None] = lambda service: None

    def call(self, request: Any, *, service: str, **_: Any) -> Any:
        self.before(service)
        with self.platforms[service].database.reading() as session:
            if isinstance(request, ListEventHeads):
                return list_heads(session, request.model_copy(update={"limit": 2}))
            assert isinstance(request, ReadEvents)
            return read_events(session, request, service)


@pytest.fixture
def notify(platform: Platform, settings: Settings, clock: FixedClock) -> Platform:
    """A listener of customers, billing and reports, whose events the bus has all lost."""
    names = ("customers", "notify", "reports")
    made = {name: Platform(name, settings, platform.client, clock=clock) for name in names}
    for one in made.values():
        ChassisBase.metadata.create_all(one.database.engine)
    others = {name: made[name] for name in ("customers", "reports")}
    made["notify"].client = Producers(**others, billing=platform)  # type: ignore[assignment]  # answers as they do
    return made["notify"]


@pytest.fixture
def producers(notify: Platform) -> Producers:
    client: Any = notify.client
    assert isinstance(client, Producers)
    return client


def happen(platform: Platform, kind: type[Event], times: int) -> set[UUID]:
    with platform.database.transaction() as session:
        return {emit(session, SAMPLES[kind], platform.clock) for _ in range(times)}


def received(platform: Platform) -> set[UUID]:
    with platform.database.reading() as session:
        return set(session.scalars(select(InboxRow.event_id)))


def cursor(platform: Platform, producer: str) -> int:
    with platform.database.reading() as session:
        row = session.get(RepairCursorRow, producer)
        return row.cursor if row else 0


def test_a_pass_brings_everything_page_by_page(notify: Platform, producers: Producers) -> None:
    lost = happen(producers.platforms["customers"], CustomerDeactivated, 5)
    lost |= happen(producers.platforms["billing"], PaymentMade, 1)
    repair = Repair(notify)
    rounds = 1
    while repair.step():
        rounds += 1
    assert received(notify) == lost
    assert rounds == 6, "three pages, one page, a look at reports, and the end"


def test_a_producer_that_fails_does_not_hold_up_the_others(notify: Platform, producers: Producers) -> None:
    happen(producers.platforms["customers"], CustomerDeactivated, 1)
    lost = happen(producers.platforms["billing"], PaymentMade, 1)

    def fail(service: str) -> None:
        if service == "customers":
            raise Failed("The service met an error.")

    producers.before = fail
    repair = Repair(notify)
    while repair.step():
        pass
    assert received(notify) == lost


def test_the_cursor_stays_behind_what_may_still_be_committed_late(
    notify: Platform, producers: Producers, clock: FixedClock
) -> None:
    happen(producers.platforms["customers"], CustomerDeactivated, 3)
    clock.move(MARGIN * 2)
    happen(producers.platforms["customers"], CustomerDeactivated, 2)
    Repair(notify).catch_up("customers", ("CustomerDeactivated",))
    assert cursor(notify, "customers") == 3


def test_a_cursor_set_back_during_a_pass_stays_back(
    notify: Platform, producers: Producers, clock: FixedClock
) -> None:
    happen(producers.platforms["customers"], CustomerDeactivated, 2)
    clock.move(MARGIN * 2)
    repair = Repair(notify)
    repair.catch_up("customers", ("CustomerDeactivated",))
    happen(producers.platforms["customers"], CustomerDeactivated, 4)
    clock.move(MARGIN * 2)

    def set_back(_service: str) -> None:
        with notify.database.transaction() as session:
            session.execute(update(RepairCursorRow).values(cursor=0))

    producers.before = set_back
    repair.catch_up("customers", ("CustomerDeactivated",))
    assert cursor(notify, "customers") == 0


def test_the_cursor_passes_over_old_events_of_types_that_are_not_listened_to(
    notify: Platform, producers: Producers, clock: FixedClock
) -> None:
    happen(producers.platforms["billing"], PaymentVoided, 5)
    repair = Repair(notify)
    repair.catch_up("billing", ("PaymentMade",))
    assert cursor(notify, "billing") == 0, "one of the listened types may still be committed late among them"
    clock.move(MARGIN * 2)
    repair.catch_up("billing", ("PaymentMade",))
    assert cursor(notify, "billing") == 5


def test_a_producer_that_came_back_from_a_backup_is_compared_from_the_first_event_on(
    notify: Platform, producers: Producers
) -> None:
    lost = happen(producers.platforms["billing"], PaymentMade, 3)
    with notify.database.transaction() as session:
        session.add(RepairCursorRow(producer="billing", cursor=100, checked_at=notify.clock.now()))
    repair = Repair(notify)
    for _ in range(2):
        repair.catch_up("billing", ("PaymentMade",))
    assert received(notify) == lost
