"""The rules of mailed codes, whatever happens: how long, how often, how many."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from customers.domain.codes import (
    CODE_LIFE,
    CODES_A_DAY,
    CODES_AN_HOUR,
    CodeState,
    may_be_mailed,
    may_be_tried,
    new_code,
    typed_code,
)
from tests.unit.customers.builders import MORNING


@given(tries=st.integers(0, 9), used=st.booleans(), age=st.timedeltas(timedelta(0), timedelta(minutes=20)))
def test_a_code_may_be_tried_while_it_is_young_unused_and_has_tries_left(
    tries: int, used: bool, age: timedelta
) -> None:
    state = CodeState(expires_at=MORNING + CODE_LIFE, tries=tries, is_used=used)
    expected = tries < 5 and not used and age < timedelta(minutes=10)
    assert may_be_tried(state, MORNING + age) is expected


@given(st.lists(st.timedeltas(timedelta(0), timedelta(days=2)), max_size=40))
def test_never_more_codes_than_the_limits_allow(gaps: list[timedelta]) -> None:
    mailed: list[datetime] = []
    now = MORNING
    for gap in gaps:
        now += gap
        if may_be_mailed(mailed, now):
            mailed.append(now)
    for at in mailed:
        assert sum(1 for one in mailed if at - timedelta(hours=1) < one <= at) <= CODES_AN_HOUR
        assert sum(1 for one in mailed if at - timedelta(days=1) < one <= at) <= CODES_A_DAY


@given(st.integers(0, 10))
def test_a_code_is_six_digits_however_it_is_typed(_: int) -> None:
    code = new_code()
    assert len(code) == 6 and typed_code(f" {code[:2]} {code[2:4]}-{code[4:]}") == code
