"""A manager renews and ends the access of their staff, and of nobody else's."""

import pytest

from contracts.actor import Actor, Role
from contracts.calls import customers as calls
from contracts.calls.staffing import EndStaffSessions, InviteStaff
from contracts.cards import CustomerState
from contracts.errors import Forbidden, NotFound
from customers.domain.refusals import StaffDeactivated, StaffHasNoEmail, TooManyInvitations
from customers.domain.sign_in_refusals import SessionOver
from customers.usecases.change_staff import change_staff
from customers.usecases.end_staff_sessions import end_staff_sessions
from customers.usecases.invite_staff import invite_staff
from tests.unit.customers.builders import ADMIN_PASSWORD, GOOD_PASSWORD, Operator, admin, staff_of


def invite(operator: Operator, member: calls.StaffView, actor: Actor | None = None) -> None:
    with operator.writing() as session:
        request = InviteStaff(staff_id=member.id)
        invite_staff(session, request, actor or admin(), operator.clock, operator.key)


def sign_out(operator: Operator, member: calls.StaffView, actor: Actor | None = None) -> None:
    with operator.writing() as session:
        end_staff_sessions(session, EndStaffSessions(staff_id=member.id), actor or admin(), operator.clock)


def test_a_new_link_sets_a_password_and_the_old_one_holds_until_then(operator: Operator) -> None:
    member = operator.staff("meera", Role.CASHIER, operator.main.id)
    operator.set_password(operator.last_link())
    invite(operator, member)
    operator.sign_in("meera", GOOD_PASSWORD)
    operator.set_password(operator.last_link(), "eleven calm otters")
    operator.sign_in("meera", "eleven calm otters")


def test_three_links_an_hour_are_enough(operator: Operator) -> None:
    member = operator.staff("meera", Role.CASHIER, operator.main.id)
    invite(operator, member)
    invite(operator, member)
    with pytest.raises(TooManyInvitations) as refusal:
        invite(operator, member)
    assert refusal.value.retry_after


def test_who_is_deactivated_gets_no_link(operator: Operator) -> None:
    member = operator.staff("meera", Role.CASHIER, operator.main.id)
    with operator.writing() as session:
        gone = calls.ChangeStaff(staff_id=member.id, state=CustomerState.DEACTIVATED)
        change_staff(session, gone, admin(), operator.clock, operator.key)
    with pytest.raises(StaffDeactivated):
        invite(operator, member)


def test_who_has_no_address_gets_no_link(operator: Operator) -> None:
    me = operator.check(operator.sign_in("admin", ADMIN_PASSWORD).token).me
    first = calls.StaffView.model_validate(
        {"id": me.subject.removeprefix("staff:"), "username": "admin", "name": "A", "email": "", "role": "admin",
         "branch_ids": (), "state": "active"}
    )  # fmt: skip
    with pytest.raises(StaffHasNoEmail):
        invite(operator, first)


def test_signing_somebody_out_ends_their_sessions_and_no_others(operator: Operator) -> None:
    member = operator.staff("meera", Role.CASHIER, operator.main.id)
    operator.set_password(operator.last_link())
    theirs, mine = operator.sign_in("meera", GOOD_PASSWORD), operator.sign_in("admin", ADMIN_PASSWORD)
    sign_out(operator, member)
    with pytest.raises(SessionOver):
        operator.check(theirs.token)
    operator.check(mine.token)
    operator.sign_in("meera", GOOD_PASSWORD)


def test_staff_of_other_branches_and_above_the_own_role_are_out_of_reach(operator: Operator) -> None:
    elsewhere = operator.branch("EAST")
    stranger = operator.staff("ravi", Role.CASHIER, elsewhere.id)
    manager = staff_of(operator.main.id, role=Role.MANAGER)
    for act in (invite, sign_out):
        with pytest.raises(NotFound):
            act(operator, stranger, manager)
        with pytest.raises(Forbidden):
            act(operator, stranger, staff_of(elsewhere.id))
