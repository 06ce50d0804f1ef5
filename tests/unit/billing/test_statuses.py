"""Statuses by the dates, and stops, as stories."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from billing.domain.moves import MoveNotAllowed
from billing.tables import SubscriptionMove
from billing.usecases.move_subscription import move_subscription
from contracts.calls.billing import (
    MoveSubscription,
)
from contracts.cards import Proration, SubscriptionStatus
from contracts.events import SubscriptionChanged
from tests.unit.billing.builders import World


def stop(world: World, subscription_id: UUID, to: SubscriptionStatus, reason: str = "Asked for") -> str:
    request = MoveSubscription(subscription_id=subscription_id, to=to, reason=reason)
    return world.do(move_subscription, request).status


def test_on_the_first_of_a_month_nobody_turns_inactive_who_has_nothing_to_pay(world: World) -> None:
    branch = world.branch()
    customer = world.customer(branch)
    subscription = world.subscription(customer, world.plan(branch), date(2026, 11, 3))
    world.bill("2026-11")
    world.pay(customer, "250.00")
    world.on(2026, 12, 1).bill("2026-10")
    assert world.status(subscription.id) == ("active", date(2026, 11, 30))


def test_unpaid_turns_inactive_after_the_expiry_and_suspended_after_sixty_days(world: World) -> None:
    branch = world.branch()
    customer = world.customer(branch)
    subscription = world.subscription(customer, world.plan(branch), date(2026, 11, 21))
    assert world.status(subscription.id)[0] == "applied"
    seen = []
    for day in (date(2026, 11, 21), date(2026, 11, 22), date(2027, 1, 20), date(2027, 1, 21)):
        world.on(day.year, day.month, day.day).bill("2026-11")
        seen.append(world.status(subscription.id)[0])
    assert seen == ["active", "inactive", "inactive", "suspended"]
    world.pay(customer, "250.00")
    assert world.status(subscription.id)[0] == "active"


def test_every_move_leaves_a_row_and_a_higher_version(world: World) -> None:
    branch = world.branch()
    customer = world.customer(branch)
    world.subscription(customer, world.plan(branch), date(2026, 11, 3))
    world.bill("2026-11")
    world.pay(customer, "250.00")
    with world.database.reading() as session:
        moves = session.execute(
            select(SubscriptionMove.from_status, SubscriptionMove.to_status).order_by(
                SubscriptionMove.from_status.is_not(None), SubscriptionMove.from_status
            )
        )
        assert [tuple(row) for row in moves] == [
            (None, "applied"), ("applied", "inactive"), ("inactive", "active"),
        ]  # fmt: skip
    versions = [event.subscription.version for event in world.told(SubscriptionChanged)]
    assert versions == sorted(set(versions))


def test_a_month_charged_late_takes_the_expiry_back(world: World) -> None:
    branch = world.branch()
    customer = world.customer(branch)
    subscription = world.subscription(customer, world.plan(branch), date(2026, 10, 1))
    world.bill("2026-11")
    world.pay(customer, "250.00")
    assert world.status(subscription.id)[1] == date(2026, 11, 30)
    world.bill("2026-10")
    assert world.status(subscription.id) == ("inactive", date(2026, 10, 1))


def test_a_complimentary_month_counts_as_settled(world: World) -> None:
    branch = world.branch()
    subscription = world.subscription(world.customer(branch), world.plan(branch), date(2026, 11, 3), "0.00")
    world.bill("2026-11")
    assert world.status(subscription.id) == ("active", date(2026, 11, 30))


def test_whole_months_of_stop_are_not_charged(world: World) -> None:
    branch = world.branch()
    subscription = world.subscription(world.customer(branch), world.plan(branch), date(2026, 9, 1))
    world.on(2026, 9, 15)
    assert stop(world, subscription.id, SubscriptionStatus.VOLUNTARY_STOP) == "voluntary_stop"
    world.on(2026, 11, 21)
    stop(world, subscription.id, SubscriptionStatus.ACTIVE)
    for period in ("2026-09", "2026-10", "2026-11"):
        world.bill(period)
    assert [period for period, _, _ in world.charges()] == ["2026-09", "2026-11"]


def test_days_of_stop_are_taken_off_with_daily_proration(world: World) -> None:
    branch = world.branch(proration=Proration.DAILY)
    subscription = world.subscription(
        world.customer(branch), world.plan(branch, price="300.00"), date(2026, 10, 1)
    )
    world.on(2026, 11, 11)
    stop(world, subscription.id, SubscriptionStatus.VOLUNTARY_STOP)
    world.on(2026, 11, 21)
    stop(world, subscription.id, SubscriptionStatus.ACTIVE)
    world.bill("2026-11")
    assert world.charges() == [("2026-11", 20000, 0)]


def test_a_closed_subscription_stays_closed_whatever_is_paid(world: World) -> None:
    branch = world.branch()
    customer = world.customer(branch)
    subscription = world.subscription(customer, world.plan(branch), date(2026, 11, 1))
    world.bill("2026-11")
    assert stop(world, subscription.id, SubscriptionStatus.CLOSED) == "closed"
    world.pay(customer, "250.00")
    assert world.status(subscription.id) == ("closed", date(2026, 11, 30))
    world.bill("2026-12")
    assert len(world.charges()) == 1
    with pytest.raises(MoveNotAllowed):
        stop(world, subscription.id, SubscriptionStatus.ACTIVE)
