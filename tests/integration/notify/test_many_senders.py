"""Several senders and replicas at one PostgreSQL: every message once, the limit for all together."""

import threading
from collections import Counter
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from notify.sender import Sender
from notify.usecases.claim_messages import claim_messages, hold_messages, take_over_lost
from tests.unit.notify.builders import House, Server, dues, named, payment

pytestmark = pytest.mark.real_servers


@pytest.fixture
def house(tmp_path: Path, postgres_url: str) -> House:
    return House(tmp_path, notify_database_url=postgres_url, mail_per_minute=50)


def send_together(house: House, servers: list[Server]) -> None:
    """A sender to each server, all at once, until none finds anything."""
    problems: list[BaseException] = []

    def send(server: Server) -> None:
        sender = Sender(house.platform, server)
        try:
            while sender.step():
                pass
        except BaseException as error:  # noqa: BLE001 - shown by the test's own thread
            problems.append(error)

    threads = [threading.Thread(target=send, args=(server,)) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert problems == []


def test_four_senders_send_each_message_once(house: House) -> None:
    for _ in range(30):
        house.react(payment(named()))
    servers = [Server() for _ in range(4)]
    send_together(house, servers)
    taken = Counter(envelope.mail_id for server in servers for envelope in server.taken)
    assert len(taken) == 30 and set(taken.values()) == {1}
    assert {row.state for row in house.messages()} == {"sent"}


def test_the_limit_is_one_for_all_senders(house: House) -> None:
    for _ in range(80):
        house.react(payment(named()))
    servers = [Server() for _ in range(4)]
    send_together(house, servers)
    assert sum(len(server.taken) for server in servers) == 50


def test_an_event_that_reaches_two_replicas_makes_one_message(house: House) -> None:
    event, event_id = dues(), uuid4()
    threads = [
        threading.Thread(target=house.react, args=(event,), kwargs={"event_id": event_id}) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert house.message().mail_id == event_id


def test_what_a_living_sender_holds_is_not_taken_from_it(house: House) -> None:
    house.react(dues())
    mine = uuid4()
    assert len(claim(house, mine)) == 1
    assert claim(house, uuid4()) == []
    with house.platform.database.transaction() as session:
        hold_messages(session, [mine], house.clock)
        assert take_over_lost(session, house.clock, safe_to_repeat=False) == []
    assert house.message().lease_token == mine


def claim(house: House, token: UUID) -> list[UUID]:
    with house.platform.database.transaction() as session:
        claimed = claim_messages(session, token, house.clock, most=4, per_minute=50)
        return [message.id for message in claimed]
