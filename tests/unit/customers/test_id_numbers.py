"""ID numbers lie encrypted, are shown masked, and looking at one is an act that the audit log tells of."""

import time
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from chassis.audit import doing
from chassis.tables import AuditRow, IdempotencyRow, OutboxRow
from contracts.actor import Actor, Role
from contracts.calls import customers as calls
from contracts.calls.id_numbers import ShowIdNumber
from contracts.errors import Forbidden, NotFound
from customers.domain.masking import LONGEST_MASKED, MASK, masked
from customers.domain.refusals import AlreadyErased, IdNumberMasked
from customers.sealed import seal_some
from customers.tables import Customer, HistoryEntry
from customers.usecases.import_customers import CustomerRow, import_customers
from customers.usecases.show_id_number import show_id_number
from tests.unit.customers.builders import Operator, admin, staff_of, the_customer
from tests.unit.customers.test_history import erase, history
from tests.unit.customers.test_people import change, deactivate

NUMBER, OTHER = "UNMISTAKABLE-4321", "QUITE-DIFFERENT-99"


@pytest.fixture
def deepa(operator: Operator) -> calls.CustomerView:
    return operator.customer(id_type="Passport", id_number=NUMBER)


def shown(operator: Operator, customer: calls.CustomerView, actor: Actor | None = None) -> str:
    request = ShowIdNumber(customer_id=customer.id)
    with (
        doing("show_id_number", operator.clock, actor or admin(), request),
        operator.writing() as session,
    ):
        return show_id_number(session, request, actor or admin(), operator.field_keys).id_number


def looks(operator: Operator) -> list[AuditRow]:
    with operator.reading() as session:
        return list(session.scalars(select(AuditRow).where(AuditRow.kind == "id_number")))


@pytest.mark.parametrize(
    ("number", "seen"),
    [("", ""), ("1", MASK), ("1234567", MASK), ("12345678", f"{MASK}5678"), (NUMBER, f"{MASK}4321")],
)
def test_the_last_four_characters_of_a_long_number_are_seen(number: str, seen: str) -> None:
    assert masked(number) == seen
    assert len(seen) <= LONGEST_MASKED


def test_everybody_is_shown_the_mask(operator: Operator, deepa: calls.CustomerView) -> None:
    assert deepa.id_number == f"{MASK}4321"
    assert change(operator, deepa, street="River Road").id_number == f"{MASK}4321"
    assert [one.id_number for one in operator.search(deepa.crf).items] == [f"{MASK}4321"]


def test_a_look_is_written_down_with_who_and_whose(operator: Operator, deepa: calls.CustomerView) -> None:
    cashier = staff_of(operator.main.id)
    assert shown(operator, deepa, cashier) == NUMBER
    (look,) = looks(operator)
    assert (look.subject, look.call, look.customer_id, look.branch_id) == (
        cashier.subject, "show_id_number", deepa.id, operator.main.id,
    )  # fmt: skip


def test_customers_look_at_their_own(operator: Operator, deepa: calls.CustomerView) -> None:
    assert shown(operator, deepa, the_customer(deepa)) == NUMBER
    with pytest.raises(NotFound):
        shown(operator, deepa, the_customer(operator.customer("Rahul Das")))


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.TECHNICIAN])
def test_who_needs_no_number_sees_none(operator: Operator, deepa: calls.CustomerView, role: Role) -> None:
    with pytest.raises(Forbidden):
        shown(operator, deepa, staff_of(operator.main.id, role=role))
    assert looks(operator) == []


def test_the_number_of_another_branchs_customer_is_hidden(
    operator: Operator, deepa: calls.CustomerView
) -> None:
    with pytest.raises(NotFound):
        shown(operator, deepa, staff_of(operator.branch("EAST").id, role=Role.MANAGER))


def test_a_number_that_comes_back_masked_stays(operator: Operator, deepa: calls.CustomerView) -> None:
    change(operator, deepa, id_number=deepa.id_number, street="River Road")
    assert shown(operator, deepa) == NUMBER


def test_a_number_with_dots_that_is_not_the_mask_is_refused(
    operator: Operator, deepa: calls.CustomerView
) -> None:
    with pytest.raises(IdNumberMasked):
        change(operator, deepa, id_number=f"{MASK}9999")
    with pytest.raises(IdNumberMasked):
        operator.customer("Rahul Das", id_number=f"{MASK}9999")
    assert shown(operator, deepa) == NUMBER


