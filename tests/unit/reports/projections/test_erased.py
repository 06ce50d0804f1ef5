"""An erased customer leaves nothing in the read model, not even the reference of their payment, in any order."""

from itertools import permutations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.cards import PaymentMode
from contracts.events import CustomerErased, CustomerRegistered, Event
from reports.tables import CustomerCopy, Payment
from tests.unit.reports.story import (
    ReportsHouse,
    a_branch,
    a_charge,
    a_customer,
    a_subscription,
    apply,
    paid,
)

MAIN, ASHA = a_branch(), a_customer("1001", a_branch())
LEFT = ASHA.model_copy(update={"version": 3, "name": "Erased customer", "mobile": None, "erased": True})
PAID = paid(1, MAIN, ASHA, [(a_charge(a_subscription(ASHA)), 25000)], mode=PaymentMode.ONLINE)
PAID = PAID.model_copy(update={"reference": "UPI of Asha Rao"})
EVENTS: tuple[Event, ...] = (
    CustomerRegistered(customer=ASHA, username="asha"), PAID, CustomerErased(customer=LEFT),
)  # fmt: skip


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_nothing_of_an_erased_customer_is_left_in_any_order(
    house: ReportsHouse, order: tuple[int, ...]
) -> None:
    with house.database.transaction() as session:
        apply(session, [EVENTS[place] for place in order])
    with house.database.reading() as session:
        assert session.scalars(select(Payment.reference)).all() == [None]
        assert session.scalars(select(CustomerCopy.name)).all() == ["Erased customer"]


def test_the_reference_of_who_is_not_erased_stays(house: ReportsHouse) -> None:
    with house.database.transaction() as session:
        apply(session, EVENTS[:2])
        assert _reference(session) == "UPI of Asha Rao"


def _reference(session: Session) -> str | None:
    return session.scalars(select(Payment.reference)).one()
