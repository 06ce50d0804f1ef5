"""API tokens: shown once, stored as a digest, never more than their person, within their scopes, over in time."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from contracts.actor import RIGHTS, SCOPE_RIGHTS, Actor, Right, Role, Scope
from contracts.calls import api_tokens as calls
from contracts.calls.api_tokens import ApiTokenMade
from contracts.calls.customers import ChangeStaff, StaffView
from contracts.calls.two_step import SignInChange
from contracts.cards import CustomerState
from contracts.errors import Forbidden, NotFound
from customers.domain.sign_in_refusals import SessionOver, TooManyApiTokens, WrongPassword
from customers.two_step_views import sign_in_of_staff
from customers.usecases.change_staff import change_staff
from customers.usecases.check_api_token import CheckedToken, check_api_token, touch_api_token
from customers.usecases.make_api_token import make_api_token
from customers.usecases.own_session import own_password, own_staff_session
from customers.usecases.purge_sign_in import purge_sign_in
from customers.usecases.revoke_api_tokens import revoke_api_token, revoke_own_api_token
from customers.usecases.sign_in import prove
from tests.unit.customers.builders import GOOD_PASSWORD, Operator, admin, staff_of
from tests.unit.customers.two_steps import member, require, set_up


def make(
    operator: Operator, session_token: str, *scopes: Scope, days: int = 90, **fields: Any
) -> ApiTokenMade | None:
    """Make a token, as the door does."""
    typed = {"purpose": "Till", "password": GOOD_PASSWORD} | fields
    request = calls.MakeApiToken(
        session_token=session_token, scopes=scopes or (Scope.READ,), days=days, **typed
    )
    with operator.writing() as session:
        checked = own_staff_session(
            session, session_token, operator.check(session_token).actor, operator.clock
        )
        own = own_password(session, checked, operator.clock)
    proof = prove(own, request.password)
    with operator.writing() as session:
        return make_api_token(session, checked, request, own, proof, operator.field_keys, operator.clock)


def made(operator: Operator, *scopes: Scope, **fields: Any) -> ApiTokenMade:
    """A token of meera's."""
    found = make(operator, operator.sign_in("meera", GOOD_PASSWORD).token, *scopes, **fields)
    assert found is not None
    return found


def check(operator: Operator, token: str) -> CheckedToken:
    with operator.reading() as session:
        return check_api_token(session, token, operator.clock)


def is_over(operator: Operator, token: str) -> bool:
    try:
        check(operator, token)
    except SessionOver:
        return True
    return False


def change(operator: Operator, staff: StaffView, **fields: Any) -> None:
    with operator.writing() as session:
        change_staff(session, ChangeStaff(staff_id=staff.id, **fields), admin(), operator.clock, operator.key)


def test_a_token_acts_for_its_person_within_its_scopes(operator: Operator) -> None:
    staff = member(operator)
    actor = check(operator, made(operator, Scope.PAYMENTS).token).actor
    assert (actor.subject, actor.role, actor.branch_ids) == (
        f"staff:{staff.id}", Role.CASHIER, frozenset({operator.main.id}),
    )  # fmt: skip
    assert actor.may(Right.TAKE_PAYMENTS) and not actor.may(Right.EDIT_CUSTOMERS)


def test_a_token_is_stored_as_a_digest_and_known_by_how_it_begins(operator: Operator) -> None:
    member(operator)
    token = made(operator)
    assert token.token.startswith("hdt_") and token.token.startswith(token.about.prefix)
    with operator.reading() as session:
        stored = str(session.execute(text("SELECT * FROM api_tokens")).all())
    assert token.token not in stored and token.about.prefix in stored


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SERVICE])
@pytest.mark.parametrize("scope", list(Scope))
def test_no_scope_gives_more_than_the_role_has(role: Role, scope: Scope) -> None:
    actor = Actor(subject="s", name="n", role=role, scopes=frozenset({scope}))
    allowed = {right for right in Right if actor.may(right)}
    assert allowed == RIGHTS[role] & SCOPE_RIGHTS[scope]


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope is not Scope.READ])
def test_no_scope_that_writes_manages_people_money_back_or_the_operator(scope: Scope) -> None:
    for_people = {
        Right.MANAGE_STAFF, Right.MANAGE_SIGN_IN, Right.MANAGE_BRANCHES, Right.MANAGE_PLANS, Right.MANAGE_LETTERS,
        Right.ERASE_CUSTOMERS, Right.VOID_PAYMENTS, Right.RUN_BILLING, Right.SEE_OPERATIONS,
    }  # fmt: skip
    assert not SCOPE_RIGHTS[scope] & for_people


def test_reading_alone_opens_no_call_that_changes_something() -> None:
    reader = Actor(subject="s", name="n", role=Role.ADMIN, branch_ids=None, scopes=frozenset({Scope.READ}))
    assert reader.for_call(reads=True).may(Right.SEE_CUSTOMERS)
    with pytest.raises(Forbidden):
        reader.for_call(reads=False)


def test_reading_adds_nothing_to_what_another_scope_changes() -> None:
    both = Actor(
        subject="s",
        name="n",
        role=Role.ADMIN,
        branch_ids=None,
        scopes=frozenset({Scope.READ, Scope.PAYMENTS}),
    )
    assert both.for_call(reads=True).may(Right.MANAGE_STAFF)
    assert not both.for_call(reads=False).may(Right.MANAGE_STAFF)
    assert both.for_call(reads=False).may(Right.TAKE_PAYMENTS)


def test_a_person_who_is_signed_in_has_no_scopes() -> None:
    assert admin().for_call(reads=False).may(Right.MANAGE_STAFF)


