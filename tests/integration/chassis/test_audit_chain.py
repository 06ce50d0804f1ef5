"""Whoever alters, removes or swaps rows of the audit log is found out, on both databases."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from chassis.audit_chain import AUDIT, AUDIT_LOG, CHUNK, chain_some, check_chain, head_of
from chassis.database import Database
from chassis.tables import ChassisBase
from chassis.triggers import make_triggers

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path}/audit.sqlite"
    made = Database(request.getfixturevalue("postgres_url") if request.param == "postgresql" else url)
    ChassisBase.metadata.create_all(made.engine)
    yield made
    made.close()


def row(**other: Any) -> dict[str, Any]:
    return {
        "at": AT, "trace": "t", "subject": "staff:1", "role": "cashier", "via": "", "call": "record_payment",
        "kind": "payment", "object_id": "MAIN-P1", "customer_id": UUID(int=7), "branch_id": None, "outcome": "done",
        "detail": {"amount_minor": 25000, "fields": ["name", "é陈"]},
    } | other  # fmt: skip


def write(database: Database, count: int) -> None:
    with database.transaction() as session:
        session.execute(AUDIT.insert(), [row(object_id=f"P{number}") for number in range(count)])


def chain(database: Database) -> None:
    more = True
    while more:
        with database.transaction() as session:
            more = chain_some(session)


def problems(database: Database, **known: Any) -> list[str]:
    with database.reading() as session:
        return [problem.sentence for problem in check_chain(session, **known)]


def change(database: Database, statement: Any) -> None:
    with database.transaction() as session:
        session.execute(statement)


def test_a_log_that_nobody_touched_has_no_problem(database: Database) -> None:
    for count in (3, CHUNK + 5):
        write(database, count)
        chain(database)
    assert problems(database, now=AT) == []
    with database.reading() as session:
        assert (head := head_of(session)) is not None
        assert head.sequence == CHUNK + 8


def test_the_chain_reads_the_same_from_both_databases(tmp_path: Path, postgres_url: str) -> None:
    heads = []
    for url in (f"sqlite:///{tmp_path}/audit.sqlite", postgres_url):
        database = Database(url)
        ChassisBase.metadata.create_all(database.engine)
        write(database, 3)
        chain(database)
        with database.reading() as session:
            heads.append(head_of(session))
        database.close()
    assert heads[0] == heads[1]


ALTERED: list[tuple[str, Any]] = [
    ("at", AT + timedelta(microseconds=1)), ("trace", "u"), ("subject", "staff:2"), ("role", "admin"), ("via", "x"),
    ("call", "void_payment"), ("kind", "charge"), ("object_id", "P0"), ("customer_id", None), ("branch_id", uuid4()),
    ("outcome", "forbidden"), ("detail", {"amount_minor": 1}), ("hash", "0" * 64),
]  # fmt: skip


@pytest.mark.parametrize(("column", "value"), ALTERED)
def test_a_row_that_was_altered_is_named(database: Database, column: str, value: Any) -> None:
    write(database, 5)
    chain(database)
    change(database, update(AUDIT).where(AUDIT.c.sequence == 3).values({column: value}))
    assert problems(database)[0] == "Row 3 (number 3) is not as it was written."


def test_a_row_that_was_removed_is_missed(database: Database) -> None:
    write(database, 5)
    chain(database)
    change(database, delete(AUDIT).where(AUDIT.c.sequence.in_([2, 3])))
    assert problems(database) == ["Numbers 2 to 3 are missing."]


def test_an_end_that_was_cut_off_is_missed_by_who_kept_the_head(database: Database) -> None:
    write(database, 5)
    chain(database)
    with database.reading() as session:
        head = head_of(session)
    assert head is not None
    known = {head.sequence: head.hash}
    assert problems(database, known=known) == []
    change(database, delete(AUDIT).where(AUDIT.c.sequence == 5))
    assert problems(database) == []
    assert problems(database, known=known) == ["Number 5, whose hash was told before, is missing."]


def test_a_chain_that_was_made_anew_differs_from_a_head_that_was_kept(database: Database) -> None:
    write(database, 5)
    chain(database)
    with database.reading() as session:
        head = head_of(session)
    assert head is not None
    change(database, update(AUDIT).values(sequence=None, hash=None))
    change(database, update(AUDIT).where(AUDIT.c.id == 2).values(subject="staff:9"))
    chain(database)
    assert problems(database) == []
    assert len(problems(database, known={head.sequence: head.hash})) == 1


def test_a_row_that_commits_late_is_chained_when_it_is_seen(database: Database) -> None:
    with database.transaction() as session:
        session.execute(AUDIT.insert(), [row(id=5)])
    chain(database)
    with database.transaction() as session:
        session.execute(AUDIT.insert(), [row(id=2)])
    chain(database)
    assert problems(database, now=AT) == []
    with database.reading() as session:
        assert session.execute(select(AUDIT.c.id).order_by(AUDIT.c.sequence)).scalars().all() == [5, 2]


def test_rows_that_nobody_chains_are_told(database: Database) -> None:
    write(database, 2)
    assert problems(database, now=AT + timedelta(minutes=5)) == []
    assert len(problems(database, now=AT + timedelta(hours=1))) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET subject = 'x'", "DELETE FROM audit", "UPDATE audit SET hash = 'x'",
        "UPDATE audit SET sequence = 9", "UPDATE audit SET sequence = NULL",
    ],
)  # fmt: skip
def test_the_database_itself_refuses_changes(database: Database, statement: str) -> None:
    with database.engine.begin() as connection:
        make_triggers(connection, (AUDIT_LOG,))
    write(database, 2)
    chain(database)
    with pytest.raises(DBAPIError, match="only added to"), database.transaction() as session:
        session.execute(text(statement))
    assert problems(database) == []


def test_two_replicas_do_not_chain_at_once(postgres_url: str) -> None:
    one, other = Database(postgres_url), Database(postgres_url)
    ChassisBase.metadata.create_all(one.engine)
    write(one, CHUNK + 1)
    with one.transaction() as session:
        assert chain_some(session)
        with other.transaction() as second:
            assert not chain_some(second)
    chain(other)
    assert problems(one) == []
    one.close()
    other.close()


Damage = Callable[[Database, int, int], None]


def swap(database: Database, first: int, second: int) -> None:
    """Exchange what two rows say, leaving each its place in the chain."""
    said = [column.name for column in AUDIT.columns if column.name not in ("id", "sequence", "hash")]
    with database.transaction() as session:
        contents = {
            found.sequence: {name: getattr(found, name) for name in said}
            for found in session.execute(select(AUDIT).where(AUDIT.c.sequence.in_([first, second])))
        }
        for at, other in ((first, second), (second, first)):
            session.execute(update(AUDIT).where(AUDIT.c.sequence == at).values(contents[other]))


def renumber(database: Database, first: int, second: int) -> None:
    """Exchange the places of two rows in the chain, hashes and all."""
    for at, to in ((first, 10_000), (second, first), (10_000, second)):
        change(database, update(AUDIT).where(AUDIT.c.sequence == at).values(sequence=to))


def remove(database: Database, first: int, _second: int) -> None:
    change(database, delete(AUDIT).where(AUDIT.c.sequence == first))


def alter(database: Database, first: int, _second: int) -> None:
    change(database, update(AUDIT).where(AUDIT.c.sequence == first).values(object_id="other"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    count=st.integers(3, 12),
    places=st.data(),
    damage=st.sampled_from([swap, renumber, remove, alter]),
)
def test_whatever_is_done_to_rows_before_the_last_is_found(
    tmp_path_factory: pytest.TempPathFactory, count: int, places: st.DataObject, damage: Damage
) -> None:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('chain')}/audit.sqlite")
    ChassisBase.metadata.create_all(database.engine)
    write(database, count)
    chain(database)
    first = places.draw(st.integers(1, count - 1))
    second = places.draw(st.integers(1, count - 1).filter(lambda other: other != first))
    damage(database, first, second)
    assert problems(database) != []
    database.close()
