"""A forgotten password (C63, "OTP"): six digits by e-mail, ten minutes, five tries, one use, and no hint."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from contracts.actor import Role
from contracts.calls.customers import ChangeStaff, DeactivateCustomer
from contracts.cards import CustomerState
from contracts.errors import Refusal
from customers.domain.codes import (
    CODE_LIFE,
    CODES_A_DAY,
    code_fingerprint,
)
from customers.domain.sign_in_refusals import (
    CodeRefused,
    PasswordTooWeak,
    SessionOver,
    SignInRefused,
    TooManyTries,
)
from customers.signin_tables import PasswordCode
from customers.usecases.change_staff import change_staff
from customers.usecases.deactivate_customer import deactivate_customer
from customers.usecases.purge_sign_in import purge_sign_in
from tests.unit.customers.builders import ADMIN_PASSWORD, GOOD_PASSWORD, Operator, admin
from tests.unit.customers.mailed_codes import KEY, another, ask_for_code, codes, use


def wrong(operator: Operator, times: int, username: str = "501") -> None:
    for _ in range(times):
        with pytest.raises(CodeRefused):
            use(operator, another(codes(operator)[-1]), username)


@pytest.fixture
def customer(operator: Operator) -> Any:
    return operator.customer(crf="501")


def test_a_code_from_the_mail_sets_a_new_password(operator: Operator, customer: Any) -> None:
    ask_for_code(operator)
    (code,) = codes(operator)
    assert len(code) == 6 and code.isdigit()
    use(operator, code)
    assert operator.sign_in("501", GOOD_PASSWORD).me.customer_id == customer.id


def test_staff_may_forget_their_password_too(operator: Operator) -> None:
    operator.staff("anna", Role.CASHIER, operator.main.id)
    ask_for_code(operator, "ANNA")
    assert operator.events("PasswordCodeIssued")[0]["email"] == "anna@example.com"
    use(operator, codes(operator)[0], "anna")
    assert operator.sign_in("anna", GOOD_PASSWORD).me.role is Role.CASHIER


def test_the_crf_number_names_the_account_where_the_username_is_another(operator: Operator) -> None:
    operator.staff("501", Role.CASHIER, operator.main.id)
    customer = operator.customer(crf="501")
    assert customer.username == "501-2"
    other = operator.customer(crf="A/7")
    ask_for_code(operator, "a/7")
    assert operator.events("PasswordCodeIssued")[0]["username"] == other.username
    use(operator, codes(operator)[0], " A/7 ")
    operator.sign_in(other.username or "", GOOD_PASSWORD)


def test_blanks_and_dashes_in_a_code_do_not_matter(operator: Operator, customer: Any) -> None:
    ask_for_code(operator)
    code = codes(operator)[0]
    use(operator, f" {code[:3]}-{code[3:]} ")


def test_a_code_is_worthless_after_ten_minutes(operator: Operator, customer: Any) -> None:
    ask_for_code(operator)
    operator.clock.move(timedelta(minutes=10))
    with pytest.raises(CodeRefused):
        use(operator, codes(operator)[0])


def test_a_code_that_runs_out_while_the_password_is_hashed_is_refused(
    operator: Operator, customer: Any
) -> None:
    ask_for_code(operator)
    with pytest.raises(CodeRefused):
        use(operator, codes(operator)[0], between=lambda: operator.clock.move(CODE_LIFE))


def test_after_five_wrong_tries_the_right_code_is_refused_too(operator: Operator, customer: Any) -> None:
    ask_for_code(operator)
    wrong(operator, 5)
    with pytest.raises(CodeRefused):
        use(operator, codes(operator)[0])


def test_after_four_wrong_tries_the_right_code_is_taken(operator: Operator, customer: Any) -> None:
    ask_for_code(operator)
    wrong(operator, 4)
    use(operator, codes(operator)[0])


def test_a_code_is_used_once(operator: Operator, customer: Any) -> None:
    ask_for_code(operator)
    use(operator, codes(operator)[0])
    with pytest.raises(CodeRefused):
        use(operator, codes(operator)[0], password="another good one")


def test_of_two_requests_with_one_code_one_wins(operator: Operator, customer: Any) -> None:
    ask_for_code(operator)
    code = codes(operator)[0]
    with pytest.raises(CodeRefused):
        use(operator, code, between=lambda: use(operator, code, password="who came first wins"))
    operator.sign_in("501", "who came first wins")


def test_only_the_newest_code_counts(operator: Operator, customer: Any) -> None:
    ask_for_code(operator)
    operator.clock.move(timedelta(seconds=1))
    ask_for_code(operator)
    first, second = codes(operator)
    if first != second:
        with pytest.raises(CodeRefused):
            use(operator, first)
    use(operator, second)


def test_a_new_password_signs_out_everywhere_and_ends_the_one_time_password(
    operator: Operator, customer: Any
) -> None:
    ask_for_code(operator)
    use(operator, codes(operator)[0])
    token = operator.sign_in("501", GOOD_PASSWORD).token
    operator.clock.move(timedelta(hours=1))
    ask_for_code(operator)
    use(operator, codes(operator)[1], password="quite another one")
    with pytest.raises(SessionOver):
        operator.check(token)
    with pytest.raises(SignInRefused):
        operator.sign_in("501", GOOD_PASSWORD)
    with pytest.raises(SignInRefused):
        operator.sign_in("501", operator.last_one_time_password())


def test_who_was_locked_out_by_wrong_passwords_gets_in_again(operator: Operator, customer: Any) -> None:
    for _ in range(5):
        with pytest.raises(SignInRefused):
            operator.sign_in("501", "not the password")
    ask_for_code(operator)
    use(operator, codes(operator)[0])
    operator.sign_in("501", GOOD_PASSWORD)


@pytest.mark.parametrize("password", ["password1234", "my number is 501!"])
def test_a_password_that_is_guessed_first_is_refused_and_the_code_stays(
    operator: Operator, customer: Any, password: str
) -> None:
    ask_for_code(operator)
    with pytest.raises(PasswordTooWeak):
        use(operator, codes(operator)[0], password=password)
    use(operator, codes(operator)[0])


def test_a_name_that_nobody_has_is_answered_alike_and_mailed_to_nobody(operator: Operator) -> None:
    ask_for_code(operator, "nobody")
    assert codes(operator) == []
    with pytest.raises(CodeRefused) as unknown:
        use(operator, "123456", "nobody")
    operator.customer(crf="501")
    ask_for_code(operator)
    with pytest.raises(CodeRefused) as known:
        use(operator, another(codes(operator)[0]))
    assert unknown.value.envelope() == known.value.envelope()


def test_as_many_rows_are_written_for_a_name_that_nobody_has(operator: Operator, customer: Any) -> None:
    ask_for_code(operator)
    ask_for_code(operator, "nobody")
    with operator.reading() as session:
        assert session.query(PasswordCode).count() == 2


def gone(operator: Operator, customer: Any) -> None:
    with operator.writing() as session:
        request = DeactivateCustomer(customer_id=customer.id, reason="moved away")
        deactivate_customer(session, request, admin(), operator.clock)


def test_who_is_no_longer_served_is_mailed_nothing(operator: Operator, customer: Any) -> None:
    gone(operator, customer)
    ask_for_code(operator)
    assert codes(operator) == []


def test_who_is_dismissed_after_asking_does_not_get_in(operator: Operator) -> None:
    member = operator.staff("anna", Role.CASHIER, operator.main.id)
    ask_for_code(operator, "anna")
    with operator.writing() as session:
        request = ChangeStaff(staff_id=member.id, state=CustomerState.DEACTIVATED)
        change_staff(session, request, admin(), operator.clock, operator.key)
    with pytest.raises(CodeRefused):
        use(operator, codes(operator)[0], "anna")


def test_who_has_no_address_is_mailed_nothing(operator: Operator) -> None:
    operator.customer(crf="501", email=None)
    ask_for_code(operator)
    assert codes(operator) == []


def test_codes_are_stored_as_keyed_digests(operator: Operator, customer: Any) -> None:
    ask_for_code(operator)
    with operator.reading() as session:
        stored = str(
            session.execute(text("SELECT id, account, code_hash, login_id FROM password_codes")).all()
        )
        row = session.query(PasswordCode).one()
        assert row.code_hash == code_fingerprint(KEY, row.id, codes(operator)[0])
        assert row.code_hash != code_fingerprint(b"x" * 32, row.id, codes(operator)[0])
    assert codes(operator)[0] not in stored.replace("'", " ").split()


def test_asking_is_throttled_by_name_whether_it_is_known_or_not(operator: Operator, customer: Any) -> None:
    refused = []
    for name in ("501", "nobody"):
        for _ in range(3):
            ask_for_code(operator, name)
        with pytest.raises(TooManyTries) as error:
            ask_for_code(operator, name)
        refused.append(error.value.envelope())
    assert refused[0] == refused[1]


def test_asking_is_throttled_by_address(operator: Operator) -> None:
    for number in range(20):
        ask_for_code(operator, f"nobody{number}")
    with pytest.raises(TooManyTries):
        ask_for_code(operator, "somebody else")
    ask_for_code(operator, "somebody else", address="192.0.2.8")


def test_typing_codes_is_throttled_by_name(operator: Operator, customer: Any) -> None:
    ask_for_code(operator)
    wrong(operator, 10)
    with pytest.raises(TooManyTries):
        use(operator, codes(operator)[0])


def test_signing_in_is_not_held_up_by_who_asks_for_codes(operator: Operator) -> None:
    for _ in range(3):
        ask_for_code(operator, "admin")
    operator.sign_in("admin", ADMIN_PASSWORD)


def test_three_codes_an_hour_are_mailed_and_the_rest_asked_for_in_vain(
    operator: Operator, customer: Any
) -> None:
    for _ in range(12):
        ask_for_code(operator)
        operator.clock.move(timedelta(minutes=4, seconds=50))
        with pytest.raises(Refusal):
            use(operator, "no code")
        operator.clock.move(timedelta(minutes=16))
    assert len(codes(operator)) <= CODES_A_DAY


def test_old_codes_are_forgotten(operator: Operator, customer: Any) -> None:
    ask_for_code(operator)
    operator.clock.move(timedelta(days=31))
    with operator.writing() as session:
        purge_sign_in(session, operator.clock)
        assert session.query(PasswordCode).count() == 0