def test_a_token_ends_with_its_days(operator: Operator) -> None:
    member(operator)
    token = made(operator, days=30).token
    operator.clock.move(timedelta(days=30) - timedelta(seconds=1))
    assert not is_over(operator, token)
    operator.clock.move(timedelta(seconds=1))
    assert is_over(operator, token)


@pytest.mark.parametrize("days", [0, 366])
def test_no_token_is_for_ever(days: int) -> None:
    with pytest.raises(ValueError, match="days"):
        calls.MakeApiToken(session_token="x", purpose="Till", scopes=(Scope.READ,), days=days, password="p")


def test_a_revoked_token_opens_nothing_and_it_is_written_down(operator: Operator) -> None:
    staff = member(operator)
    mine = operator.sign_in("meera", GOOD_PASSWORD).token
    token = make(operator, mine)
    assert token is not None
    operator.clock.move(timedelta(seconds=1))
    checked = operator.check(mine)
    request = calls.RevokeOwnApiToken(session_token=mine, token_id=token.about.id)
    with operator.writing() as session:
        revoke_own_api_token(session, checked, request, operator.clock)
    assert is_over(operator, token.token)
    with operator.writing() as session, pytest.raises(NotFound):
        revoke_own_api_token(session, checked, request, operator.clock)
    with operator.reading() as session:
        found = sign_in_of_staff(session, staff.id, admin(), operator.clock)
    assert found.api_tokens == ()
    assert [(one.change, one.detail) for one in found.history] == [
        (SignInChange.API_TOKEN_REVOKED, "Till"), (SignInChange.API_TOKEN_MADE, "Till"),
    ]  # fmt: skip


def test_nobody_revokes_a_token_of_somebody_else_but_who_manages_them(operator: Operator) -> None:
    staff = member(operator)
    member(operator, "ravi")
    token = made(operator)
    theirs = operator.check(operator.sign_in("ravi", GOOD_PASSWORD).token)
    with operator.writing() as session, pytest.raises(NotFound):
        request = calls.RevokeOwnApiToken(session_token="x", token_id=token.about.id)
        revoke_own_api_token(session, theirs, request, operator.clock)
    revoking = calls.RevokeApiToken(staff_id=staff.id, token_id=token.about.id)
    with operator.writing() as session, pytest.raises(Forbidden):
        revoke_api_token(session, revoking, staff_of(operator.main.id), operator.clock)
    assert not is_over(operator, token.token)
    with operator.writing() as session:
        revoke_api_token(session, revoking, staff_of(operator.main.id, role=Role.MANAGER), operator.clock)
    assert is_over(operator, token.token)


@pytest.mark.parametrize("fields", [{"role": Role.SUPPORT}, {"state": CustomerState.DEACTIVATED}])
def test_a_token_ends_when_its_person_may_do_something_else(
    operator: Operator, fields: dict[str, Any]
) -> None:
    staff = member(operator)
    token = made(operator).token
    change(operator, staff, **fields)
    assert is_over(operator, token)
    if "state" in fields:  # a token does not come back with its person
        change(operator, staff, state=CustomerState.ACTIVE)
        assert is_over(operator, token)


def test_a_token_ends_when_its_person_works_elsewhere(operator: Operator) -> None:
    staff, elsewhere = member(operator), operator.branch("EAST")
    token = made(operator).token
    change(operator, staff, branch_ids=(elsewhere.id,))
    assert is_over(operator, token)


def test_a_token_stays_when_only_a_name_is_mended(operator: Operator) -> None:
    staff = member(operator)
    token = made(operator).token
    change(operator, staff, name="Meera Nair")
    assert not is_over(operator, token)


def test_a_token_takes_the_password_and_the_code(operator: Operator) -> None:
    member(operator)
    with pytest.raises(WrongPassword):
        made(operator, password="not the password")
    telephone, codes = set_up(operator)
    mine = codes.token or ""
    assert make(operator, mine) is None
    assert make(operator, mine, code=telephone.next_code()) is not None


def test_the_tokens_of_who_must_set_two_step_sign_in_up_can_do_nothing(operator: Operator) -> None:
    member(operator)
    token = made(operator).token
    require(operator, Role.CASHIER)
    checked = check(operator, token)
    assert checked.me.must_set_up_two_step and checked.actor.branch_ids == frozenset()


def test_twenty_tokens_are_enough(operator: Operator) -> None:
    member(operator)
    mine = operator.sign_in("meera", GOOD_PASSWORD).token
    for _ in range(20):
        make(operator, mine)
    with pytest.raises(TooManyApiTokens):
        make(operator, mine)


def test_an_api_token_is_no_session(operator: Operator) -> None:
    member(operator)
    token = made(operator)
    with operator.reading() as session, pytest.raises(SessionOver):
        own_staff_session(session, token.token, check(operator, token.token).actor, operator.clock)


def test_the_use_of_a_token_is_written_down_once_a_minute(operator: Operator) -> None:
    member(operator)
    token = made(operator).token
    assert check(operator, token).is_due_for_touch
    with operator.writing() as session:
        touch_api_token(session, check(operator, token).id, operator.clock)
    assert not check(operator, token).is_due_for_touch


def test_a_token_that_is_over_is_forgotten_after_a_month(operator: Operator) -> None:
    member(operator)
    made(operator, days=1)
    operator.clock.move(timedelta(days=32))
    with operator.writing() as session:
        purge_sign_in(session, operator.clock)
        assert session.execute(text("SELECT count(*) FROM api_tokens")).scalar_one() == 0
