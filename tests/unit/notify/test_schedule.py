from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from notify.domain.schedule import GIVE_UP_AFTER, REFUSED_FOR_NOW, after_refusal, while_away

chances = st.floats(0, 1, exclude_max=True)


@given(st.integers(1, len(REFUSED_FOR_NOW) - 1), chances)
def test_each_refusal_is_followed_by_a_longer_wait(attempts: int, chance: float) -> None:
    now, later = after_refusal(attempts, chance), after_refusal(attempts + 1, chance)
    assert now is not None and later is not None and timedelta(seconds=20) < now < later


def test_in_the_end_a_message_is_given_up() -> None:
    assert after_refusal(len(REFUSED_FOR_NOW), 0.5) is not None
    assert after_refusal(len(REFUSED_FOR_NOW) + 1, 0.5) is None


@given(st.timedeltas(timedelta(0), GIVE_UP_AFTER), chances)
def test_a_wait_for_something_away_is_seconds_at_first_and_minutes_at_most(
    age: timedelta, chance: float
) -> None:
    wait = while_away(age, chance)
    assert wait is not None and timedelta(seconds=1) < wait <= timedelta(minutes=6)


def test_nothing_waits_longer_than_three_days() -> None:
    assert while_away(GIVE_UP_AFTER + timedelta(seconds=1), 0.5) is None
