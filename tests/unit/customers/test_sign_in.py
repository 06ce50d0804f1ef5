"""Signing in: passwords, one-time passwords, links, sessions, and those who guess."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from contracts.actor import Actor, Role
from contracts.calls import customers as calls
from contracts.errors import Forbidden
from customers.domain.sign_in_refusals import (
    LinkExpired,
    PasswordTooWeak,
    SessionOver,
    SignInRefused,
    TooManyTries,
    WrongPassword,
)
from customers.domain.tokens import new_password
from customers.hashing import HASHER as REAL_HASHER
from customers.hashing import hash_password
from customers.signin_tables import LoginSession, OneTimeLink
from customers.usecases.bootstrap import bootstrap
from customers.usecases.change_own_password import change_own_password, find_own_password
from customers.usecases.check_session import touch_session
from customers.usecases.purge_sign_in import purge_sign_in
from customers.usecases.reset_admin_password import reset_admin_password
from customers.usecases.sign_in import Proof, prove
from customers.usecases.sign_out import sign_out
from tests.unit.customers.builders import ADMIN_PASSWORD, GOOD_PASSWORD, Operator


def change_own(operator: Operator, token: str, current: str, new: str, actor: Actor | None = None) -> str:
    """The session's token from then on."""
    request = calls.ChangeOwnPassword(session_token=token, current_password=current, password=new)
    with operator.writing() as session:
        own = find_own_password(session, request, actor or operator.check(token).actor, operator.clock)
    proof = prove(own.candidate, current) if own.candidate else Proof.ONE_TIME
    with operator.writing() as session:
        changed = change_own_password(session, own, proof, hash_password(new), operator.clock)
    return changed.token or ""


def wrong_tries(operator: Operator, count: int, username: str = "admin", **fields: Any) -> None:
    for _ in range(count):
        with pytest.raises(SignInRefused):
            operator.sign_in(username, "not the password", **fields)


def test_the_administrator_signs_in_and_sees_every_branch(operator: Operator) -> None:
    opened = operator.sign_in("ADMIN", ADMIN_PASSWORD)
    actor = operator.check(opened.token).actor
    assert (actor.role, actor.branch_ids, opened.must_change_password) == (Role.ADMIN, None, False)


def test_a_second_start_changes_nothing(operator: Operator) -> None:
    with operator.writing() as session:
        assert bootstrap(session, "admin", "another password here", operator.clock) is None
    operator.sign_in("admin", ADMIN_PASSWORD)
    assert len(operator.events("BranchChanged")) == 1


def test_unknown_users_and_wrong_passwords_are_answered_alike(operator: Operator) -> None:
    with pytest.raises(SignInRefused) as unknown:
        operator.sign_in("nobody", "not the password")
    with pytest.raises(SignInRefused) as wrong:
        operator.sign_in("admin", "not the password")
    assert unknown.value.envelope() == wrong.value.envelope()


def test_passwords_are_hashed_with_argon2id_in_19_mebibytes() -> None:
    assert REAL_HASHER.hash(GOOD_PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_passwords_and_tokens_are_stored_as_digests_only(operator: Operator) -> None:
    opened = operator.sign_in("admin", ADMIN_PASSWORD)
    with operator.reading() as session:
        stored = str(session.execute(text("SELECT * FROM logins, sessions")).all())
    assert opened.token not in stored and ADMIN_PASSWORD not in stored and "$argon2id$" in stored


def test_a_one_time_password_opens_one_session_that_may_do_nothing_else(operator: Operator) -> None:
    customer = operator.customer(crf="501")
    password = operator.last_one_time_password()
    opened = operator.sign_in("501", password.upper())
    actor = operator.check(opened.token).actor
    assert opened.must_change_password
    assert (actor.customer_id, actor.branch_ids) == (None, frozenset())
    with pytest.raises(SignInRefused):
        operator.sign_in("501", password)
    token = change_own(operator, opened.token, "", GOOD_PASSWORD)
    assert operator.check(token).actor.customer_id == customer.id
    assert operator.sign_in("501", GOOD_PASSWORD).must_change_password is False


def test_a_one_time_password_is_worthless_after_72_hours(operator: Operator) -> None:
    operator.customer(crf="501")
    operator.clock.move(timedelta(hours=72))
    with pytest.raises(SignInRefused):
        operator.sign_in("501", operator.last_one_time_password())


def test_a_link_sets_a_password_once(operator: Operator) -> None:
    operator.staff("anna", Role.CASHIER, operator.main.id)
    link = operator.last_link()
    operator.set_password(link)
    assert operator.sign_in("anna", GOOD_PASSWORD).me.role is Role.CASHIER
    with pytest.raises(LinkExpired):
        operator.set_password(link)


def test_a_link_is_worthless_after_72_hours(operator: Operator) -> None:
    operator.staff("anna", Role.CASHIER, operator.main.id)
    operator.clock.move(timedelta(hours=72))
    with pytest.raises(LinkExpired):
        operator.set_password(operator.last_link())


def test_a_made_up_link_is_refused(operator: Operator) -> None:
    with pytest.raises(LinkExpired):
        operator.set_password("made-up")


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd123",
        "1234567890",
        "aaaaaaaaaaaa",
        "qwertyuiop",
        "anna loves tea",
        "Iloveyou2024!",
    ],
)
def test_passwords_that_are_guessed_first_are_refused(operator: Operator, password: str) -> None:
    operator.staff("anna", Role.CASHIER, operator.main.id)
    with pytest.raises(PasswordTooWeak):
        operator.set_password(operator.last_link(), password)


def test_generated_passwords_are_always_good_enough(operator: Operator) -> None:
    operator.staff("anna", Role.CASHIER, operator.main.id)
    operator.set_password(operator.last_link(), new_password())


