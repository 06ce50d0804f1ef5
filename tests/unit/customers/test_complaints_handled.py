"""Who sees a complaint, what staff do about it, resolving once and reopening in time (C51, C53, C54)."""

from datetime import timedelta

import pytest

from contracts.actor import Actor, Role
from contracts.calls.customers import ChangeBranch, ChangeCustomer
from contracts.errors import Forbidden, NotFound
from customers import complaint_views
from customers.domain.refusals import AlreadyResolved, NotAssignable, NotResolved, ReopenTooLate
from customers.usecases.change_branch import change_branch
from customers.usecases.change_customer import change_customer
from tests.unit.customers.builders import Operator, admin, staff_of, the_customer
from tests.unit.customers.complaint_desk import OPEN, RESOLVED, Desk


@pytest.fixture
def desk(operator: Operator) -> Desk:
    return Desk(operator, operator.customer())


def test_a_cashier_files_for_a_customer_but_does_not_handle(desk: Desk) -> None:
    cashier = staff_of(desk.operator.main.id, role=Role.CASHIER)
    number = desk.file(cashier).number
    assert desk.look(number, cashier).filed_by == cashier.name
    for handling in (desk.read, desk.note, desk.resolve, desk.reopen):
        with pytest.raises(Forbidden):
            handling(number, cashier)
    with pytest.raises(Forbidden):
        desk.assign(number, None, cashier)


def test_a_technician_sees_none(desk: Desk) -> None:
    number = desk.file().number
    technician = staff_of(desk.operator.main.id, role=Role.TECHNICIAN)
    with pytest.raises(Forbidden):
        desk.look(number, technician)
    with pytest.raises(Forbidden):
        desk.listed(technician)


def test_what_is_hidden_is_missed_in_the_words_of_what_is_not_there(desk: Desk) -> None:
    number = desk.file().number
    east = desk.operator.branch("EAST")
    neighbour = the_customer(desk.operator.customer("Ravi"))
    for actor in (neighbour, staff_of(east.id, role=Role.SUPPORT)):
        said = set()
        for asked in (number, "MAIN-C2026-999999"):
            with pytest.raises(NotFound) as refused:
                desk.look(asked, actor)
            said.add(refused.value.message)
        assert len(said) == 1
        assert desk.listed(actor) == []
        assert desk.counts(actor) == (0, 0)


def test_looking_changes_nothing_and_opening_marks_it_read_once(desk: Desk) -> None:
    number = desk.file().number
    assert not desk.look(number, desk.support).is_read
    assert not desk.look(number, desk.support).is_read
    assert desk.read(number).is_read
    desk.read(number)
    assert [step.step.value for step in desk.look(number, desk.support).steps] == ["filed", "read"]


def test_a_customer_sees_the_resolution_and_nothing_internal(desk: Desk) -> None:
    number = desk.file().number
    handler = desk.operator.staff("meera", Role.SUPPORT, desk.operator.main.id)
    desk.assign(number, handler.id)
    desk.note(number)
    desk.resolve(number)
    seen = desk.look(number, desk.owner)
    assert [step.step.value for step in seen.steps] == ["filed", "resolved"]
    assert (seen.assigned_to, seen.assigned_name, seen.resolution) == (
        None,
        None,
        "The amplifier was replaced.",
    )
    staff_sees = desk.look(number, desk.support)
    assert [step.step.value for step in staff_sees.steps] == [
        "filed",
        "assigned",
        "read",
        "noted",
        "resolved",
    ]
    assert staff_sees.steps[1].text == handler.name


def test_it_is_given_to_who_handles_complaints_in_the_branch(desk: Desk) -> None:
    number, main = desk.file().number, desk.operator.main.id
    east = desk.operator.branch("EAST")
    for wrong in (
        desk.operator.staff("cash", Role.CASHIER, main), desk.operator.staff("east", Role.SUPPORT, east.id),
    ):  # fmt: skip
        with pytest.raises(NotAssignable):
            desk.assign(number, wrong.id)
    right = desk.operator.staff("meera", Role.SUPPORT, main)
    with desk.operator.reading() as session:
        listed = complaint_views.list_assignable_staff(session, main, desk.support)
    assert right.id in {one.id for one in listed.items} and len(listed.items) == 2  # and the administrator
    me = Actor(subject=f"staff:{right.id}", name="Meera", role=Role.SUPPORT, branch_ids=frozenset({main}))
    assert desk.assign(number, right.id).assigned_name == right.name
    assert desk.listed(me, assigned="me") == desk.listed(assigned="anyone") == [number]
    assert desk.listed(assigned="nobody") == []
    desk.assign(number, None)
    assert desk.listed(assigned="nobody") == [number]


def test_it_is_resolved_once_and_the_customer_told_once(desk: Desk) -> None:
    number = desk.file().number
    assert desk.resolve(number).state is RESOLVED
    with pytest.raises(AlreadyResolved):
        desk.resolve(number)
    (body,) = desk.operator.events("ComplaintResolved")
    assert (body["resolution"], body["reopen_until"]) == ("The amplifier was replaced.", "2026-05-11")


def test_a_customer_reopens_until_the_last_day_of_the_branchs_policy(desk: Desk) -> None:
    request = ChangeBranch(branch_id=desk.operator.main.id, complaint_reopen_days=3)
    with desk.operator.writing() as session:
        change_branch(session, request, admin(), desk.operator.clock)
    number = desk.file().number
    desk.resolve(number)
    desk.operator.clock.move(timedelta(days=3))
    assert desk.look(number, desk.owner).may_reopen
    again = desk.reopen(number, desk.owner)
    assert (again.state, again.resolution) == (OPEN, None)
    assert not desk.look(number, desk.support).is_read, "staff have to look at it anew"
    desk.resolve(number)
    desk.operator.clock.move(timedelta(days=4))
    assert not desk.look(number, desk.owner).may_reopen
    with pytest.raises(ReopenTooLate):
        desk.reopen(number, desk.owner)
    assert desk.reopen(number).state is OPEN, "staff may at any time"


def test_what_is_open_cannot_be_reopened(desk: Desk) -> None:
    with pytest.raises(NotResolved):
        desk.reopen(desk.file().number)


def test_complaints_follow_their_customer_to_another_branch(desk: Desk) -> None:
    number = desk.file().number
    handler = desk.operator.staff("meera", Role.SUPPORT, desk.operator.main.id)
    desk.assign(number, handler.id)
    east = desk.operator.branch("EAST")
    with desk.operator.writing() as session:
        request = ChangeCustomer(customer_id=desk.customer.id, branch_id=east.id)
        change_customer(
            session, request, admin(), desk.operator.clock, desk.operator.key, desk.operator.field_keys
        )
    assert desk.listed() == []
    there = staff_of(east.id, role=Role.SUPPORT)
    assert desk.look(number, there).assigned_to is None