def test_a_number_can_be_replaced_and_removed(operator: Operator, deepa: calls.CustomerView) -> None:
    assert change(operator, deepa, id_number=OTHER).id_number == f"{MASK}T-99"
    assert shown(operator, deepa) == OTHER
    assert change(operator, deepa, id_number="").id_number == ""
    assert shown(operator, deepa) == ""


def test_a_history_tells_of_numbers_masked(operator: Operator, deepa: calls.CustomerView) -> None:
    operator.clock.move(timedelta(minutes=1))
    change(operator, deepa, id_number=OTHER)
    (changed,) = history(operator, deepa).items[0].changes
    assert (changed.field, changed.before, changed.after) == ("id_number", f"{MASK}4321", f"{MASK}T-99")


def test_another_number_that_looks_the_same_masked_is_a_change(
    operator: Operator, deepa: calls.CustomerView
) -> None:
    operator.clock.move(timedelta(minutes=1))
    changed = change(operator, deepa, id_number=f"OTHER-{NUMBER}")
    assert (changed.version, changed.id_number) == (deepa.version + 1, deepa.id_number)
    assert [one.field for one in history(operator, deepa).items[0].changes] == ["id_number"]


def test_of_an_erased_customer_no_number_is_left(operator: Operator, deepa: calls.CustomerView) -> None:
    deactivate(operator, deepa)
    erase(operator, deepa)
    with operator.reading() as session:
        stored = session.get_one(Customer, deepa.id)
        assert (stored.id_number_sealed, stored.id_number_masked, stored.plain_id_number) == ("", "", "")
    with pytest.raises(AlreadyErased):
        shown(operator, deepa)


def test_no_file_of_the_database_holds_a_number(
    operator: Operator, deepa: calls.CustomerView, tmp_path: Path
) -> None:
    row = CustomerRow(id=uuid4(), crf="I-1", name="Imported One", branch_id=operator.main.id, id_number=OTHER)
    with operator.writing() as session:
        import_customers(session, [row], admin(), operator.clock, operator.field_keys)
    change(operator, deepa, id_number=f"NEWER-{NUMBER}")
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert sum(map(len, files.values())) > 10_000
    assert [
        name for name, content in files.items() for number in (NUMBER, OTHER) if number.encode() in content
    ] == []
    with operator.reading() as session:
        bodies = [*session.scalars(select(OutboxRow.body)), *session.scalars(select(IdempotencyRow.answer))]
    assert [body for body in bodies if NUMBER in str(body) or OTHER in str(body)] == []


def plain(operator: Operator, customer: calls.CustomerView, number: str) -> None:
    """As a Headend of before wrote it: the number in clear, and in the history."""
    with operator.writing() as session:
        session.execute(update(Customer).where(Customer.id == customer.id).values(plain_id_number=number))
        session.add(
            HistoryEntry(
                id=uuid4(), customer_id=customer.id, kind="changed", reason="", by_subject="staff:1", by_name="A",
                changes=[["id_number", "", number], ["street", "", "River Road"]], at=operator.clock.now(),
            )
        )  # fmt: skip


def test_what_an_older_version_wrote_is_shown_masked_and_in_clear_alike(
    operator: Operator, deepa: calls.CustomerView
) -> None:
    plain(operator, deepa, OTHER)
    assert operator.search(deepa.crf).items[0].id_number == f"{MASK}T-99"
    assert shown(operator, deepa) == OTHER


def test_what_an_older_version_wrote_is_encrypted_by_the_job(
    operator: Operator, deepa: calls.CustomerView
) -> None:
    plain(operator, deepa, OTHER)
    with operator.writing() as session:
        assert seal_some(session, operator.field_keys) == 1
    with operator.writing() as session:
        assert seal_some(session, operator.field_keys) == 0
    with operator.reading() as session:
        assert session.get_one(Customer, deepa.id).plain_id_number == ""
        changes = session.scalars(select(HistoryEntry.changes).where(HistoryEntry.kind == "changed")).one()
    assert changes == [["id_number", "", f"{MASK}T-99"], ["street", "", "River Road"]]
    assert shown(operator, deepa) == OTHER


def test_a_thousand_numbers_of_an_import_are_encrypted_in_a_moment(operator: Operator) -> None:
    started = time.perf_counter()
    for number in range(1000):
        operator.field_keys.encrypt(f"{NUMBER}{number}", f"customers.id_number:{number}")
    assert time.perf_counter() - started < 1