def test_five_wrong_passwords_make_the_account_wait_longer_and_longer(operator: Operator) -> None:
    wrong_tries(operator, 5)
    waits = []
    for _ in range(3):
        with pytest.raises(TooManyTries) as refused:
            operator.sign_in("admin", ADMIN_PASSWORD)
        waits.append(refused.value.retry_after)
        operator.clock.move(timedelta(seconds=refused.value.retry_after or 0))
        wrong_tries(operator, 1)
    assert waits == [30, 60, 120]


def test_an_account_that_nobody_has_is_throttled_alike(operator: Operator) -> None:
    wrong_tries(operator, 5, username="nobody")
    with pytest.raises(TooManyTries):
        operator.sign_in("NOBODY", "not the password")


def test_the_right_password_makes_the_account_start_anew(operator: Operator) -> None:
    for _ in range(3):
        wrong_tries(operator, 4)
        operator.sign_in("admin", ADMIN_PASSWORD)


def test_tries_are_forgotten_after_the_window(operator: Operator) -> None:
    wrong_tries(operator, 5)
    operator.clock.move(timedelta(minutes=15))
    wrong_tries(operator, 4)
    operator.sign_in("admin", ADMIN_PASSWORD)


def test_fifty_wrong_passwords_make_the_address_wait(operator: Operator) -> None:
    for number in range(50):
        wrong_tries(operator, 1, username=f"guess{number}", address="2001:db8::1")
    with pytest.raises(TooManyTries):
        operator.sign_in("admin", ADMIN_PASSWORD, address="2001:db8::2")
    operator.sign_in("admin", ADMIN_PASSWORD, address="192.0.2.8")


def test_signing_in_rightly_costs_the_address_nothing(operator: Operator) -> None:
    for _ in range(60):
        operator.sign_in("admin", ADMIN_PASSWORD)


def test_a_signed_out_session_opens_nothing(operator: Operator) -> None:
    opened = operator.sign_in("admin", ADMIN_PASSWORD)
    with operator.writing() as session:
        sign_out(session, calls.SignOut(token=opened.token), operator.clock)
    with pytest.raises(SessionOver):
        operator.check(opened.token)


def test_an_unused_session_ends_and_a_used_one_ends_after_a_working_day(operator: Operator) -> None:
    unused, used = (operator.sign_in("admin", ADMIN_PASSWORD).token for _ in range(2))
    for _ in range(5):
        operator.clock.move(timedelta(hours=3))
        with operator.writing() as session:
            touch_session(session, operator.check(used).id, operator.clock)
    with pytest.raises(SessionOver):
        operator.check(unused)
    operator.clock.move(timedelta(hours=1))
    with pytest.raises(SessionOver):
        operator.check(used)


def test_the_use_of_a_session_is_written_down_once_a_minute(operator: Operator) -> None:
    token = operator.sign_in("admin", ADMIN_PASSWORD).token
    assert operator.check(token).is_due_for_touch is False
    operator.clock.move(timedelta(minutes=1))
    assert operator.check(token).is_due_for_touch is True


def test_changing_the_own_password_ends_every_other_session(operator: Operator) -> None:
    here, there = (operator.sign_in("admin", ADMIN_PASSWORD).token for _ in range(2))
    operator.check(change_own(operator, here, ADMIN_PASSWORD, GOOD_PASSWORD))
    for before in (here, there):  # the token changes with the password: one that was stolen is worthless
        with pytest.raises(SessionOver):
            operator.check(before)
    operator.sign_in("admin", GOOD_PASSWORD)


def test_the_own_password_changes_only_with_the_current_one(operator: Operator) -> None:
    token = operator.sign_in("admin", ADMIN_PASSWORD).token
    with pytest.raises(WrongPassword):
        change_own(operator, token, "not the password", GOOD_PASSWORD)
    operator.sign_in("admin", ADMIN_PASSWORD)


def test_the_current_password_cannot_be_guessed_with_a_stolen_session(operator: Operator) -> None:
    token = operator.sign_in("admin", ADMIN_PASSWORD).token
    for _ in range(5):
        with pytest.raises(WrongPassword):
            change_own(operator, token, "not the password", GOOD_PASSWORD)
    with pytest.raises(TooManyTries):
        change_own(operator, token, ADMIN_PASSWORD, GOOD_PASSWORD)


def test_nobody_changes_the_password_of_another_session(operator: Operator) -> None:
    token = operator.sign_in("admin", ADMIN_PASSWORD).token
    stranger = Actor(subject="staff:stranger", name="Stranger", role=Role.ADMIN, branch_ids=None)
    with pytest.raises(Forbidden):
        change_own(operator, token, ADMIN_PASSWORD, GOOD_PASSWORD, stranger)


def test_a_reset_gives_the_administrator_a_new_password_at_once(operator: Operator) -> None:
    token = operator.sign_in("admin", ADMIN_PASSWORD).token
    wrong_tries(operator, 5)
    with operator.writing() as session:
        username, password = reset_admin_password(session, None, operator.clock)
    operator.sign_in(username, password)
    with pytest.raises(SessionOver):
        operator.check(token)


def test_what_has_been_over_for_a_month_is_forgotten(operator: Operator) -> None:
    operator.staff("anna", Role.CASHIER, operator.main.id)
    operator.sign_in("admin", ADMIN_PASSWORD)
    for days, left in ((29, 1), (10, 0)):
        operator.clock.move(timedelta(days=days))
        with operator.writing() as session:
            purge_sign_in(session, operator.clock)
            assert session.query(LoginSession).count() == session.query(OneTimeLink).count() == left
