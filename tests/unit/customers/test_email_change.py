"""A customer's new e-mail address holds when the link mailed to it is followed (C08, C34)."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.actor import Actor, Role
from contracts.calls import account as calls
from contracts.calls.customers import ChangeCustomer, CustomerView, DeactivateCustomer
from contracts.errors import Forbidden, NotFound
from customers.domain.refusals import (
    CustomerChangedMeanwhile,
    EmailNotRemoved,
    NoEmailChange,
    TooManyEmailLinks,
)
from customers.domain.sign_in_refusals import LinkExpired
from customers.queries import get_customer
from customers.signin_tables import EmailChange
from customers.usecases.change_customer import change_customer
from customers.usecases.confirm_email import confirm_email
from customers.usecases.deactivate_customer import deactivate_customer
from customers.usecases.purge_sign_in import purge_sign_in
from customers.usecases.request_email_change import PURPOSE, resend_email_link
from customers.usecases.withdraw_email_change import withdraw_email_change
from tests.unit.customers.builders import Operator, admin, staff_of, the_customer

OLD, NEW = "deepa@example.com", "deepa.kumar@example.org"


@pytest.fixture
def customer(operator: Operator) -> CustomerView:
    return operator.customer(crf="501")


def change(
    operator: Operator, customer: CustomerView, actor: Actor | None = None, **fields: Any
) -> CustomerView:
    request = ChangeCustomer(customer_id=customer.id, **fields)
    with operator.writing() as session:
        return change_customer(
            session,
            request,
            actor or the_customer(customer),
            operator.clock,
            operator.key,
            operator.field_keys,
        )


def seen(operator: Operator, customer: CustomerView) -> CustomerView:
    with operator.reading() as session:
        return get_customer(session, customer.id, the_customer(customer), operator.clock)


def tokens(operator: Operator) -> list[str]:
    return [
        operator.opened(event["link_token"], PURPOSE) for event in operator.events("EmailChangeRequested")
    ]


def confirm(operator: Operator, token: str) -> None:
    with operator.writing() as session:
        confirm_email(session, calls.ConfirmEmail(link_token=token), operator.clock)


def withdraw(operator: Operator, customer: CustomerView, actor: Actor | None = None) -> CustomerView:
    request = calls.WithdrawEmailChange(customer_id=customer.id)
    with operator.writing() as session:
        return withdraw_email_change(session, request, actor or the_customer(customer), operator.clock)


def resend(operator: Operator, customer: CustomerView, actor: Actor | None = None) -> CustomerView:
    request = calls.ResendEmailLink(customer_id=customer.id)
    with operator.writing() as session:
        return resend_email_link(
            session, request, actor or the_customer(customer), operator.clock, operator.key
        )


def test_a_new_address_waits_until_its_link_is_followed(operator: Operator, customer: CustomerView) -> None:
    changed = change(operator, customer, email=NEW)
    assert (changed.email, changed.pending_email, changed.version) == (OLD, NEW, customer.version)
    confirm(operator, tokens(operator)[0])
    now = seen(operator, customer)
    assert (now.email, now.pending_email, now.version) == (NEW, None, customer.version + 1)
    assert operator.events("CustomerChanged")[-1]["customer"]["email"] == NEW


def test_the_event_tells_both_addresses_and_seals_the_link(
    operator: Operator, customer: CustomerView
) -> None:
    change(operator, customer, email=NEW)
    (event,) = operator.events("EmailChangeRequested")
    assert (event["customer"]["email"], event["new_email"], event["again"]) == (OLD, NEW, False)
    with operator.reading() as session:
        assert session.query(EmailChange).one().token_hash not in str(event)


def test_the_other_fields_hold_at_once(operator: Operator, customer: CustomerView) -> None:
    changed = change(operator, customer, email=NEW, mobile="+919000000001", street="2 New Road", locale="fr")
    assert (changed.mobile, changed.street, changed.locale) == ("+919000000001", "2 New Road", "fr")
    assert changed.email == OLD


def test_a_link_is_used_once(operator: Operator, customer: CustomerView) -> None:
    change(operator, customer, email=NEW)
    confirm(operator, tokens(operator)[0])
    with pytest.raises(LinkExpired):
        confirm(operator, tokens(operator)[0])


def test_a_link_is_worthless_after_a_day(operator: Operator, customer: CustomerView) -> None:
    change(operator, customer, email=NEW)
    operator.clock.move(timedelta(hours=24))
    with pytest.raises(LinkExpired):
        confirm(operator, tokens(operator)[0])
    assert seen(operator, customer).pending_email is None


def test_a_made_up_link_is_refused(operator: Operator, customer: CustomerView) -> None:
    with pytest.raises(LinkExpired):
        confirm(operator, "made up")


def test_what_was_withdrawn_cannot_be_confirmed(operator: Operator, customer: CustomerView) -> None:
    change(operator, customer, email=NEW)
    assert withdraw(operator, customer).pending_email is None
    with pytest.raises(LinkExpired):
        confirm(operator, tokens(operator)[0])
    assert seen(operator, customer).email == OLD


def test_sent_again_only_the_newest_link_opens_and_the_old_address_is_told_once(
    operator: Operator, customer: CustomerView
) -> None:
    change(operator, customer, email=NEW)
    operator.clock.move(timedelta(minutes=5))
    assert resend(operator, customer).pending_email == NEW
    first, second = tokens(operator)
    assert operator.events("EmailChangeRequested")[1]["again"] is True
    with pytest.raises(LinkExpired):
        confirm(operator, first)
    confirm(operator, second)


def test_a_second_new_address_takes_the_place_of_the_first(
    operator: Operator, customer: CustomerView
) -> None:
    change(operator, customer, email=NEW)
    operator.clock.move(timedelta(minutes=5))
    assert change(operator, customer, email="third@example.com").pending_email == "third@example.com"
    with pytest.raises(LinkExpired):
        confirm(operator, tokens(operator)[0])


@pytest.mark.parametrize("address", [OLD, NEW])
def test_an_address_that_holds_or_waits_occasions_no_other_link(
    operator: Operator, customer: CustomerView, address: str
) -> None:
    change(operator, customer, email=NEW)
    assert change(operator, customer, email=address).pending_email == NEW
    assert len(tokens(operator)) == 1


def test_three_links_an_hour_then_none(operator: Operator, customer: CustomerView) -> None:
    change(operator, customer, email=NEW)
    resend(operator, customer)
    change(operator, customer, email="third@example.com")
    with pytest.raises(TooManyEmailLinks) as refused:
        resend(operator, customer)
    operator.clock.move(timedelta(seconds=refused.value.retry_after or 0))
    resend(operator, customer)


def test_nothing_is_sent_again_when_nothing_waits(operator: Operator, customer: CustomerView) -> None:
    with pytest.raises(NoEmailChange):
        resend(operator, customer)


def test_a_customer_does_not_remove_the_address(operator: Operator, customer: CustomerView) -> None:
    with pytest.raises(EmailNotRemoved):
        change(operator, customer, email=None)


def test_a_customer_without_an_address_confirms_the_first_one_too(operator: Operator) -> None:
    customer = operator.customer(crf="502", email=None)
    assert change(operator, customer, email=NEW).email is None
    confirm(operator, tokens(operator)[0])
    assert seen(operator, customer).email == NEW


def test_what_the_desk_enters_holds_at_once_and_ends_what_waits(
    operator: Operator, customer: CustomerView
) -> None:
    change(operator, customer, email=NEW)
    desk = change(operator, customer, staff_of(operator.main.id), email="desk@example.com")
    assert (desk.email, desk.pending_email) == ("desk@example.com", None)
    with pytest.raises(LinkExpired):
        confirm(operator, tokens(operator)[0])


def test_other_changes_of_the_desk_let_it_wait(operator: Operator, customer: CustomerView) -> None:
    change(operator, customer, email=NEW)
    assert change(operator, customer, staff_of(operator.main.id), street="9 Hill").pending_email == NEW


def test_who_is_no_longer_served_confirms_nothing(operator: Operator, customer: CustomerView) -> None:
    change(operator, customer, email=NEW)
    with operator.writing() as session:
        request = DeactivateCustomer(customer_id=customer.id, reason="moved away")
        deactivate_customer(session, request, admin(), operator.clock)
    with pytest.raises(LinkExpired):
        confirm(operator, tokens(operator)[0])


def test_a_stale_form_changes_nothing(operator: Operator, customer: CustomerView) -> None:
    change(operator, customer, staff_of(operator.main.id), mobile="+919000000001")
    with pytest.raises(CustomerChangedMeanwhile):
        change(operator, customer, street="2 New Road", email=NEW, expected_version=customer.version)
    now = seen(operator, customer)
    assert (now.street, now.pending_email) == ("", None)
    change(operator, customer, street="2 New Road", expected_version=now.version)


def test_somebody_elses_change_is_not_to_be_seen_or_touched(
    operator: Operator, customer: CustomerView
) -> None:
    change(operator, customer, email=NEW)
    stranger = operator.customer("Eliza Das", crf="502")
    for act in (withdraw, resend):
        with pytest.raises(NotFound):
            act(operator, customer, the_customer(stranger))
        with pytest.raises(NotFound):
            act(operator, customer, staff_of(operator.branch(act.__name__[:6].upper()).id))


def test_support_sees_it_and_leaves_it_alone(operator: Operator, customer: CustomerView) -> None:
    change(operator, customer, email=NEW)
    support = staff_of(operator.main.id, role=Role.SUPPORT)
    for act in (withdraw, resend):
        with pytest.raises(Forbidden):
            act(operator, customer, support)


def test_what_has_been_over_for_a_month_is_forgotten(operator: Operator, customer: CustomerView) -> None:
    change(operator, customer, email=NEW)
    operator.clock.move(timedelta(days=32))
    with operator.writing() as session:
        purge_sign_in(session, operator.clock)
        assert session.query(EmailChange).count() == 0
