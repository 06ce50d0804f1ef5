from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from contracts.actor import Actor, Role
from contracts.calls.notify import (
    FailedMessages,
    GetFailedMessages,
    ListMessages,
    MessageList,
    MessageView,
    ResendMessage,
)
from contracts.errors import Forbidden, NotFound
from contracts.events import BranchChanged, CustomerChanged
from contracts.samples import BRANCH, CUSTOMER
from notify.channels import RefusedForGood, RefusedForNow
from notify.domain.refusals import MessageUnderWay, NoAddress, SecretExpired, TooManyRepetitions, WrongCursor
from notify.queries import failed_messages, list_messages, view_of, visible_message
from notify.usecases.resend_message import resend_message
from tests.unit.notify.builders import ADMIN, House, Server, dues, named, payment, staff

SUPPORT = staff(Role.SUPPORT, BRANCH.id)
STRANGER = staff(Role.MANAGER, uuid4())
BUYER = Actor(subject="customer:1", name="Asha", role=Role.CUSTOMER, customer_id=CUSTOMER.id)


def listed(house: House, actor: Actor = SUPPORT, **request: object) -> MessageList:
    with house.platform.database.reading() as session:
        return list_messages(session, ListMessages.model_validate(request), actor)


def seen(house: House, actor: Actor, message_id: UUID) -> MessageView:
    with house.platform.database.reading() as session:
        return view_of(visible_message(session, actor, message_id), actor)


def resend(house: House, message_id: UUID, actor: Actor = SUPPORT) -> MessageView:
    with house.platform.database.transaction() as session:
        return resend_message(session, ResendMessage(message_id=message_id), actor, house.clock)


def test_messages_are_listed_newest_first_page_by_page(house: House) -> None:
    for _ in range(5):
        house.react(dues(named()))
        house.clock.move(timedelta(seconds=1))
    pages, cursor = [], None
    while True:
        page = listed(house, limit=2, cursor=cursor)
        pages.append([item.created_at for item in page.items])
        cursor = page.next
        if cursor is None:
            break
    assert [len(page) for page in pages] == [2, 2, 1]
    times = [moment for page in pages for moment in page]
    assert times == sorted(times, reverse=True) and len(set(times)) == 5


def test_the_list_is_of_one_customer_or_state(house: House) -> None:
    house.react(dues())
    house.react(dues(named()))
    assert len(listed(house, customer_id=CUSTOMER.id).items) == 1
    assert len(listed(house, state="queued").items) == 2
    assert listed(house, state="sent").items == ()


def test_a_hidden_customer_and_an_unknown_one_look_alike(house: House) -> None:
    house.react(dues())
    assert listed(house, STRANGER, customer_id=CUSTOMER.id) == listed(house, STRANGER, customer_id=uuid4())


def test_a_message_of_another_branch_is_not_there(house: House) -> None:
    house.react(dues())
    message = house.message()
    assert seen(house, SUPPORT, message.id).recipient == "asha.rao@example.com"
    with pytest.raises(NotFound):
        seen(house, STRANGER, message.id)
    with pytest.raises(NotFound):
        resend(house, message.id, STRANGER)


def test_who_may_see_no_amounts_reads_none_in_a_subject(house: House) -> None:
    house.react(dues())
    house.react(payment())
    for_cashier = {item.id: item.subject for item in listed(house, staff(Role.CASHIER, BRANCH.id)).items}
    assert len(for_cashier) == 2 and all("0.00" in subject for subject in for_cashier.values())
    for_support = {item.id: item.subject for item in listed(house, SUPPORT).items}
    assert set(for_support.values()) == {"Confirmation of a payment", "Reminder of dues"}
    assert {id_: seen(house, SUPPORT, id_).subject for id_ in for_support} == for_support


def test_messages_to_staff_of_no_branch_are_for_those_who_see_all(house: House) -> None:
    house.react(house.sealed_link(branch=None))
    assert len(listed(house, ADMIN).items) == 1 and listed(house, SUPPORT).items == ()


@pytest.mark.parametrize("actor", [BUYER, staff(Role.TECHNICIAN, BRANCH.id)], ids=["customer", "technician"])
def test_roles_without_the_right_see_no_messages(house: House, actor: Actor) -> None:
    house.react(dues())
    with pytest.raises(Forbidden):
        listed(house, actor)
    with pytest.raises(Forbidden):
        seen(house, actor, house.message().id)


