"""A message and a real mail server: every answer, every loss, and TLS as the settings ask."""

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope

from notify.channels.smtp import MAILS_PER_CONNECTION
from notify.sender import Sender
from tests.integration.notify.mail_servers import Mailbox, certificate, hanging_up, mail_server, only_asha
from tests.unit.notify.builders import House, dues, named, payment

Open = Callable[..., House]


@pytest.fixture
def open_house(tmp_path: Path) -> Open:
    def open_at(port: int, **settings: Any) -> House:
        chosen = {
            "smtp_host": "127.0.0.1",
            "smtp_security": "plain",
            "smtp_from": "TV <tv@example.com>",
            **settings,
        }
        return House(tmp_path / "home", smtp_port=port, **chosen)

    return open_at


def read(taken: Envelope) -> EmailMessage:
    assert isinstance(taken.content, bytes)
    found = message_from_bytes(taken.content, policy=SMTP)
    assert isinstance(found, EmailMessage)
    return found


def send_all(house: House) -> None:
    sender = Sender(house.platform)
    while sender.step():
        pass
    sender.close()


def test_a_mail_taken_with_250_is_sent(open_house: Open) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        house = open_house(port)
        event_id = house.react(payment())
        send_all(house)
    (taken,) = mailbox.taken
    assert (taken.mail_from, taken.rcpt_tos) == ("tv@example.com", ["asha.rao@example.com"])
    mail = read(taken)
    assert mail["Message-ID"] == f"<{event_id}@headend>"
    assert str(mail["From"]) == '"Main Cable Network" <tv@example.com>' or "Main Cable Network" in str(
        mail["From"]
    )
    assert house.message().state == "sent"


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize(
    ("answer", "state"),
    [("421 4.3.2 Closing", "retry"), ("450 4.2.0 Grey", "retry"), ("550 5.1.1 No such mailbox", "failed")],
)
def test_each_refusal_at_each_step_is_told_apart(
    open_house: Open, stage: str, answer: str, state: str
) -> None:
    mailbox = Mailbox(**{stage: [answer]})
    with mail_server(mailbox) as port:
        house = open_house(port)
        house.react(dues())
        house.react(dues(named()))
        send_all(house)
    first, second = sorted(house.messages(), key=lambda row: row.state == "sent")
    assert (first.state, first.problem) == (state, answer)
    assert second.state == "sent"  # the next one does not suffer


@pytest.mark.parametrize("stage", ["greeting", "rcpt", "data"])
def test_a_loss_before_the_dot_is_tried_again_and_doubles_nothing(open_house: Open, stage: str) -> None:
    with hanging_up(stage, times=1) as (port, mails):
        house = open_house(port)
        house.reports.size = (
            8_000_000  # more than the network swallows, so that the loss is seen in the middle
        )
        house.react(payment())
        send_all(house)
        assert house.message().state == "retry" and mails == []
        house.clock.move(timedelta(minutes=5))
        send_all(house)
    assert (house.message().state, house.message().repeated, len(mails)) == ("sent", False, 1)


def test_a_loss_after_the_dot_is_sent_once_more_with_the_same_message_id(open_house: Open) -> None:
    with hanging_up("dot", times=1) as (port, mails):
        house = open_house(port)
        house.react(dues())
        send_all(house)
        assert house.message().state == "unknown"
        house.clock.move(timedelta(minutes=1))
        send_all(house)
    assert (house.message().state, house.message().repeated) == ("sent", True)
    assert len(mails) == 2 and len({message_from_bytes(mail)["Message-ID"] for mail in mails}) == 1


def test_a_server_that_always_hangs_up_after_the_dot_gets_two_copies(open_house: Open) -> None:
    with hanging_up("dot", times=99) as (port, mails):
        house = open_house(port)
        house.react(dues())
        for _ in range(4):
            send_all(house)
            house.clock.move(timedelta(days=1))
    assert len(mails) == 2 and house.message().state == "unknown"


def test_a_server_that_is_away_costs_no_try(open_house: Open) -> None:
    with mail_server(Mailbox()) as port:
        pass
    house = open_house(port)
    house.react(dues())
    send_all(house)
    message = house.message()
    assert (message.state, message.attempts) == ("retry", 0) and f"127.0.0.1:{port}" in str(message.problem)


def test_without_the_starttls_asked_for_nothing_is_sent(open_house: Open) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        house = open_house(port, smtp_security="starttls")
        house.react(dues())
        send_all(house)
    assert mailbox.taken == []
    assert (house.message().state, "STARTTLS" in str(house.message().problem)) == ("retry", True)


def test_starttls_and_login_as_gmail_asks(
    open_house: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, trusted = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    mailbox = Mailbox()
    options = {
        "tls_context": context,
        "require_starttls": True,
        "authenticator": only_asha,
        "auth_required": True,
    }
    with mail_server(mailbox, **options) as port:
        house = open_house(
            port,
            smtp_host="localhost",
            smtp_security="starttls",
            smtp_username="asha",
            smtp_password="s3cret",
        )
        house.react(dues())
        send_all(house)
    assert house.message().problem is None and mailbox.encrypted == [True]


def test_a_wrong_login_costs_no_try_and_is_told(
    open_house: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, trusted = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    options = {"tls_context": context, "authenticator": only_asha, "auth_required": True}
    with mail_server(Mailbox(), **options) as port:
        house = open_house(
            port, smtp_host="localhost", smtp_security="starttls", smtp_username="asha", smtp_password="no"
        )
        house.react(dues())
        send_all(house)
    message = house.message()
    assert (message.state, message.attempts) == ("retry", 0) and "HEADEND_SMTP_USERNAME" in str(
        message.problem
    )
    assert "s3cret" not in str(message.problem)


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(open_house: Open, tmp_path: Path) -> None:
    context, _ = certificate(tmp_path)
    mailbox = Mailbox()
    with mail_server(mailbox, tls_context=context) as port:
        house = open_house(port, smtp_host="localhost", smtp_security="starttls")
        house.react(dues())
        send_all(house)
    assert mailbox.taken == [] and "CERTIFICATE_VERIFY_FAILED" in str(house.message().problem)


def test_many_mails_share_few_connections(open_house: Open) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        house = open_house(port)
        for _ in range(MAILS_PER_CONNECTION + 5):
            house.react(dues(named()))
        send_all(house)
    assert len(mailbox.taken) == MAILS_PER_CONNECTION + 5 and len(mailbox.connections) == 2


def test_dots_and_foreign_letters_arrive_as_they_were_written(open_house: Open) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox) as port:
        house = open_house(port)
        house.react(dues(named(".\n.Żółć 王小明 علی", locale="fa")))
        send_all(house)
    body = read(mailbox.taken[0]).get_body(("plain",))
    assert body is not None and ".\r\n.Żółć 王小明 علی" in body.get_content()


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(open_house: Open) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox, enable_SMTPUTF8=False) as port:
        house = open_house(port)
        house.react(dues(named(email="żółw@example.com")))
        send_all(house)
    assert house.message().state == "failed" and "SMTPUTF8" in str(house.message().problem)


def test_a_server_with_smtputf8_takes_such_an_address(open_house: Open) -> None:
    mailbox = Mailbox()
    with mail_server(mailbox, enable_SMTPUTF8=True) as port:
        house = open_house(port)
        house.react(dues(named(email="żółw@example.com")))
        send_all(house)
    assert mailbox.taken[0].rcpt_tos == ["żółw@example.com"]
