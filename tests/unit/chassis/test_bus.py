"""What was confirmed is known in whatever order the broker says it (DESIGN, 3.2)."""

import pytest

from chassis.bus import BatchPublisher


def told(*confirms: tuple[int, bool]) -> set[int]:
    """What is still unconfirmed of five publications after these confirms (tag, multiple)."""
    publisher = BatchPublisher("memory://")
    publisher._unconfirmed = {1, 2, 3, 4, 5}
    for tag, multiple in confirms:
        publisher._on_ack(tag, multiple)
    return publisher._unconfirmed


@pytest.mark.parametrize(
    "confirms",
    [
        [(5, True)],
        [(3, False), (2, True), (4, False), (5, False)],
        [(5, False), (4, True)],
        [(2, False), (1, False), (5, True)],
    ],
)
def test_confirms_that_come_in_any_order_complete_the_batch(confirms: list[tuple[int, bool]]) -> None:
    assert told(*confirms) == set()


def test_a_confirm_of_several_does_not_cover_later_ones() -> None:
    assert told((4, False), (2, True)) == {3, 5}


def test_a_refusal_of_several_spares_what_was_confirmed_before() -> None:
    publisher = BatchPublisher("memory://")
    publisher._unconfirmed = {1, 2, 3, 4}
    publisher._on_ack(2, False)
    publisher._on_nack(3, True)
    assert publisher._refused == {1, 3}