def test_a_cashier_sees_but_does_not_send(house: House) -> None:
    house.react(dues())
    house.send(Server())
    cashier = staff(Role.CASHIER, BRANCH.id)
    assert len(listed(house, cashier).items) == 1
    with pytest.raises(Forbidden):
        resend(house, house.message().id, cashier)


@pytest.mark.parametrize("cursor", ["x", "AAAA", "MjAyNi0xMS0yMSBub3BlCg==", "żółw"])
def test_a_cursor_of_ones_own_making_is_refused(house: House, cursor: str) -> None:
    with pytest.raises(WrongCursor):
        listed(house, cursor=cursor)


def test_a_message_sent_again_is_a_new_one_with_its_own_message_id(house: House) -> None:
    house.react(payment())
    server = Server()
    house.send(server)
    first = seen(house, SUPPORT, house.message().id)
    house.clock.move(timedelta(seconds=1))
    again = resend(house, first.id)
    assert again.id != first.id and again.message_id != first.message_id and again.state == "queued"
    house.send(server)
    assert [envelope.mail_id for envelope in server.taken] == [row.mail_id for row in house.messages()]
    assert seen(house, SUPPORT, again.id).state == "sent"
    assert house.messages()[1].resent_by == "Ravi Kumar"


def test_a_message_still_to_be_sent_is_not_sent_again(house: House) -> None:
    house.react(dues())
    with pytest.raises(MessageUnderWay):
        resend(house, house.message().id)
    house.send(Server(RefusedForNow("450 Busy")))
    with pytest.raises(MessageUnderWay):
        resend(house, house.message().id)


def test_two_clicks_send_once(house: House) -> None:
    house.react(dues())
    house.send(Server())
    resend(house, house.message().id)
    with pytest.raises(MessageUnderWay):
        resend(house, next(row.id for row in house.messages() if row.resend_of is None))


def test_a_message_goes_to_the_corrected_address(house: House) -> None:
    house.react(payment(CUSTOMER.model_copy(update={"email": None})))
    with pytest.raises(NoAddress):
        resend(house, house.message().id)
    corrected = CUSTOMER.model_copy(update={"version": CUSTOMER.version + 1, "email": "asha@example.com"})
    house.react(CustomerChanged(customer=corrected))
    assert resend(house, house.message().id).recipient == "asha@example.com"


def test_an_expired_secret_is_not_sent_again(house: House) -> None:
    house.react(BranchChanged(branch=BRANCH))
    house.react(house.sealed_welcome())
    house.send(Server(RefusedForGood("550 no")))
    house.clock.move(timedelta(hours=73))
    with pytest.raises(SecretExpired):
        resend(house, house.message().id)


def test_one_address_gets_three_repetitions_an_hour(house: House) -> None:
    house.react(dues())
    house.send(Server())
    first = house.message().id
    for _ in range(3):
        resend(house, first)
        house.send(Server())
    with pytest.raises(TooManyRepetitions) as refusal:
        resend(house, first)
    assert refusal.value.retry_after is not None and 0 < refusal.value.retry_after <= 3601
    house.clock.move(timedelta(hours=1, seconds=1))
    resend(house, first)


def failed_ones(house: House, actor: Actor = ADMIN, **asked: object) -> FailedMessages:
    with house.platform.database.reading() as session:
        return failed_messages(session, GetFailedMessages.model_validate(asked), actor, house.clock)


def test_failed_messages_of_ones_branches_are_counted_and_the_newest_listed(house: House) -> None:
    for number in range(3):
        house.react(payment(named(f"Person {number}", email=None)))
        house.clock.move(timedelta(minutes=1))
    house.react(payment())
    found = failed_ones(house, SUPPORT, newest=2)
    assert (found.count, len(found.newest)) == (3, 2)
    assert found.newest[0].created_at > found.newest[1].created_at
    assert failed_ones(house, ADMIN, branch_id=BRANCH.id).count == 3
    assert failed_ones(house, STRANGER).count == 0


def test_failed_messages_are_forgotten_after_the_days_asked_for(house: House) -> None:
    house.react(payment(named(email=None)))
    house.clock.move(timedelta(days=8))
    assert (failed_ones(house).count, failed_ones(house, days=7).count) == (1, 0)


def test_who_sees_no_messages_or_not_that_branch_is_refused(house: House) -> None:
    with pytest.raises(Forbidden):
        failed_ones(house, BUYER)
    with pytest.raises(NotFound):
        failed_ones(house, STRANGER, branch_id=BRANCH.id)
