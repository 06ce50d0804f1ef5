"""Adding, changing, deactivating and restoring customers; what is told to the other services."""

from datetime import date, timedelta
from typing import Any

import pytest

from contracts.actor import Actor, Role
from contracts.calls import customers as calls
from contracts.cards import CustomerState
from contracts.errors import Forbidden, NotFound
from customers.domain.refusals import (
    AlreadyDeactivated,
    BirthInFuture,
    CrfTaken,
    CustomerHasNoEmail,
    CustomerIsDeactivated,
    NotDeactivated,
    OtherCurrency,
    TooManyInvitations,
    UnknownLocale,
)
from customers.domain.sign_in_refusals import SessionOver, SignInRefused
from customers.usecases.change_customer import OWN_FIELDS, change_customer
from customers.usecases.deactivate_customer import deactivate_customer
from customers.usecases.invite_customer import invite_customer
from customers.usecases.restore_customer import restore_customer
from tests.unit.customers.builders import GOOD_PASSWORD, Operator, admin, staff_of, the_customer


def change(
    operator: Operator, customer: calls.CustomerView, actor: Actor | None = None, **fields: Any
) -> calls.CustomerView:
    request = calls.ChangeCustomer(customer_id=customer.id, **fields)
    with operator.writing() as session:
        return change_customer(
            session, request, actor or admin(), operator.clock, operator.key, operator.field_keys
        )


def deactivate(
    operator: Operator, customer: calls.CustomerView, actor: Actor | None = None
) -> calls.CustomerView:
    request = calls.DeactivateCustomer(customer_id=customer.id, reason="moved away")
    with operator.writing() as session:
        return deactivate_customer(session, request, actor or admin(), operator.clock)


def restore(operator: Operator, customer: calls.CustomerView) -> calls.CustomerView:
    with operator.writing() as session:
        request = calls.RestoreCustomer(customer_id=customer.id)
        return restore_customer(session, request, admin(), operator.clock)


def invite(operator: Operator, customer: calls.CustomerView, actor: Actor | None = None) -> None:
    with operator.writing() as session:
        request = calls.InviteCustomer(customer_id=customer.id)
        invite_customer(session, request, actor or admin(), operator.clock, operator.key)


def test_a_new_customer_is_told_with_login_and_sealed_password(operator: Operator) -> None:
    customer = operator.customer("Deepa Kumar", crf="KL/101")
    (event,) = operator.events("CustomerRegistered")
    assert event["customer"]["id"] == str(customer.id) and event["welcome"] is True
    assert event["username"] == customer.username == "kl-101"
    assert operator.last_one_time_password() not in str(event)


def test_a_customer_without_address_gets_no_password(operator: Operator) -> None:
    operator.customer(email="")
    assert operator.events("CustomerRegistered")[0]["password"] is None


def test_numbers_are_counted_around_those_that_were_given(operator: Operator) -> None:
    operator.customer(crf="1002")
    assert [operator.customer().crf for _ in range(3)] == ["1001", "1003", "1004"]


def test_a_number_belongs_to_one_customer_of_the_operator(operator: Operator) -> None:
    operator.customer(crf="kl-101")
    with pytest.raises(CrfTaken):
        operator.customer(crf="KL-101", branch_id=operator.branch("EAST").id)
    assert len(operator.events("CustomerRegistered")) == 1


