"""After a restore numbers that may be on paper are skipped; the gap is kept, and the next number comes after it."""

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from billing.tables import NumberGap
from billing.usecases.skip_numbers import skip_numbers
from contracts.cards import BranchCard, CustomerCard
from tests.unit.billing.builders import World


def skip(world: World, count: int) -> None:
    with world.database.transaction() as session:
        skip_numbers(session, count, [2026], "Set back.", world.actor, world.clock)


def test_the_next_number_comes_after_the_gap(world: World, deepa: CustomerCard) -> None:
    skip(world, 40)
    assert world.pay(deepa, "250.00").invoice_number.endswith("-2026-000041")


def test_each_gap_is_kept_with_its_reason(world: World, branch: BranchCard) -> None:
    skip(world, 40)
    skip(world, 5)
    with world.database.reading() as session:
        gaps = session.execute(
            select(NumberGap.series, NumberGap.first, NumberGap.last, NumberGap.reason).order_by(
                NumberGap.series, NumberGap.first
            )
        ).all()
    assert [tuple(gap) for gap in gaps] == [
        ("invoice", 1, 40, "Set back."), ("invoice", 41, 45, "Set back."),
        ("payment", 1, 40, "Set back."), ("payment", 41, 45, "Set back."),
    ]  # fmt: skip


def test_a_gap_cannot_be_taken_back(world: World, branch: BranchCard) -> None:
    skip(world, 40)
    with pytest.raises(DBAPIError, match="only added to"), world.database.transaction() as session:
        session.execute(delete(NumberGap))
