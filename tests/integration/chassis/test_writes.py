"""What is written together is there whole or not at all, on SQLite and in one statement on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Connection, ForeignKey, event, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql import bindparam

from chassis.columns import Json
from chassis.database import Database
from chassis.writes import add_rows, together, write


class Base(DeclarativeBase):
    """The tables of this test."""


class Shelf(Base):
    """A row that others refer to."""

    __tablename__ = "shelves"
    __table_args__ = (CheckConstraint("books >= 0"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    books: Mapped[int]


class Book(Base):
    """A row that refers to another one, with a document."""

    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelves.id"))
    said: Mapped[dict[str, Any] | None] = mapped_column(Json)


SHELVES = Shelf.metadata.tables["shelves"]
PUT_ON = (
    update(SHELVES).where(SHELVES.c.id == bindparam("of_id")).values(books=SHELVES.c.books + bindparam("by"))
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path}/shelves.sqlite"
    made = Database(request.getfixturevalue("postgres_url") if request.param == "postgresql" else url)
    Base.metadata.create_all(made.engine)
    with made.transaction() as session:
        session.execute(insert(SHELVES), [{"id": 1, "books": 0}])
    yield made
    made.close()


def fill(database: Database, books: list[dict[str, Any]], by: int) -> None:
    """A shelf with books, which the first shelf is told of."""
    with database.transaction() as session, together(session):
        add_rows(session, Shelf, [{"id": 2, "books": len(books)}])
        add_rows(session, Book, books)
        write(session, PUT_ON, [{"of_id": 1, "by": by}])


def stored(database: Database) -> tuple[dict[int, int], list[tuple[int, int, Any]]]:
    """The shelves with their numbers, and the books."""
    with database.reading() as session:
        shelves = {row.id: row.books for row in session.execute(select(Shelf.id, Shelf.books))}
        books = session.execute(select(Book.id, Book.shelf_id, Book.said).order_by(Book.id)).all()
    return shelves, [(*row,) for row in books]


def book(number: int, shelf: int = 2, said: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"id": number, "shelf_id": shelf, "said": said}


@pytest.mark.parametrize("count", [1, 2, 60])
def test_everything_is_there_afterwards(database: Database, count: int) -> None:
    said = {"name": "Żaneta 陈 فارسی", "lines": ["a\nb", None]}
    fill(database, [book(number, said=said) for number in range(count)], by=count)
    assert stored(database) == ({1: count, 2: count}, [(number, 2, said) for number in range(count)])


def test_an_empty_document_is_null(database: Database) -> None:
    fill(database, [book(1)], by=1)
    with database.reading() as session:
        assert session.scalar(select(Book.id).where(Book.said.is_(None))) == 1


@pytest.mark.parametrize("wrong", [[book(1, shelf=3)], [book(1), book(1)]])
def test_a_broken_constraint_undoes_everything(database: Database, wrong: list[dict[str, Any]]) -> None:
    with pytest.raises(IntegrityError):
        fill(database, wrong, by=1)
    assert stored(database) == ({1: 0}, [])


def test_an_error_inside_writes_nothing(database: Database) -> None:
    with database.transaction() as session:
        with pytest.raises(RuntimeError), together(session):
            add_rows(session, Shelf, [{"id": 2, "books": 0}])
            raise RuntimeError
        add_rows(session, Shelf, [{"id": 3, "books": 3}])
    assert stored(database) == ({1: 0, 3: 3}, [])


def test_postgresql_is_asked_once(postgres_url: str) -> None:
    database, statements = Database(postgres_url), []
    Base.metadata.create_all(database.engine)

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(_connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    fill(database, [book(1), book(2)], by=2)
    assert len(statements) == 1
    database.close()
