"""A test mail goes to who asks for it, within seconds, and says what the mail server answered."""

import socket
import threading
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.settings import Settings
from contracts.actor import Actor, Role
from contracts.calls.customers import GetStaff, StaffView
from contracts.calls.mail_server import MailOutcome, MailTested, SendTestMail
from contracts.cards import CustomerState
from contracts.errors import Forbidden
from contracts.samples import BRANCH
from notify.channels import Channel, ChannelAway, OutcomeUnknown, RefusedForGood
from notify.channels.smtp import Smtp
from notify.domain.refusals import NoAddress, TooManyTests
from notify.testing_mail import mail_server, send_test_mail
from tests.unit.notify.builders import House, Server, staff

ME = UUID(int=7)
ADMIN = Actor(subject=f"staff:{ME}", name="Admin", role=Role.ADMIN, branch_ids=None)


class Staff:
    """The customers service, which knows my address."""

    def __init__(self, email: str) -> None:
        self.email = email

    def call(self, request: GetStaff, *, actor_token: str = "", timeout: float | None = None) -> StaffView:
        assert request.staff_id == ME and actor_token
        return StaffView(id=ME, username="admin", name="Admin", email=self.email, role=Role.ADMIN, branch_ids=(),
                         state=CustomerState.ACTIVE)  # fmt: skip


def try_it(
    house: House, channel: Channel | None = None, actor: Actor = ADMIN, email: str = "me@example.com"
) -> MailTested:
    house.platform.client = Staff(email)  # type: ignore[assignment]  # speaks the one call
    return send_test_mail(house.platform, SendTestMail(locale="pl"), actor, channel)


def test_a_test_goes_to_the_own_address_only(house: House) -> None:
    server = Server()
    tested = try_it(house, server)
    assert (tested.outcome, tested.recipient) == (MailOutcome.SENT, "me@example.com")
    assert [envelope.recipient for envelope in server.taken] == ["me@example.com"]


@pytest.mark.parametrize(
    ("problem", "outcome"),
    [
        (RefusedForGood("550 no such user"), MailOutcome.REFUSED),
        (OutcomeUnknown("no answer"), MailOutcome.UNKNOWN),
    ],
)
def test_what_the_server_says_is_told(house: House, problem: Exception, outcome: MailOutcome) -> None:
    tested = try_it(house, Server(problem))
    assert (tested.outcome, tested.answer) == (outcome, str(problem))


def test_a_server_that_is_away_is_told(house: House) -> None:
    server = Server()
    server.away = ChannelAway("The mail server mail.example.com:587 cannot be used: connection refused")
    assert try_it(house, server).outcome is MailOutcome.AWAY


def test_one_test_at_a_time(house: House) -> None:
    try_it(house, Server())
    with pytest.raises(TooManyTests) as refusal:
        try_it(house, Server())
    assert refusal.value.retry_after and refusal.value.retry_after <= 20
    house.clock.move(timedelta(seconds=20))
    try_it(house, Server())


def test_without_an_address_in_the_record_nothing_is_sent(house: House) -> None:
    with pytest.raises(NoAddress):
        try_it(house, Server(), email="")


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CASHIER, Role.SUPPORT, Role.TECHNICIAN])
def test_only_the_operator_admin_sees_and_tests_the_mail_server(house: House, role: Role) -> None:
    with pytest.raises(Forbidden):
        try_it(house, Server(), staff(role, BRANCH.id))
    with pytest.raises(Forbidden):
        mail_server(house.platform, staff(role, BRANCH.id))


def test_the_password_is_never_told(tmp_path: Any) -> None:
    house = House(
        tmp_path, smtp_host="mail.example.com", smtp_username="headend", smtp_password="s3cret-of-mail"
    )
    shown = mail_server(house.platform, ADMIN)
    assert (shown.host, shown.username, shown.security) == ("mail.example.com", "headend", "starttls")
    assert "s3cret" not in shown.model_dump_json()


def test_a_server_that_says_nothing_is_left_after_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        accepting = threading.Thread(target=silent.accept, daemon=True)
        accepting.start()
        settings = Settings(smtp_host="127.0.0.1", smtp_port=silent.getsockname()[1], smtp_security="plain")
        started = time.monotonic()
        with pytest.raises(ChannelAway):
            Smtp(settings, seconds=0.5).ready()
        assert time.monotonic() - started < 2
