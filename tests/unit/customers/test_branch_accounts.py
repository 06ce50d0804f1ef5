"""A branch's accounts that customers may pay to: UPI id and IBAN are checked before they are stored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.calls.customers import ChangeBranch
from contracts.fields import iban_text
from customers.usecases.change_branch import change_branch
from tests.unit.customers.builders import Operator, admin

IBAN = "DE89370400440532013000"


def test_accounts_are_part_of_the_policy_and_told_to_everybody(operator: Operator) -> None:
    request = ChangeBranch(
        branch_id=operator.main.id, upi_id="main.cable@okbank", iban="de89 3704 0044 0532 0130 00",
        bic="cobadeffxxx", account_name="Main Cable",
    )  # fmt: skip
    with operator.writing() as session:
        policy = change_branch(session, request, admin(), operator.clock).policy
    assert (policy.upi_id, policy.iban, policy.bic) == ("main.cable@okbank", IBAN, "COBADEFFXXX")
    assert operator.events("BranchChanged")[-1]["branch"]["policy"]["account_name"] == "Main Cable"
    with operator.writing() as session:
        cleared = change_branch(
            session, ChangeBranch(branch_id=operator.main.id, upi_id=""), admin(), operator.clock
        )
    assert (cleared.policy.upi_id, cleared.policy.iban) == ("", IBAN)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("upi_id", "no sign"), ("upi_id", "a@"), ("upi_id", "x@bank?am=1"), ("iban", "DE00370400440532013000"),
        ("iban", "12"), ("bic", "COBA"), ("account_name", "two\nlines"),
    ],
)  # fmt: skip
def test_what_is_no_account_is_refused(operator: Operator, field: str, text: str) -> None:
    with pytest.raises(ValidationError):
        ChangeBranch(branch_id=operator.main.id, **{field: text})


@given(place=st.integers(4, len(IBAN) - 1), digit=st.integers(1, 9))
def test_one_wrong_digit_of_an_iban_is_always_found(place: int, digit: int) -> None:
    wrong = str((int(IBAN[place]) + digit) % 10)
    with pytest.raises(ValueError, match="check digits"):
        iban_text(IBAN[:place] + wrong + IBAN[place + 1 :])
