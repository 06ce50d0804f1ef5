"""Rows that may be there already are written once, one or many at a time, with every kind of value they may have."""

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from sqlalchemy import String, Uuid, select
from sqlalchemy.exc import DataError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.columns import BigId, Json, UtcDateTime
from chassis.database import Database
from chassis.upserts import Upsert, newest_by_version


class Base(DeclarativeBase):
    """The table of this test."""


class Parcel(Base):
    """A row with a column of each type that services use."""

    __tablename__ = "parcels"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    version: Mapped[int] = mapped_column(BigId)
    label: Mapped[str | None] = mapped_column(String(8))
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    day: Mapped[date | None]
    fragile: Mapped[bool]
    content: Mapped[Any] = mapped_column(Json, nullable=True)


class Content(BaseModel):
    """A document as reactions hand it over."""

    said: str


ADD = Upsert(Parcel, lambda insert: insert.on_conflict_do_nothing().returning(Parcel.id))
NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path}/parcels.sqlite"
    made = Database(request.getfixturevalue("postgres_url") if request.param == "postgresql" else url)
    Base.metadata.create_all(made.engine)
    yield made
    made.close()


def parcel(number: int, **given: Any) -> dict[str, Any]:
    """A parcel's row."""
    row = {"id": uuid.UUID(int=number), "version": 1, "label": "box", "at": NOON, "day": NOON.date(), "fragile": False,
           "content": None}  # fmt: skip
    return row | given


def add(database: Database, rows: list[dict[str, Any]]) -> set[int]:
    """Add the rows; the numbers of those that were not there."""
    with database.transaction() as session:
        return {found.int for found in ADD.run(session, rows).scalars()}


def stored(database: Database) -> dict[int, Any]:
    """Every parcel by its number."""
    with database.reading() as session:
        return {row.id.int: row for row in session.execute(select(Parcel.__table__))}


@pytest.mark.parametrize("count", [1, 2, 500])
def test_what_is_there_already_is_left_alone(database: Database, count: int) -> None:
    assert add(database, [parcel(1, label="first")]) == {1}
    rows = [parcel(number, label="second") for number in range(1, count + 1)]
    assert add(database, rows) == set(range(2, count + 1))
    assert stored(database)[1].label == "first"
    assert len(stored(database)) == count


@pytest.mark.parametrize("neighbours", [0, 3])
def test_every_kind_of_value_comes_back_as_it_was(database: Database, neighbours: int) -> None:
    there = datetime(2026, 11, 22, 23, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    said = {"名": ["\"quoted\" \\ 'and'", 10**15, None, True, {"a": -1}]}
    rows = [parcel(1, version=2**62, label=None, at=there, day=None, fragile=True, content=said)]
    add(database, rows + [parcel(10 + other, label="ž'\\") for other in range(neighbours)])
    found = stored(database)[1]
    assert (found.version, found.label, found.at, found.day, found.fragile) == (
        2**62,
        None,
        there,
        None,
        True,
    )
    assert found.content == said
    assert all(
        row.label == "ž'\\" and row.content is None for number, row in stored(database).items() if number > 1
    )


def test_a_document_may_be_a_model(database: Database) -> None:
    add(database, [parcel(number, content=Content(said="hello")) for number in (1, 2)])
    assert [row.content for row in stored(database).values()] == [{"said": "hello"}] * 2


@pytest.mark.parametrize("count", [1, 2])
def test_a_moment_without_a_zone_is_refused(database: Database, count: int) -> None:
    with pytest.raises(Exception, match="a moment needs a time zone"):
        add(database, [parcel(number, at=NOON.replace(tzinfo=None)) for number in range(count)])


def test_a_text_that_is_too_long_is_refused_and_not_cut(postgres_url: str) -> None:
    database = Database(postgres_url)
    Base.metadata.create_all(database.engine)
    for count in (1, 2):
        with pytest.raises(DataError):
            add(database, [parcel(number, label="much too long") for number in range(count)])
    database.close()


def test_the_higher_version_wins_in_any_order(database: Database) -> None:
    newest = newest_by_version(Parcel)
    for versions in ((2, 5), (3, 4), (4, 6)):
        rows = [
            parcel(number, version=version, label=str(version)) for number, version in enumerate(versions)
        ]
        with database.transaction() as session:
            newest.run(session, rows)
    assert [(row.version, row.label) for _, row in sorted(stored(database).items())] == [(4, "4"), (6, "6")]
