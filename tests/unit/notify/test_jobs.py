from datetime import timedelta

from sqlalchemy import func, select

from notify.jobs import JOBS, tidy
from notify.sender_pool import pool_of, signal_of
from notify.tables import Attachment
from tests.unit.notify.builders import House, Server, dues, payment


def attachments(house: House) -> int:
    with house.platform.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Attachment)) or 0


def test_a_new_message_wakes_one_idle_sender(house: House) -> None:
    pool = pool_of(house.platform)
    house.react(dues())
    woken = [house.platform.signal(signal_of(number)).is_set() for number in range(len(pool.senders))]
    assert woken.count(True) == 1


def test_every_sender_has_its_own_loop_and_signal() -> None:
    loops = [job for job in JOBS if job.name.startswith("sender")]
    assert len(loops) == 4 and len({job.signal for job in loops}) == 4


def test_expired_secrets_are_forgotten(house: House) -> None:
    house.react(house.sealed_link())
    tidy(house.platform)
    assert house.message().body["link_token"]["sealed"]
    house.clock.move(timedelta(hours=73))
    assert not tidy(house.platform)
    assert house.message().body["link_token"]["sealed"] == "" and house.message().secret_expires_at is None


def test_old_attachments_are_forgotten_and_drawn_again_when_needed(house: House) -> None:
    house.react(payment())
    house.send(Server())
    tidy(house.platform)
    assert attachments(house) == 1
    house.clock.move(timedelta(days=91))
    tidy(house.platform)
    assert attachments(house) == 0
