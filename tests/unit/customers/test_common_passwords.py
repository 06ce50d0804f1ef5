"""The passwords that people choose most are refused, every one of them (TRUST, check 25)."""

import pytest

from customers.domain.passwords import check_password
from customers.domain.sign_in_refusals import PasswordTooWeak
from customers.hashing import common_passwords


def taken(password: str) -> bool:
    try:
        check_password(password, (), common_passwords())
    except PasswordTooWeak:
        return False
    return True


def test_none_of_the_three_thousand_most_frequent_is_taken() -> None:
    listed = common_passwords()
    assert len(listed) >= 3_000 and {"123456", "password", "qwerty", "dragon", "letmein"} <= listed
    assert [password for password in listed if taken(password)] == []


@pytest.mark.parametrize("around", ["{}", "{}1", "{}2026!", "!!{}", "{}..."])
def test_nor_one_with_digits_and_signs_around_it(around: str) -> None:
    longer = [password for password in common_passwords() if password.isalpha()]
    assert len(longer) > 1_000
    assert [password for password in longer if taken(around.format(password))] == []


def test_words_that_nobody_chooses_are_taken() -> None:
    assert taken("harvest-Moon-over-9")
