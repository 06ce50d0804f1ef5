"""Two-step sign-in turned on, off and reset, and who must have it."""

from datetime import timedelta

import pytest

from contracts.actor import Role
from contracts.calls.two_step import ChangeTwoStepPolicy, SignInChange
from contracts.errors import Forbidden, NotFound
from customers.domain.refusals import NotAStaffRole
from customers.domain.sign_in_refusals import (
    NoTwoStepBegun,
    SessionOver,
    TwoStepAlreadyOn,
    TwoStepIsOff,
    WrongPassword,
)
from customers.two_step_views import own_two_step, sign_in_of_staff
from customers.usecases.change_two_step_policy import change_two_step_policy
from customers.usecases.own_session import own_staff_session
from customers.usecases.reset_admin_password import reset_admin_password
from tests.unit.customers.builders import ADMIN_PASSWORD, GOOD_PASSWORD, Operator, admin, staff_of
from tests.unit.customers.two_steps import (
    begin,
    complete,
    confirm,
    member,
    require,
    reset,
    set_up,
    turn_off,
)


def test_turning_it_on_ends_what_a_password_alone_has_opened(operator: Operator) -> None:
    member(operator)
    there = operator.sign_in("meera", GOOD_PASSWORD).token
    here = operator.sign_in("meera", GOOD_PASSWORD).token
    codes = confirm(operator, here, begin(operator, here).code())
    for before in (there, here):
        with pytest.raises(SessionOver):
            operator.check(before)
    assert codes is not None and codes.token is not None
    operator.check(codes.token)


def test_it_is_not_on_before_its_first_code_was_right(operator: Operator) -> None:
    member(operator)
    token = operator.sign_in("meera", GOOD_PASSWORD).token
    telephone = begin(operator, token)
    assert confirm(operator, token, telephone.wrong()) is None
    assert operator.sign_in("meera", GOOD_PASSWORD).needs_code is False


def test_a_stolen_session_sets_nothing_up_without_the_password(operator: Operator) -> None:
    member(operator)
    token = operator.sign_in("meera", GOOD_PASSWORD).token
    with pytest.raises(WrongPassword):
        begin(operator, token, "not the password")


def test_a_secret_waits_half_an_hour(operator: Operator) -> None:
    member(operator)
    token = operator.sign_in("meera", GOOD_PASSWORD).token
    telephone = begin(operator, token)
    operator.clock.move(timedelta(minutes=30))
    with pytest.raises(NoTwoStepBegun):
        confirm(operator, token, telephone.code())


def test_who_has_it_on_cannot_begin_it_anew(operator: Operator) -> None:
    member(operator)
    _, codes = set_up(operator)
    with pytest.raises(TwoStepAlreadyOn):
        begin(operator, codes.token or "")


def test_turning_it_off_takes_password_and_code(operator: Operator) -> None:
    member(operator)
    telephone, codes = set_up(operator)
    token = codes.token or ""
    with pytest.raises(WrongPassword):
        turn_off(operator, token, telephone.next_code(), "not the password")
    assert turn_off(operator, token, telephone.wrong()) is False
    assert turn_off(operator, token, telephone.next_code()) is True
    assert operator.sign_in("meera", GOOD_PASSWORD).needs_code is False
    with pytest.raises(TwoStepIsOff):
        turn_off(operator, token, telephone.next_code())


def test_who_lost_app_and_codes_is_reset_and_signed_out(operator: Operator) -> None:
    staff = member(operator)
    _, codes = set_up(operator)
    reset(operator, staff)
    with pytest.raises(SessionOver):
        operator.check(codes.token or "")
    assert operator.sign_in("meera", GOOD_PASSWORD).needs_code is False
    with operator.reading() as session:
        history = sign_in_of_staff(session, staff.id, admin(), operator.clock).history
    assert (SignInChange.TWO_STEP_RESET, "Administrator") in [(one.change, one.by_name) for one in history]
    with pytest.raises(TwoStepIsOff):
        reset(operator, staff)


def test_nobody_resets_staff_whom_they_do_not_manage(operator: Operator) -> None:
    elsewhere = operator.branch("EAST")
    staff = member(operator)
    set_up(operator)
    with pytest.raises(NotFound):
        reset(operator, staff, staff_of(elsewhere.id, role=Role.MANAGER))
    with pytest.raises(Forbidden):
        reset(operator, staff, staff_of(operator.main.id))


def test_whoever_runs_the_machine_lets_an_administrator_in_again(operator: Operator) -> None:
    token = operator.sign_in("admin", ADMIN_PASSWORD).token
    confirm(operator, token, begin(operator, token, ADMIN_PASSWORD).code())
    with operator.writing() as session:
        username, password = reset_admin_password(session, None, operator.clock)
    assert operator.sign_in(username, password).needs_code is False


def test_a_role_that_must_can_do_nothing_before_it_is_set_up(operator: Operator) -> None:
    member(operator)
    token = operator.sign_in("meera", GOOD_PASSWORD).token
    require(operator, Role.CASHIER, Role.ADMIN)
    checked = operator.check(token)
    assert checked.me.must_set_up_two_step
    assert (checked.actor.role, checked.actor.branch_ids) == (Role.CUSTOMER, frozenset())
    codes = confirm(operator, token, begin(operator, token).code())
    assert codes is not None
    after = operator.check(codes.token or "")
    assert (after.me.must_set_up_two_step, after.actor.role) == (False, Role.CASHIER)
    assert operator.sign_in("admin", ADMIN_PASSWORD).me.must_set_up_two_step


def test_what_is_required_no_more_stops_nobody(operator: Operator) -> None:
    member(operator)
    token = operator.sign_in("meera", GOOD_PASSWORD).token
    require(operator, Role.CASHIER)
    require(operator)
    assert operator.check(token).actor.role is Role.CASHIER


def test_only_an_operator_admin_requires_it_and_only_of_staff(operator: Operator) -> None:
    with operator.writing() as session:
        request = ChangeTwoStepPolicy(roles=(Role.CASHIER,))
        with pytest.raises(Forbidden):
            change_two_step_policy(
                session, request, staff_of(operator.main.id, role=Role.MANAGER), operator.clock
            )
        with pytest.raises(NotAStaffRole):
            change_two_step_policy(
                session, ChangeTwoStepPolicy(roles=(Role.CUSTOMER,)), admin(), operator.clock
            )


def test_customers_have_no_two_step_sign_in(operator: Operator) -> None:
    operator.customer(crf="501")
    token = operator.sign_in("501", operator.last_one_time_password()).token
    with operator.reading() as session, pytest.raises(Forbidden):
        own_staff_session(session, token, operator.check(token).actor, operator.clock)


def test_one_sees_how_many_recovery_codes_are_left(operator: Operator) -> None:
    member(operator)
    _, codes = set_up(operator)
    opened = complete(operator, operator.sign_in("meera", GOOD_PASSWORD).token, codes.codes[0])
    assert opened is not None
    with operator.reading() as session:
        own = own_two_step(session, operator.check(opened.token), operator.clock)
    assert (own.recovery_codes_left, own.required, own.being_set_up) == (9, False, False)