def test_a_username_that_is_taken_gets_a_number_behind(operator: Operator) -> None:
    operator.staff("77", Role.CASHIER, operator.main.id)
    assert operator.customer(crf="77").username == "77-2"


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [({"locale": "xx"}, UnknownLocale), ({"date_of_birth": date(2026, 5, 5)}, BirthInFuture)],
)
def test_impossible_data_is_refused(
    operator: Operator, fields: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        operator.customer(**fields)


def test_only_what_is_given_changes(operator: Operator) -> None:
    customer = operator.customer(mobile="9000000101", street="Old Road")
    changed = change(operator, customer, name="Deepa Nair", area="Hill")
    assert (changed.name, changed.area, changed.street) == ("Deepa Nair", "Hill", "Old Road")
    assert (changed.email, changed.mobile, changed.version) == ("deepa@example.com", "9000000101", 2)
    assert operator.found("nair") == ["Deepa Nair"]
    assert operator.events("CustomerChanged")[-1]["customer"]["version"] == 2


def test_an_address_can_be_taken_away(operator: Operator) -> None:
    assert change(operator, operator.customer(), email="").email is None


def test_a_change_that_changes_nothing_is_not_told(operator: Operator) -> None:
    customer = operator.customer(area="Hill")
    assert change(operator, customer, area="Hill", name=customer.name).version == 1
    assert operator.events("CustomerChanged") == []


def test_a_customer_changes_own_address_and_nothing_else(operator: Operator) -> None:
    customer = operator.customer()
    assert change(operator, customer, the_customer(customer), street="New Road").street == "New Road"
    for field in set(calls.ChangeCustomer.model_fields) - OWN_FIELDS - {"customer_id", "expected_version"}:
        value: Any = {"branch_id": customer.branch_id, "date_of_birth": date(1990, 1, 1)}.get(field, "Other")
        with pytest.raises(Forbidden):
            change(operator, customer, the_customer(customer), **{field: value})


def test_a_customer_does_not_see_another(operator: Operator) -> None:
    own, other = operator.customer(), operator.customer()
    with pytest.raises(NotFound):
        change(operator, other, the_customer(own), street="New Road")


def test_support_sees_but_does_not_change(operator: Operator) -> None:
    with pytest.raises(Forbidden):
        change(operator, operator.customer(), staff_of(operator.main.id, role=Role.SUPPORT), area="Hill")


def test_a_customer_adds_nobody_to_the_own_branch_and_does_not_see_others(operator: Operator) -> None:
    own, east = operator.customer(), operator.branch("EAST")
    for branch_id, refusal in ((own.branch_id, Forbidden), (east.id, NotFound)):
        with pytest.raises(refusal):
            operator.customer(actor=the_customer(own), branch_id=branch_id)


def test_a_customer_moves_only_between_branches_that_the_actor_sees(operator: Operator) -> None:
    east, customer = operator.branch("EAST"), operator.customer()
    with pytest.raises(NotFound):
        change(operator, customer, staff_of(operator.main.id), branch_id=east.id)
    moved = change(operator, customer, staff_of(operator.main.id, east.id), branch_id=east.id)
    assert moved.branch_id == east.id


def test_a_customer_does_not_move_to_another_currency(operator: Operator) -> None:
    abroad, customer = operator.branch("US", currency="USD"), operator.customer()
    with pytest.raises(OtherCurrency):
        change(operator, customer, branch_id=abroad.id)


def test_a_deactivated_customer_cannot_sign_in_until_restored(operator: Operator) -> None:
    customer = operator.customer(crf="501")
    invite(operator, customer)
    operator.set_password(operator.last_link())
    token = operator.sign_in("501", GOOD_PASSWORD).token
    assert deactivate(operator, customer).status is CustomerState.DEACTIVATED
    with pytest.raises(SessionOver):
        operator.check(token)
    with pytest.raises(SignInRefused):
        operator.sign_in("501", GOOD_PASSWORD)
    assert restore(operator, customer).status is CustomerState.ACTIVE
    operator.sign_in("501", GOOD_PASSWORD)
    assert operator.events("CustomerDeactivated")[0]["reason"] == "moved away"
    assert operator.events("CustomerChanged")[0]["customer"]["state"] == "active"


def test_deactivating_and_restoring_happen_once(operator: Operator) -> None:
    customer = operator.customer()
    with pytest.raises(NotDeactivated):
        restore(operator, customer)
    deactivate(operator, customer)
    with pytest.raises(AlreadyDeactivated):
        deactivate(operator, customer)


def test_a_cashier_does_not_deactivate(operator: Operator) -> None:
    with pytest.raises(Forbidden):
        deactivate(operator, operator.customer(), staff_of(operator.main.id))


def test_an_invitation_needs_an_address_and_a_served_customer(operator: Operator) -> None:
    with pytest.raises(CustomerHasNoEmail):
        invite(operator, operator.customer(email=None))
    customer = operator.customer()
    deactivate(operator, customer)
    with pytest.raises(CustomerIsDeactivated):
        invite(operator, customer)


def test_three_links_an_hour_are_enough(operator: Operator) -> None:
    customer = operator.customer()
    for _ in range(3):
        invite(operator, customer)
    with pytest.raises(TooManyInvitations) as refused:
        invite(operator, customer)
    operator.clock.move(timedelta(seconds=refused.value.retry_after or 0))
    invite(operator, customer)
    assert len(operator.events("PasswordLinkIssued")) == 4
