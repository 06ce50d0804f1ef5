"""After databases went back in time: what they must not do again, and what their listeners have still to hear.

The same is done after `headend restore` and after a recovery to a point in time (docs/backup.md).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from kombu.exceptions import OperationalError
from sqlalchemy import select, update

from chassis.bus import connection, inbox_queue
from chassis.clock import SystemClock
from chassis.database import DUE_AT_ONCE
from chassis.feed import read_events
from chassis.inbox import InboxWorker, receive
from chassis.platform import Platform
from chassis.rpc_client import RpcClient
from chassis.settings import Settings, WrongSetting
from chassis.tables import InboxRow, OutboxRow
from contracts.actor import service_actor
from contracts.calls.feed import ReadEvents
from contracts.topology import LISTENERS, producers_for
from deploy.house import service_class
from deploy.verify.databases import listeners_first

_AT_ONCE = 200
_RESTORER = service_actor("restore")


@dataclass(frozen=True)
class Lost:
    """What was done after the moment that the databases stand at, and is lost: so much may be out in the world.

    `numbers` of each branch and series may be on paper already, and are skipped.
    """

    since: datetime
    numbers: int


def settle_restored(
    settings: Settings, lost: Lost | None, tell: Callable[[str], None] = lambda _: None
) -> None:
    """Bring listeners to where their producers stand; nothing may run meanwhile. `lost` None: nothing was done since.

    What was lost shall not be done twice: messages that may have been sent since are held, numbers that may have been
    given are skipped, and what opened a session then opens none now. Raises WrongSetting.
    """
    if not settings.embedded:
        purge_queues(settings.amqp_uri, declare=settings.bus_declare)
        tell("RabbitMQ: the queues of events are empty")
    for service in reversed(listeners_first()):  # producers first: what they hear may make them say something
        count = _catch_up(settings, service)
        tell(f"{service}: {count} events brought from the others")
    if lost is None:
        return
    _hold_messages(settings, lost, tell)
    if lost.numbers:
        _skip_numbers(settings, lost, tell)
    _sign_everybody_out(settings, lost)
    tell("Everybody signs in again.")


def purge_queues(amqp_uri: str, *, declare: bool) -> None:
    """Forget the events that RabbitMQ holds: they are of a time that the databases do not know. Raises WrongSetting.

    `declare`: whether queues that are missing may be made (HEADEND_BUS_DECLARE).
    """
    try:
        with connection(amqp_uri) as broker:
            channel = broker.channel()
            for service, events in LISTENERS.items():
                if events:
                    queue = inbox_queue(service, amqp_uri)(channel)
                    if declare:
                        queue.declare()
                    queue.purge()
    except (OSError, OperationalError) as error:
        raise WrongSetting(
            f"RabbitMQ does not answer ({error}); start it, as its queues are to be emptied."
        ) from None


@contextmanager
def _platform(settings: Settings, service: str) -> Iterator[Platform]:
    platform = Platform(service, settings, RpcClient(settings.amqp_uri, name="restore", seconds=1.0))
    try:
        yield platform
    finally:
        platform.database.close()


def _catch_up(settings: Settings, listener: str) -> int:
    """Let the listener react to every kept event of its producers; returns how many it had not received."""
    if not LISTENERS[listener]:
        return 0
    taken = 0
    with _platform(settings, listener) as platform:
        for producer, types in producers_for(listener).items():
            with _platform(settings, producer) as owner:
                taken += _take_missing(platform, owner, types)
        _make_due(platform)
        worker = InboxWorker(platform, service_class(listener).reactions)
        while worker.step() or _due(platform):
            pass
    return taken


def _take_missing(platform: Platform, owner: Platform, types: tuple[str, ...]) -> int:
    taken = place = 0
    while True:
        with owner.database.reading() as session:
            rows = session.execute(
                select(OutboxRow.id, OutboxRow.event_id)
                .where(OutboxRow.id > place, OutboxRow.type.in_(types))
                .order_by(OutboxRow.id)
                .limit(_AT_ONCE)
            ).all()
        if not rows:
            return taken
        place = rows[-1].id
        taken += _receive(platform, owner, [row.event_id for row in rows])


def _receive(platform: Platform, owner: Platform, ids: list[UUID]) -> int:
    with platform.database.reading() as session:
        known = set(session.scalars(select(InboxRow.event_id).where(InboxRow.event_id.in_(ids))))
    missing = [one for one in ids if one not in known]
    taken = 0
    while missing:
        with owner.database.reading() as session:
            events = read_events(session, ReadEvents(ids=tuple(missing)), owner.service).events
        with platform.database.transaction() as session:
            taken += receive(session, events, platform, way="restore")
        read = {event.id for event in events}
        missing = [one for one in missing if one not in read]
    return taken


def _make_due(platform: Platform) -> None:
    """Nobody else is at work, so whatever waits, or was in somebody's hands at that moment, is due now."""
    with platform.database.transaction() as session:
        session.execute(
            update(InboxRow)
            .where(InboxRow.state == "pending")
            .values(next_attempt_at=DUE_AT_ONCE, lease_token=None, attempts=0),
            execution_options={"synchronize_session": False},
        )


def _due(platform: Platform) -> bool:
    """Whether something was not tried yet; what failed once is left to the running service."""
    with platform.database.reading() as session:
        waiting = select(InboxRow.event_id).where(InboxRow.state == "pending", InboxRow.attempts == 0)
        return session.execute(waiting.limit(1)).first() is not None


def _hold_messages(settings: Settings, lost: Lost, tell: Callable[[str], None]) -> None:
    from notify.usecases.hold_messages import hold_messages

    reason = (
        f"Held back: the databases were set back to {lost.since:%Y-%m-%d %H:%M} UTC, and it may have been sent since. "
        "Send it again if it was not."
    )
    with _transaction(settings, "notify") as session:
        count = hold_messages(session, reason)
    tell(f"{count} messages are held back, as they may have been sent since; staff can send them again.")


def _skip_numbers(settings: Settings, lost: Lost, tell: Callable[[str], None]) -> None:
    from billing.usecases.skip_numbers import skip_numbers
    from customers.usecases.sign_everybody_out import skip_counters

    clock = SystemClock(settings.today)
    years = range(lost.since.year, clock.today("UTC").year + 1)
    reason = f"Set back to {lost.since:%Y-%m-%d %H:%M} UTC; these numbers may have been given since."
    with _transaction(settings, "billing") as session:
        skip_numbers(session, lost.numbers, years, reason, _RESTORER, clock)
    with _transaction(settings, "customers") as session:
        skip_counters(session, lost.numbers)
    tell(f"{lost.numbers} numbers of each branch and series are skipped.")


def _sign_everybody_out(settings: Settings, lost: Lost) -> None:
    from customers.usecases.sign_everybody_out import sign_everybody_out

    with _transaction(settings, "customers") as session:
        sign_everybody_out(session, SystemClock())


@contextmanager
def _transaction(settings: Settings, service: str) -> Iterator[Any]:
    with _platform(settings, service) as platform, platform.database.transaction() as session:
        yield session
