"""The page of the roll is as long as the receipt needs, and not longer than that."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from gateway.pages.receipts.paper import length_class

ADDRESS = ("14 Temple Road", "560001 Bengaluru", "Telephone 080 1234")


def length(parts: int = 1, buyer: str = "Anna", void_reason: str = "", address: tuple[str, ...] = ()) -> str:
    payment = SimpleNamespace(
        voided=bool(void_reason), void_reason=void_reason, received_by="Piotr", reference=None
    )
    seller = SimpleNamespace(name="Main Street", lines=address, tax_id="PL5260001246")
    invoice = SimpleNamespace(seller=seller, buyer=SimpleNamespace(name=buyer), lines=("a part",) * parts)
    return length_class(cast(Any, payment), cast(Any, invoice))


def test_a_month_is_on_the_shortest_page() -> None:
    assert length() == ""


@pytest.mark.parametrize(
    "more",
    [
        {"parts": 3},
        {"parts": 2, "address": ADDRESS},
        {"void_reason": "Counted twice at the desk"},
        {"buyer": "王小明" * 20},
    ],
)
def test_what_takes_more_rows_gets_a_longer_page(more: dict[str, Any]) -> None:
    assert length(**more) == "middle"


def test_a_year_is_on_the_longest_page() -> None:
    assert length(parts=12) == "long"
