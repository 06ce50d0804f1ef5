"""After a restore: what waited is held, once and with its reason, and what was done stays as it is."""

from notify.domain.states import State
from notify.usecases.hold_messages import hold_messages
from tests.unit.notify.builders import House, Server, dues, payment


def test_what_waited_is_held_with_its_reason(house: House) -> None:
    house.react(payment())
    with house.platform.database.transaction() as session:
        assert hold_messages(session, "It may have been sent since.") == 1
        assert hold_messages(session, "It may have been sent since.") == 0
    message = house.message()
    assert (message.state, message.problem) == (State.UNKNOWN, "It may have been sent since.")
    server = Server()
    house.send(server)
    assert house.message().state == State.UNKNOWN


def test_what_was_sent_stays_sent(house: House) -> None:
    house.react(dues())
    house.send(Server())
    with house.platform.database.transaction() as session:
        assert hold_messages(session, "It may have been sent since.") == 0
    assert house.message().state == State.SENT
