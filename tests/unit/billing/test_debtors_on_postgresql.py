"""The statements about debtors on PostgreSQL: the list, its sums, a chosen run; promises made in the same moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import func, select

from billing.tables import Promise
from billing.triggers import APPEND_ONLY
from chassis.database import Database
from chassis.migrations import migrate, migrations_of
from contracts.calls.billing import DebtorFilter
from contracts.cards import Service
from tests.unit.billing.builders import World
from tests.unit.billing.test_debtors import listed, owe, page, preview, promise, run, summed


@pytest.fixture
def world(postgres_url: str) -> Iterator[World]:
    database = Database(postgres_url)
    migrate(database, migrations_of("billing"), APPEND_ONLY)
    yield World(database)
    database.close()


def test_lists_sums_and_chosen_runs_agree(world: World) -> None:
    branch = world.branch()
    owe(world, branch, "tv", "2026-09", "2026-10", area="Vijaya  Nagar")
    owe(world, branch, "net", "2026-11", service=Service.BROADBAND)
    promised = owe(world, branch, "kept", "2026-10")
    promise(world, promised, date(2026, 11, 30))
    assert listed(world) == ["tv", "kept", "net"]
    assert listed(world, area="vijaya nagar") == listed(world, minimum_amount="500") == ["tv"]
    assert listed(world, service_kind="broadband") == ["net"] and listed(world, promised=True) == ["kept"]
    first = page(world, limit=2)
    assert [one.crf for one in page(world, limit=2, cursor=first.next).items] == ["net"]
    assert (summed(world).customers, summed(world).totals[0].minor) == (3, 125000)
    assert (preview(world).customers, preview(world).left_out) == (2, 1)
    assert run(world, filter=DebtorFilter(older_than_months=0)) == ["tv"]
    assert sorted(run(world)) == ["net"]
    assert listed(world, not_reminded_days=1) == ["kept"]


def test_of_promises_noted_at_once_one_stands(world: World) -> None:
    customer = world.customer(world.branch())
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda day: promise(world, customer, date(2026, 11, day)), range(22, 30)))
    with world.database.reading() as session:
        standing = select(func.count()).select_from(Promise).where(Promise.withdrawn_at.is_(None))
        assert session.scalar(standing) == 1
    assert world.count(Promise) == 8
