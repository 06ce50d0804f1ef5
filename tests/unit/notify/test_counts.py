"""How many messages are in which state, and what is counted when a sender dies."""

from datetime import timedelta

from prometheus_client import REGISTRY
from sqlalchemy import update

from notify.channels import OutcomeUnknown, RefusedForGood
from notify.domain.states import State
from notify.sender_pool import pool_of
from notify.service import NotifyService
from notify.tables import Message
from tests.unit.notify.builders import House, Server, dues


def states(house: House) -> dict[str, float | None]:
    with house.platform.database.reading() as session:
        NotifyService.measure(session, house.clock)
    told = {
        state.value: REGISTRY.get_sample_value("headend_messages", {"state": state.value}) for state in State
    }
    return {state: value for state, value in told.items() if value}


def unknown() -> float:
    labels = {"template": "dues_outstanding", "outcome": "unknown"}
    return REGISTRY.get_sample_value("headend_mails_total", labels) or 0


def test_a_message_is_told_by_its_state_until_it_is_sent(house: House) -> None:
    house.react(dues())
    assert states(house) == {"queued": 1}
    house.send(Server())
    assert states(house) == {}


def test_one_that_may_have_been_taken_is_told_as_unknown(house: House) -> None:
    house.react(dues())
    house.send(Server(OutcomeUnknown("no answer after the last dot")))
    assert states(house) == {"unknown": 1}


def test_a_failed_one_is_told_for_a_day(house: House) -> None:
    house.react(dues())
    house.send(Server(RefusedForGood("550 no such mailbox")))
    assert states(house) == {"failed": 1}
    house.clock.move(timedelta(days=1, seconds=1))
    assert states(house) == {}


def test_a_sender_that_died_in_the_middle_counts_as_unknown(house: House) -> None:
    house.react(dues())
    with house.platform.database.transaction() as session:
        session.execute(update(Message).values(state=State.SENDING, next_attempt_at=house.clock.now()))
    pool = pool_of(house.platform)
    pool.senders[0]._channel.safe_to_repeat = False
    house.clock.move(timedelta(minutes=1))
    before = unknown()
    pool.keep_leases()
    assert (unknown() - before, states(house)) == (1, {"unknown": 1})
