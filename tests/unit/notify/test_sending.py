from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from contracts.events import BranchChanged
from contracts.samples import BRANCH
from notify.channels import ChannelAway, OutcomeUnknown, RefusedForGood, RefusedForNow
from notify.mail import Envelope
from notify.usecases.claim_messages import LEASE
from tests.unit.notify.builders import House, Server, dues, named, payment


def read(envelope: Envelope) -> EmailMessage:
    found = message_from_bytes(envelope.content, policy=SMTP)
    assert isinstance(found, EmailMessage)
    return found


def test_a_confirmation_carries_the_invoice_as_reports_drew_it(house: House) -> None:
    house.react(payment())
    server = Server()
    house.send(server)
    (attachment,) = read(server.taken[0]).iter_attachments()
    assert attachment.get_filename() == "MAIN-2026-000001.pdf"
    assert attachment.get_content() == b"%PDF-1.4 MAIN-2026-000001"
    assert house.message().state == "sent"


def test_a_message_is_committed_as_sending_before_the_dialogue(house: House) -> None:
    seen: list[str] = []
    house.react(dues())
    house.send(Server(watch=lambda envelope: seen.append(house.message().state)))
    assert seen == ["sending"]


def test_a_passing_refusal_is_tried_again_with_growing_delays(house: House) -> None:
    house.react(dues())
    server, waits = Server(*(RefusedForNow("450 4.2.1 Busy") for _ in range(5))), []
    for _ in range(4):
        house.send(server)
        message = house.message()
        assert message.state == "retry" and message.problem == "450 4.2.1 Busy" and message.next_attempt_at
        waits.append(message.next_attempt_at - house.clock.now())
        house.clock.at = message.next_attempt_at
    assert waits == sorted(waits) and waits[0] >= timedelta(seconds=20) and house.message().attempts == 4


def test_a_message_is_not_tried_before_its_time(house: House) -> None:
    house.react(dues())
    server = Server(RefusedForNow("450 Busy"))
    house.send(server)
    house.send(server)
    assert len(server.offered) == 1


def test_a_message_refused_too_often_is_given_up(house: House) -> None:
    house.react(dues())
    server = Server(*(RefusedForNow("450 Busy") for _ in range(20)))
    for _ in range(20):
        house.send(server)
        house.clock.move(timedelta(days=2))
    assert house.message().state == "failed"
    assert len(server.offered) == 10


def test_a_refusal_for_good_fails_and_is_told(house: House) -> None:
    house.react(dues())
    house.send(Server(RefusedForGood("550 5.1.1 No such mailbox")))
    message, (event,) = house.message(), house.told()
    assert (message.state, message.problem) == ("failed", "550 5.1.1 No such mailbox")
    assert event.type == "MessageFailed" and event.body["reason"] == "550 5.1.1 No such mailbox"


def test_an_unknown_outcome_is_sent_once_more_with_the_same_message_id(house: House) -> None:
    house.react(dues())
    server = Server(OutcomeUnknown("lost"))
    house.send(server)
    assert (house.message().state, house.message().repeated) == ("unknown", False)
    house.clock.move(timedelta(minutes=1))
    house.send(server)
    assert (house.message().state, house.message().repeated) == ("sent", True)
    first, second = (read(envelope)["Message-ID"] for envelope in server.offered)
    assert first == second == f"<{house.message().mail_id}@headend>"


def test_an_unknown_outcome_is_never_sent_a_third_time(house: House) -> None:
    house.react(dues())
    server = Server(OutcomeUnknown("lost"), OutcomeUnknown("lost again"))
    for _ in range(5):
        house.send(server)
        house.clock.move(timedelta(days=1))
    assert len(server.offered) == 2
    assert (house.message().state, house.message().next_attempt_at) == ("unknown", None)


class Crash(BaseException):
    """The process ends here."""


def crash_while_sending(house: House) -> None:
    def die(envelope: Envelope) -> None:
        raise Crash

    with pytest.raises(Crash):
        house.send(Server(watch=die))
    assert house.message().state == "sending"


def test_a_crash_in_the_dialogue_is_an_unknown_outcome(house: House) -> None:
    house.react(dues())
    crash_while_sending(house)
    server = Server()
    house.send(server)
    assert server.offered == []  # its sender may be alive
    house.clock.move(LEASE + timedelta(seconds=1))
    house.send(server)
    assert len(server.taken) == 1 and house.message().repeated


def test_two_crashes_in_the_dialogue_are_left_to_a_person(house: House) -> None:
    house.react(dues())
    for _ in range(2):
        crash_while_sending(house)
        house.clock.move(LEASE + timedelta(seconds=1))
    server = Server()
    house.send(server)
    assert server.offered == [] and house.message().state == "unknown"


