"""What is kept of changes, and what is left when a customer is erased (RULES, keeping and erasing)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from chassis.tables import OutboxRow
from contracts.actor import Actor, Role
from contracts.calls import customers as calls
from contracts.calls.customers import HistoryKind
from contracts.errors import Forbidden, NotFound
from customers.domain.refusals import AlreadyErased, NotDeactivated, OtherCrf
from customers.domain.sign_in_refusals import SignInRefused
from customers.history import get_customer_history
from customers.tables import Customer
from customers.usecases.erase_customer import erase_customer
from tests.unit.customers.builders import Operator, admin, staff_of, the_customer
from tests.unit.customers.test_people import change, deactivate, restore

PERSONAL: dict[str, Any] = {
    "email": "deepa@example.com", "mobile": "+919000000101", "house_name": "Lotus Bhavan", "street": "Temple Road",
    "area": "Vijayanagar", "district": "Mysuru", "id_number": "4321-8765", "notes": "Ring twice",
}  # fmt: skip


def history(
    operator: Operator, customer: calls.CustomerView, actor: Actor | None = None, **page: Any
) -> calls.CustomerHistory:
    with operator.reading() as session:
        request = calls.GetCustomerHistory(customer_id=customer.id, **page)
        return get_customer_history(session, request, actor or admin())


def erase(
    operator: Operator, customer: calls.CustomerView, actor: Actor | None = None, **fields: Any
) -> calls.CustomerView:
    wanted = {"crf": customer.crf, "reason": "asked for it"} | fields
    with operator.writing() as session:
        request = calls.EraseCustomer(customer_id=customer.id, **wanted)
        return erase_customer(session, request, actor or admin(), operator.clock)


def everything_kept(operator: Operator) -> str:
    """All rows of the tables that tell of people, as one text."""
    with operator.reading() as session:
        tables = [*Customer.metadata.sorted_tables, OutboxRow.__table__]
        rows = [dict(row) for table in tables for row in session.execute(select(table)).mappings()]
    return json.dumps(rows, default=str)


@pytest.fixture
def deepa(operator: Operator) -> calls.CustomerView:
    return operator.customer(**PERSONAL)


def test_each_change_is_kept_with_what_it_was_before(operator: Operator, deepa: calls.CustomerView) -> None:
    minute = timedelta(minutes=1)
    operator.clock.at += minute
    change(operator, deepa, the_customer(deepa), street="River Road")
    operator.clock.at += minute
    deactivate(operator, deepa)
    operator.clock.at += minute
    restore(operator, deepa)
    restored, left, changed, added = history(operator, deepa).items
    assert [entry.kind for entry in (restored, left, changed, added)] == [
        HistoryKind.RESTORED, HistoryKind.DEACTIVATED, HistoryKind.CHANGED, HistoryKind.REGISTERED
    ]  # fmt: skip
    assert (changed.by_name, left.reason) == ("Deepa Kumar", "moved away")
    assert [(one.field, one.before, one.after) for one in changed.changes] == [
        ("street", "Temple Road", "River Road")
    ]


def test_what_changes_nothing_is_no_entry(operator: Operator, deepa: calls.CustomerView) -> None:
    change(operator, deepa, street="Temple Road")
    assert len(history(operator, deepa).items) == 1


def test_a_long_history_goes_on_where_the_cursor_says(operator: Operator, deepa: calls.CustomerView) -> None:
    for number in range(4):
        operator.clock.at += timedelta(minutes=1)
        change(operator, deepa, street=f"{number} Main Road")
    first = history(operator, deepa, limit=3)
    rest = history(operator, deepa, limit=3, cursor=first.next)
    assert (len(first.items), len(rest.items), rest.next) == (3, 2, None)
    assert rest.items[-1].kind is HistoryKind.REGISTERED


def test_a_history_is_for_those_who_edit(operator: Operator, deepa: calls.CustomerView) -> None:
    with pytest.raises(Forbidden):
        history(operator, deepa, the_customer(deepa))
    with pytest.raises(Forbidden):
        history(operator, deepa, staff_of(operator.main.id, role=Role.SUPPORT))
    with pytest.raises(NotFound):
        history(operator, deepa, staff_of(operator.branch("EAST").id))


def test_nothing_personal_is_left_of_an_erased_customer(
    operator: Operator, deepa: calls.CustomerView
) -> None:
    change(operator, deepa, name="Deepa K. Iyer", street="River Road")
    deactivate(operator, deepa)
    erased = erase(operator, deepa)
    assert (erased.erased, erased.crf, erased.name, erased.email) == (
        True,
        deepa.crf,
        "Erased customer",
        None,
    )
    kept = everything_kept(operator)
    told = [
        text for text in (*PERSONAL.values(), "Deepa", "Iyer", "River Road", "9000000101") if text in kept
    ]
    assert told == []
    (event,) = operator.events("CustomerErased")
    assert event["customer"]["erased"] and event["customer"]["version"] > 3


def test_an_erased_customer_is_found_by_number_only(operator: Operator, deepa: calls.CustomerView) -> None:
    deactivate(operator, deepa)
    erase(operator, deepa)
    assert operator.found("Deepa") == []
    assert operator.found("Erased") == []
    assert operator.found(deepa.crf) == ["Erased customer"]


def test_nobody_signs_in_as_an_erased_customer(operator: Operator, deepa: calls.CustomerView) -> None:
    password = operator.last_one_time_password()
    deactivate(operator, deepa)
    erase(operator, deepa)
    with pytest.raises(SignInRefused):
        operator.sign_in(deepa.username or "", password)


def test_an_erased_customer_stays_erased(operator: Operator, deepa: calls.CustomerView) -> None:
    deactivate(operator, deepa)
    erase(operator, deepa)
    with pytest.raises(AlreadyErased):
        erase(operator, deepa)
    with pytest.raises(AlreadyErased):
        restore(operator, deepa)
    with pytest.raises(AlreadyErased):
        change(operator, deepa, street="River Road")


def test_only_who_is_meant_is_erased_and_not_while_served(
    operator: Operator, deepa: calls.CustomerView
) -> None:
    with pytest.raises(NotDeactivated):
        erase(operator, deepa)
    deactivate(operator, deepa)
    with pytest.raises(OtherCrf):
        erase(operator, deepa, crf="9" * 8)
    assert history(operator, deepa).items[0].kind is not HistoryKind.ERASED


def test_managers_erase_nobody(operator: Operator, deepa: calls.CustomerView) -> None:
    deactivate(operator, deepa)
    with pytest.raises(Forbidden):
        erase(operator, deepa, staff_of(operator.main.id, role=Role.MANAGER))
