"""The dashboard's figures stay exact on PostgreSQL while many projections, adding up and counting anew run at once."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from contracts.cards import PaymentMode, SubscriptionStatus
from contracts.events import Event, SubscriptionChanged
from reports.jobs import keep_figures
from tests.unit.reports.projections.test_figures import (
    BRANCHES,
    CHARGES,
    DAYS,
    LINES,
    PEOPLE,
    figures,
    straight_from,
)
from tests.unit.reports.story import ReportsHouse, apply, paid, raised, voided


def a_busy_month(chance: random.Random) -> list[Event]:
    events: list[Event] = []
    for branch in BRANCHES:
        own = {person.id for person in PEOPLE if person.branch_id == branch.id}
        events.append(raised(branch, *(charge for charge in CHARGES if charge.customer_id in own)))
    for line in LINES:
        for version in range(1, 9):
            changed = {"version": version, "status": chance.choice(list(SubscriptionStatus)),
                       "expires_on": chance.choice(DAYS)}  # fmt: skip
            events.append(SubscriptionChanged(subscription=line.model_copy(update=changed)))
    for number in range(30):
        person = chance.choice(PEOPLE)
        branch = next(one for one in BRANCHES if one.id == person.branch_id)
        charge = chance.choice([charge for charge in CHARGES if charge.customer_id == person.id])
        payment = paid(
            number, branch, person, [(charge, 100 + number)], chance.choice(DAYS), PaymentMode.CASH
        )
        events += [payment, voided(payment)] if number % 2 else [payment]
    return events


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_many_at_once_lose_and_double_nothing(tmp_path: Path, postgres_url: str, seed: int) -> None:
    house = ReportsHouse(tmp_path, postgres_url)
    chance = random.Random(seed)
    events = a_busy_month(chance)
    chance.shuffle(events)
    works: list[Callable[[], None]] = [lambda event=event: _react(house, event) for event in events]  # type: ignore[misc]  # bound at once
    for _ in range(8):
        works.insert(chance.randrange(len(works)), lambda: _count_anew(house))
        works.insert(chance.randrange(len(works)), lambda: _keep(house))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda work: work(), works))
    with house.database.reading() as session:
        assert figures(session) == straight_from(events)
    house.close()


def _react(house: ReportsHouse, event: Event) -> None:
    with house.database.transaction() as session:
        apply(session, [event])


def _keep(house: ReportsHouse) -> None:
    keep_figures(house.platform)


def _count_anew(house: ReportsHouse) -> None:
    with house.database.transaction() as session:
        session.execute(text("DELETE FROM jobs WHERE state = 'done' OR lease_until < now()"))
    try:
        keep_figures(house.platform)
    except OperationalError as error:  # the job's claim may be gone by now
        raise AssertionError(str(error)) from error