def test_a_crash_before_the_dialogue_repeats_nothing(house: House) -> None:
    house.react(payment())
    house.reports.crash = Crash()
    with pytest.raises(Crash):
        house.send(Server())
    house.reports.crash = None
    house.clock.move(LEASE + timedelta(seconds=1))
    server = Server()
    house.send(server)
    assert len(server.taken) == 1 and not house.message().repeated


def test_while_reports_is_away_a_confirmation_waits_and_reminders_go_on(house: House) -> None:
    house.react(payment())
    house.react(payment(named("Jan")))
    house.react(dues())
    house.reports.away = True
    server = Server()
    house.send(server)
    assert {row.template: (row.state, row.attempts) for row in house.messages()} == {
        "payment_made": ("retry", 0), "dues_outstanding": ("sent", 1),
    }  # fmt: skip
    assert len(house.reports.asked) == 1
    house.reports.away = False
    house.clock.move(timedelta(seconds=10))
    house.send(server)
    assert {row.state for row in house.messages()} == {"sent"}


def test_every_try_sends_the_bytes_that_were_drawn_first(house: House) -> None:
    house.react(payment())
    server = Server(RefusedForNow("450 Busy"))
    house.send(server)
    house.reports.away = True
    house.clock.move(timedelta(minutes=5))
    house.send(server)
    assert len(server.taken) == 1 and len(house.reports.asked) == 1


def test_while_the_mail_server_is_away_nothing_is_lost_or_counted(house: House) -> None:
    for _ in range(6):
        house.react(dues(named()))
    server = Server()
    server.away = ChannelAway("The mail server cannot be used: no answer in time")
    house.send(server)
    assert {row.state for row in house.messages()} <= {"queued", "retry"}
    server.away = None
    house.clock.move(timedelta(seconds=10))
    house.send(server)
    assert {(row.state, row.attempts) for row in house.messages()} == {("sent", 1)}


def test_a_message_that_waited_three_days_is_given_up(house: House) -> None:
    house.react(dues())
    server = Server()
    server.away = ChannelAway("away")
    house.clock.move(timedelta(days=3, minutes=1))
    house.send(server)
    assert house.message().state == "failed"


def test_a_secret_that_expired_is_not_sent(house: House) -> None:
    house.react(house.sealed_welcome())
    house.clock.move(timedelta(hours=73))
    server = Server()
    house.send(server)
    message = house.message()
    assert server.offered == [] and message.state == "failed" and "expired" in str(message.problem)


def test_a_welcome_opens_the_password(house: House) -> None:
    house.react(BranchChanged(branch=BRANCH))
    house.react(house.sealed_welcome())
    assert "kT7-pQ2m-Xw9" not in str(house.message().body)
    server = Server()
    house.send(server)
    mail = read(server.taken[0])
    body = mail.get_body(("plain",))
    assert body is not None and "kT7-pQ2m-Xw9" in body.get_content()
    assert mail["Subject"] == house.message().subject == "Welcome to Main Cable Network"


def test_a_welcome_waits_for_its_branch_but_not_for_ever(house: House) -> None:
    house.react(house.sealed_welcome())
    server = Server()
    house.send(server)
    assert (server.offered, house.message().state) == ([], "retry")
    house.clock.move(timedelta(minutes=1))
    house.send(server)
    assert house.message().state == "sent"


def test_an_invitation_links_to_the_page_that_sets_the_password(house: House) -> None:
    house.react(house.sealed_link(branch=None))
    server = Server()
    house.send(server)
    body = read(server.taken[0]).get_body(("plain",))
    assert body is not None and "https://tv.example.com/password/tok%2Fen%2B1\r\n" in body.get_content()


def test_the_limit_per_minute_holds_over_all_senders(tmp_path: Path) -> None:
    house = House(tmp_path, mail_per_minute=5)
    for _ in range(12):
        house.react(payment(named()))
    server = Server()
    house.send(server)
    house.clock.move(timedelta(seconds=59))
    house.send(server)
    assert len(server.taken) == 5
    house.clock.move(timedelta(seconds=2))
    house.send(server)
    assert len(server.taken) == 10


def test_those_whom_somebody_waits_for_go_before_reminders(tmp_path: Path) -> None:
    house = House(tmp_path, mail_per_minute=5)
    for _ in range(8):
        house.react(dues(named()))
    server = Server()
    house.send(server)
    assert len(server.taken) == 4  # a fifth of the limit is kept for others
    house.react(payment(named()))
    house.send(server)
    assert house.messages()[-1].state == "sent" or "payment_made" in {
        row.template for row in house.messages() if row.state == "sent"
    }


def test_a_sender_whose_message_was_taken_over_writes_nothing(house: House) -> None:
    house.react(dues())
    other = Server()

    def stall(envelope: Envelope) -> None:
        house.clock.move(LEASE + timedelta(seconds=1))
        house.send(other)

    house.send(Server(RefusedForGood("550 too late"), watch=stall))
    assert len(other.taken) == 1 and house.message().state == "sent" and house.message().repeated
