from datetime import timedelta
from typing import cast
from uuid import uuid4

import pytest

from chassis.reactions import EventContext
from contracts.calls.notify import ResendMessage
from contracts.events import (
    BranchChanged,
    CustomerChanged,
    CustomerErased,
    CustomerRegistered,
    DuesOutstanding,
    EmailChangeRequested,
    Event,
    PasswordCodeIssued,
    PasswordLinkIssued,
    PaymentMade,
    PaymentVoided,
)
from contracts.samples import BRANCH, CUSTOMER, ERASED, SAMPLES
from notify.domain.refusals import NotRepeated
from notify.facts import Surroundings, facts_of
from notify.letters import LETTERS
from notify.reactions import REACTIONS
from notify.usecases.queue_message import branch_copy, customer_copy
from notify.usecases.resend_message import resend_message
from tests.unit.notify.builders import ADMIN, House, Server, dues, payment


def test_each_event_makes_its_message(house: House) -> None:
    for event in (CustomerRegistered, PasswordLinkIssued, PaymentMade, PaymentVoided, DuesOutstanding):
        house.react(SAMPLES[event])
    assert {(row.template, row.state, row.recipient) for row in house.messages()} == {
        (template, "queued", "asha.rao@example.com")
        for template in (
            "customer_registered",
            "password_link_issued",
            "payment_made",
            "payment_voided",
            "dues_outstanding",
        )
    }


def test_an_event_that_comes_twice_makes_one_message(house: House) -> None:
    event_id = house.react(payment())
    house.react(payment(), event_id=event_id)
    assert len(house.messages()) == 1


def test_the_message_id_is_made_from_the_event(house: House) -> None:
    event_id = house.react(payment())
    assert house.message().mail_id == event_id


def test_an_import_sends_nothing_by_itself(house: House) -> None:
    house.react(CustomerRegistered(customer=CUSTOMER, username="1001", welcome=False))
    assert house.messages() == []


def test_a_customer_without_an_address_is_seen_to_have_been_told_nothing(house: House) -> None:
    house.react(payment(CUSTOMER.model_copy(update={"email": None})))
    message = house.message()
    assert (message.state, message.next_attempt_at) == ("failed", None)
    assert message.problem is not None and "no e-mail address" in message.problem
    assert [row.type for row in house.told()] == ["MessageFailed"]


def test_two_addresses_in_one_field_are_nobodys_address(house: House) -> None:
    house.react(payment(CUSTOMER.model_copy(update={"email": "a@example.com, b@example.com"})))
    assert house.message().state == "failed"


def test_only_a_higher_version_of_a_branch_is_kept(house: House) -> None:
    house.react(BranchChanged(branch=BRANCH.model_copy(update={"version": 5, "name": "New"})))
    house.react(BranchChanged(branch=BRANCH.model_copy(update={"version": 4, "name": "Old"})))
    with house.platform.database.reading() as session:
        kept = branch_copy(session, BRANCH.id)
    assert kept is not None and kept.name == "New"


def test_messages_follow_their_customer_to_another_branch(house: House) -> None:
    house.react(CustomerChanged(customer=CUSTOMER))
    house.react(dues())
    moved = CUSTOMER.model_copy(update={"version": CUSTOMER.version + 1, "branch_id": uuid4()})
    house.react(CustomerChanged(customer=moved))
    house.react(payment())  # an event from before the move
    assert {row.branch_id for row in house.messages()} == {moved.branch_id}
    with house.platform.database.reading() as session:
        assert customer_copy(session, CUSTOMER.id) == moved


def test_the_subject_is_there_before_the_message_is_sent(house: House) -> None:
    house.react(payment())
    assert house.message().subject == "Payment of ₹250.00 received, invoice MAIN-2026-000001"


def test_storing_a_message_wakes_the_senders(house: House) -> None:
    house.react(payment())
    assert house.platform.signal("send").is_set()


LEFT = ERASED.model_copy(update={"version": 9})


def test_an_erased_customers_messages_say_nothing_any_more_and_are_not_sent(house: House) -> None:
    house.react(house.sealed_welcome())
    house.react(payment())
    house.react(CustomerErased(customer=LEFT))
    server = Server()
    house.send(server)
    assert server.offered == []
    for message in house.messages():
        assert (message.state, message.recipient, message.subject) == ("failed", "", "")
        assert CUSTOMER.name not in str(message.body)


def test_what_was_slower_than_the_erasing_makes_no_message(house: House) -> None:
    house.react(CustomerErased(customer=LEFT))
    house.react(payment())
    assert house.messages() == []


def test_a_new_address_gets_the_link_and_the_old_one_a_notice(house: House) -> None:
    house.react(SAMPLES[EmailChangeRequested])
    told = {row.template: row for row in house.messages()}
    assert {name: row.recipient for name, row in told.items()} == {
        "email_to_confirm": "asha@rao.example.com",
        "email_change_noticed": "asha.rao@example.com",
    }
    assert told["email_change_noticed"].body["link_token"]["sealed"] == ""
    assert len({row.mail_id for row in told.values()}) == 2


def test_a_link_that_is_sent_again_is_not_told_the_old_address_again(house: House) -> None:
    sample = cast(EmailChangeRequested, SAMPLES[EmailChangeRequested])
    house.react(sample.model_copy(update={"again": True}))
    assert house.message().template == "email_to_confirm"


@pytest.mark.parametrize("event", [EmailChangeRequested, PasswordCodeIssued])
def test_what_proves_an_address_is_never_sent_to_another_one(house: House, event: type[Event]) -> None:
    house.react(SAMPLES[event])
    for message in house.messages():
        with house.platform.database.transaction() as session, pytest.raises(NotRepeated):
            resend_message(session, ResendMessage(message_id=message.id), ADMIN, house.clock)


def test_a_reversal_of_long_ago_is_no_news(house: House) -> None:
    void = SAMPLES[PaymentVoided]
    found = REACTIONS.find(void.type_name())
    assert found
    long_ago = house.clock.now() - timedelta(days=31)
    with house.platform.database.transaction() as session:
        found[1](session, void, EventContext(uuid4(), long_ago, "billing", "", house.clock))
    assert house.messages() == []


def test_a_reversal_says_why_and_which_months_are_open_again(house: House) -> None:
    house.react(SAMPLES[PaymentVoided])
    message = house.message()
    assert message.subject == "Payment of ₹250.00 reversed, invoice MAIN-2026-000001 is void"
    facts = facts_of(LETTERS[message.template], SAMPLES[PaymentVoided], Surroundings("en", BRANCH))
    assert facts["reason"] == "Taken for another customer"
    assert facts["lines"] == [{"month": "November 2026", "what": "Cable TV", "amount": "₹250.00"}]
