"""Two-step sign-in of staff: a password, then a code that is good once (TRUST, checks 5 and 7)."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.field_keys import FieldUnreadable
from contracts.actor import Role
from contracts.calls.two_step import SignInChange
from customers.domain import two_step
from customers.domain.sign_in_refusals import CodeNeeded, SessionOver, TooManyTries, TwoStepLocked
from customers.two_step_tables import TwoStep
from customers.two_step_views import sign_in_of_staff
from tests.unit.customers.builders import GOOD_PASSWORD, Operator, admin
from tests.unit.customers.two_steps import (
    begin,
    complete,
    confirm,
    member,
    set_up,
)

RFC_SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (2000000000, "279037"), (20000000000, "353130")]
)  # fmt: skip
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert two_step.code_at(RFC_SECRET, datetime.fromtimestamp(seconds, UTC)) == code


@given(st.integers(1_600_000_000, 4_000_000_000), st.integers(-300, 300))
def test_a_code_is_good_one_step_before_and_after_and_no_longer(seconds: int, off: int) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    code = two_step.code_at(RFC_SECRET, now + timedelta(seconds=off))
    found = two_step.step_of(RFC_SECRET, code, now, 0)
    around = {two_step.code_at(RFC_SECRET, now + timedelta(seconds=30 * step)) for step in (-1, 0, 1)}
    steps_off = (seconds + off) // 30 - seconds // 30
    assert (found is not None) == (code in around) and (code in around or abs(steps_off) > 1)


@pytest.mark.parametrize("as_typed", ["287 082", " 287082 ", "287-082"])
def test_a_code_is_read_however_it_is_written(as_typed: str) -> None:
    assert two_step.typed(as_typed).digits == "287082"


@pytest.mark.parametrize("as_typed", ["", "28708", "2870821", "٢٨٧٠٨٢", "28708a"])
def test_what_is_not_six_digits_is_no_code_of_an_app(as_typed: str) -> None:
    assert two_step.typed(as_typed).digits is None


def test_a_password_alone_opens_nothing_where_two_step_sign_in_is_on(operator: Operator) -> None:
    member(operator)
    telephone, _ = set_up(operator)
    half = operator.sign_in("meera", GOOD_PASSWORD)
    assert half.needs_code
    with pytest.raises(CodeNeeded):
        operator.check(half.token)
    opened = complete(operator, half.token, telephone.next_code())
    assert opened is not None and opened.token != half.token
    assert operator.check(opened.token).actor.role is Role.CASHIER
    with pytest.raises(SessionOver):
        operator.check(half.token)


def test_a_code_opens_one_session_only(operator: Operator) -> None:
    member(operator)
    telephone, _ = set_up(operator)
    code = telephone.next_code()
    first, second = (operator.sign_in("meera", GOOD_PASSWORD).token for _ in range(2))
    assert complete(operator, first, code) is not None
    assert complete(operator, second, code) is None


def test_the_code_that_turned_it_on_opens_no_session(operator: Operator) -> None:
    member(operator)
    telephone, _ = set_up(operator)
    assert complete(operator, operator.sign_in("meera", GOOD_PASSWORD).token, telephone.code()) is None


def test_a_step_before_one_that_was_used_is_used_up_too(operator: Operator) -> None:
    member(operator)
    telephone, _ = set_up(operator)
    older = telephone.next_code()
    half = operator.sign_in("meera", GOOD_PASSWORD).token
    assert complete(operator, half, telephone.next_code()) is not None
    assert complete(operator, operator.sign_in("meera", GOOD_PASSWORD).token, older) is None


def test_a_completed_sign_in_cannot_be_completed_again(operator: Operator) -> None:
    member(operator)
    telephone, _ = set_up(operator)
    half = operator.sign_in("meera", GOOD_PASSWORD).token
    complete(operator, half, telephone.next_code())
    with pytest.raises(SessionOver):
        complete(operator, half, telephone.next_code())


def test_half_a_sign_in_is_over_after_ten_minutes(operator: Operator) -> None:
    member(operator)
    telephone, _ = set_up(operator)
    half = operator.sign_in("meera", GOOD_PASSWORD).token
    operator.clock.move(timedelta(minutes=10))
    with pytest.raises(SessionOver):
        complete(operator, half, telephone.code())


def test_a_made_up_half_opens_nothing(operator: Operator) -> None:
    with pytest.raises(SessionOver):
        complete(operator, "made-up", "000000")


def test_a_whole_session_is_no_half_of_one(operator: Operator) -> None:
    member(operator)
    telephone, codes = set_up(operator)
    with pytest.raises(SessionOver):
        complete(operator, codes.token or "", telephone.next_code())


def test_anothers_code_opens_nothing(operator: Operator) -> None:
    member(operator)
    member(operator, "ravi")
    set_up(operator)
    other, _ = set_up(operator, "ravi")
    half = operator.sign_in("meera", GOOD_PASSWORD).token
    assert complete(operator, half, other.next_code()) is None


def test_five_wrong_codes_make_the_right_one_wait_whatever_sign_in_it_is_typed_for(
    operator: Operator,
) -> None:
    member(operator)
    telephone, _ = set_up(operator)
    for _ in range(5):
        half = operator.sign_in("meera", GOOD_PASSWORD).token
        assert complete(operator, half, telephone.wrong()) is None
    with pytest.raises(TooManyTries) as refused:
        complete(operator, operator.sign_in("meera", GOOD_PASSWORD).token, telephone.code())
    assert refused.value.retry_after


def guess_slowly(operator: Operator, times: int, wrong: str) -> None:
    for _ in range(times):
        operator.clock.move(timedelta(minutes=16))
        half = operator.sign_in("meera", GOOD_PASSWORD).token
        assert complete(operator, half, wrong) is None


def test_twenty_wrong_codes_in_a_row_count_as_a_stolen_password(operator: Operator) -> None:
    member(operator)
    telephone, _ = set_up(operator)
    guess_slowly(operator, two_step.MOST_FAILURES, "no code at all")
    half = operator.sign_in("meera", GOOD_PASSWORD).token
    operator.clock.move(timedelta(minutes=5))
    with pytest.raises(TwoStepLocked):
        complete(operator, half, telephone.next_code())


def test_a_right_code_forgives_the_wrong_ones(operator: Operator) -> None:
    member(operator)
    telephone, _ = set_up(operator)
    guess_slowly(operator, two_step.MOST_FAILURES - 1, "no code at all")
    assert complete(operator, operator.sign_in("meera", GOOD_PASSWORD).token, telephone.next_code())
    with operator.reading() as session:
        assert session.query(TwoStep).one().failures == 0


def test_a_recovery_code_stands_in_for_the_app_once_and_is_written_down(operator: Operator) -> None:
    staff = member(operator)
    _, codes = set_up(operator)
    assert len(set(codes.codes)) == 10
    typed = codes.codes[3].replace("-", " ").upper()
    operator.clock.move(timedelta(seconds=1))
    assert complete(operator, operator.sign_in("meera", GOOD_PASSWORD).token, typed) is not None
    assert complete(operator, operator.sign_in("meera", GOOD_PASSWORD).token, typed) is None
    with operator.reading() as session:
        history = sign_in_of_staff(session, staff.id, admin(), operator.clock).history
    assert [(one.change, one.detail) for one in history] == [
        (SignInChange.RECOVERY_CODE_USED, "9"), (SignInChange.TWO_STEP_ON, ""),
    ]  # fmt: skip


def test_secrets_and_recovery_codes_are_not_to_be_read_in_the_database(operator: Operator) -> None:
    member(operator)
    token = operator.sign_in("meera", GOOD_PASSWORD).token
    telephone = begin(operator, token)
    codes = confirm(operator, token, telephone.code())
    assert codes is not None
    with operator.reading() as session:
        stored = str(session.execute(text("SELECT * FROM two_steps, recovery_codes")).all())
        held = session.query(TwoStep).one()
    secret = held.opened(operator.field_keys)
    for hidden in (
        *codes.codes, base64.b32encode(secret).decode(), base64.b64encode(secret).decode(), secret.hex()
    ):  # fmt: skip
        assert hidden not in stored


def test_a_secret_opens_for_its_own_login_alone(operator: Operator) -> None:
    member(operator)
    set_up(operator)
    with operator.reading() as session:
        held = session.query(TwoStep).one()
    moved = TwoStep(login_id=uuid4(), secret=held.secret)
    with pytest.raises(FieldUnreadable):
        moved.opened(operator.field_keys)
