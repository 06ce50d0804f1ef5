"""Two units of work that wait for each other: the one that PostgreSQL gives up is done again."""

import threading
import time

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from chassis.database import Database
from tests.integration.chassis.test_writes import PUT_ON, SHELVES, Base


def test_the_victim_of_a_deadlock_is_done_again(postgres_url: str) -> None:
    database = Database(postgres_url)
    Base.metadata.create_all(database.engine)
    with database.transaction() as session:
        session.execute(insert(SHELVES), [{"id": 1, "books": 0}, {"id": 2, "books": 0}])
    first_is_held, tries = threading.Event(), []

    def other() -> None:
        with database.transaction() as session:
            session.execute(PUT_ON, {"of_id": 1, "by": 10})
            first_is_held.set()
            time.sleep(
                0.4
            )  # now the work below waits for the first row, and looks for a deadlock before we do
            session.execute(PUT_ON, {"of_id": 2, "by": 10})

    def work(session: Session) -> str:
        tries.append(1)
        session.execute(PUT_ON, {"of_id": 2, "by": 1})
        session.execute(PUT_ON, {"of_id": 1, "by": 1})
        return "done"

    beside = threading.Thread(target=other)
    beside.start()
    assert first_is_held.wait(10)
    assert database.carry_out(work) == "done"
    beside.join()
    with database.reading() as session:
        books = session.execute(text("SELECT books FROM shelves ORDER BY id")).scalars().all()
    assert (books, len(tries)) == ([11, 11], 2)
    database.close()
