"""Who manages whom: a manager never above the own role, never outside the own branches."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.actor import ROLE_RANK, Actor, Role
from contracts.calls import customers as calls
from contracts.cards import CustomerState
from contracts.errors import Forbidden, NotFound, Refusal
from customers import queries
from customers.domain.refusals import LastAdministrator, NotAStaffRole, StaffNeedsBranch, UsernameTaken
from customers.domain.sign_in_refusals import SessionOver, SignInRefused
from customers.domain.staffing import STAFF_ROLES, require_role_allowed, sees_staff
from customers.sight import visible_branch, visible_customer
from customers.usecases.change_staff import change_staff
from tests.unit.customers.builders import GOOD_PASSWORD, Operator, admin, staff_of

BRANCHES = [UUID(int=number) for number in range(1, 5)]
some_branches = st.frozensets(st.sampled_from(BRANCHES))
people = st.builds(
    lambda role, branch_ids: Actor(subject="staff:x", name="X", role=role, branch_ids=branch_ids),
    st.sampled_from(sorted(set(Role) - {Role.ADMIN, Role.SERVICE})),
    some_branches,
)


def change(
    operator: Operator, staff: calls.StaffView, actor: Actor | None = None, **fields: Any
) -> calls.StaffView:
    with operator.writing() as session:
        request = calls.ChangeStaff(staff_id=staff.id, **fields)
        return change_staff(session, request, actor or admin(), operator.clock, operator.key)


def listed(operator: Operator, actor: Actor) -> list[str]:
    with operator.reading() as session:
        return [member.username for member in queries.list_staff(session, calls.ListStaff(), actor).items]


@given(people, st.sampled_from(sorted(Role)))
def test_nobody_gives_a_role_above_the_own(actor: Actor, role: Role) -> None:
    try:
        require_role_allowed(actor, role)
    except Refusal:
        return
    assert ROLE_RANK[role] <= ROLE_RANK[actor.role] and role in STAFF_ROLES


@given(people, some_branches, st.sampled_from(sorted(STAFF_ROLES)))
def test_staff_of_a_branch_that_is_not_the_own_are_hidden(
    actor: Actor, branch_ids: frozenset[UUID], role: Role
) -> None:
    if sees_staff(actor, branch_ids, role):
        assert actor.role is Role.MANAGER and actor.branch_ids is not None
        assert branch_ids and branch_ids <= actor.branch_ids and role is not Role.ADMIN


def test_a_hidden_branch_and_what_is_in_it_are_always_not_found(operator: Operator) -> None:
    east = operator.branch("EAST")
    customer = operator.customer(branch_id=east.id)
    for role in set(Role) - {Role.ADMIN, Role.SERVICE}:
        stranger = staff_of(operator.main.id, uuid4(), role=role)
        with operator.writing() as session, pytest.raises(NotFound):
            visible_branch(session, stranger, east.id)
        with operator.writing() as session, pytest.raises(NotFound):
            visible_customer(session, stranger, customer.id)
        with pytest.raises(NotFound):
            operator.customer(actor=stranger, branch_id=east.id)


def test_a_new_member_of_staff_gets_a_link(operator: Operator) -> None:
    operator.staff("anna", Role.CASHIER, operator.main.id)
    (event,) = operator.events("PasswordLinkIssued")
    assert (event["username"], event["email"], event["branch"]["code"]) == (
        "anna",
        "anna@example.com",
        "MAIN",
    )
    operator.set_password(operator.last_link())


def test_a_manager_adds_staff_to_own_branches_up_to_the_own_role(operator: Operator) -> None:
    manager, east = staff_of(operator.main.id, role=Role.MANAGER), operator.branch("EAST")
    operator.staff("anna", Role.MANAGER, operator.main.id, actor=manager)
    with pytest.raises(Forbidden):
        operator.staff("boss", Role.ADMIN, operator.main.id, actor=manager)
    with pytest.raises(NotFound):
        operator.staff("eve", Role.CASHIER, operator.main.id, east.id, actor=manager)
    with pytest.raises(Forbidden):
        operator.staff("eve", Role.CASHIER, operator.main.id, actor=staff_of(operator.main.id))


def test_staff_have_a_staff_role_and_a_branch(operator: Operator) -> None:
    with pytest.raises(NotAStaffRole):
        operator.staff("eve", Role.SERVICE, operator.main.id)
    with pytest.raises(NotAStaffRole):
        operator.staff("eve", Role.CUSTOMER, operator.main.id)
    with pytest.raises(StaffNeedsBranch):
        operator.staff("eve", Role.CASHIER)


def test_a_username_belongs_to_one_person(operator: Operator) -> None:
    with pytest.raises(UsernameTaken):
        operator.staff("Admin", Role.CASHIER, operator.main.id)


def test_a_manager_sees_only_staff_who_work_in_own_branches_alone(operator: Operator) -> None:
    east = operator.branch("EAST")
    operator.staff("anna", Role.CASHIER, operator.main.id)
    both = operator.staff("both", Role.CASHIER, operator.main.id, east.id)
    manager = staff_of(operator.main.id, role=Role.MANAGER)
    assert listed(operator, manager) == ["anna"]
    assert listed(operator, admin()) == ["admin", "anna", "both"]
    with pytest.raises(NotFound):
        change(operator, both, manager, name="Mine")


def test_a_manager_does_not_move_staff_out_of_own_branches(operator: Operator) -> None:
    east, anna = operator.branch("EAST"), operator.staff("anna", Role.CASHIER, operator.main.id)
    manager = staff_of(operator.main.id, role=Role.MANAGER)
    with pytest.raises(NotFound):
        change(operator, anna, manager, branch_ids=(east.id,))
    with pytest.raises(Forbidden):
        change(operator, anna, manager, role=Role.ADMIN)
    assert change(operator, anna, manager, role=Role.SUPPORT).role is Role.SUPPORT


def test_a_change_of_role_ends_the_sessions(operator: Operator) -> None:
    anna = operator.staff("anna", Role.CASHIER, operator.main.id)
    operator.set_password(operator.last_link())
    token = operator.sign_in("anna", GOOD_PASSWORD).token
    change(operator, anna, role=Role.SUPPORT)
    with pytest.raises(SessionOver):
        operator.check(token)
    assert operator.sign_in("anna", GOOD_PASSWORD).me.role is Role.SUPPORT


def test_dismissed_staff_cannot_sign_in_until_taken_back(operator: Operator) -> None:
    anna = operator.staff("anna", Role.CASHIER, operator.main.id)
    operator.set_password(operator.last_link())
    change(operator, anna, state=CustomerState.DEACTIVATED)
    with pytest.raises(SignInRefused):
        operator.sign_in("anna", GOOD_PASSWORD)
    change(operator, anna, state=CustomerState.ACTIVE)
    operator.sign_in("anna", GOOD_PASSWORD)


def test_an_address_given_before_the_first_password_sends_a_new_link(operator: Operator) -> None:
    anna = operator.staff("anna", Role.CASHIER, operator.main.id)
    change(operator, anna, email="right@example.com")
    assert operator.events("PasswordLinkIssued")[-1]["email"] == "right@example.com"
    operator.set_password(operator.last_link())
    change(operator, anna, email="newer@example.com")
    assert len(operator.events("PasswordLinkIssued")) == 2


def test_the_last_administrator_stays(operator: Operator) -> None:
    with operator.reading() as session:
        (first,) = queries.list_staff(session, calls.ListStaff(), admin()).items
    with pytest.raises(LastAdministrator):
        change(operator, first, state=CustomerState.DEACTIVATED)
    with pytest.raises(LastAdministrator):
        change(operator, first, role=Role.CASHIER, branch_ids=(operator.main.id,))
    operator.staff("second", Role.ADMIN)
    change(operator, first, state=CustomerState.DEACTIVATED)


def test_staff_are_listed_in_pages(operator: Operator) -> None:
    for name in ("dora", "carl", "bert"):
        operator.staff(name, Role.CASHIER, operator.main.id)
    with operator.reading() as session:
        first = queries.list_staff(session, calls.ListStaff(limit=3), admin())
        rest = queries.list_staff(session, calls.ListStaff(limit=3, cursor=first.next), admin())
    assert [member.username for member in first.items + rest.items] == ["admin", "bert", "carl", "dora"]
    assert rest.next is None
