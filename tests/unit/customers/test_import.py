"""Taking over customers and complaints from another program."""

from uuid import UUID, uuid5

import pytest

from contracts.actor import Role
from contracts.errors import Forbidden
from customers.complaint_tables import Complaint
from customers.domain.refusals import CrfTaken
from customers.domain.sign_in_refusals import SignInRefused
from customers.queries import taken_crfs
from customers.usecases.import_complaints import ComplaintRow, import_complaints
from customers.usecases.import_customers import CustomerRow, ImportedChunk, import_customers
from tests.unit.customers.builders import Operator, admin, staff_of

SPACE = UUID("6f2f5c3a-8f0e-4b8e-9d3d-0c5f3f0f5b11")


def row(operator: Operator, crf: str, **fields: str) -> CustomerRow:
    return CustomerRow.model_validate(
        {"id": uuid5(SPACE, crf), "crf": crf, "name": f"Customer {crf}", "branch_id": operator.main.id}
        | fields
    )


def take_over(operator: Operator, *rows: CustomerRow) -> ImportedChunk:
    with operator.writing() as session:
        return import_customers(session, rows, admin(), operator.clock, operator.field_keys)


def test_a_second_import_changes_nothing(operator: Operator) -> None:
    rows = [row(operator, crf) for crf in ("101", "102", "103")]
    assert take_over(operator, *rows[:2]) == ImportedChunk(added=2, kept=0)
    assert take_over(operator, *rows) == ImportedChunk(added=1, kept=2)
    assert len(operator.events("CustomerRegistered")) == 3


def test_imported_customers_are_not_welcomed_and_have_no_password(operator: Operator) -> None:
    take_over(operator, row(operator, "101", username="user101"))
    (event,) = operator.events("CustomerRegistered")
    assert (event["welcome"], event["password"], event["username"]) == (False, None, "user101")
    with pytest.raises(SignInRefused):
        operator.sign_in("user101", "")


def test_usernames_that_are_taken_get_a_number_behind(operator: Operator) -> None:
    operator.staff("101", Role.CASHIER, operator.main.id)
    take_over(operator, row(operator, "101"), row(operator, "7"), row(operator, "8", username="c7"))
    assert [event["username"] for event in operator.events("CustomerRegistered")] == ["101-2", "c7", "c8"]


def test_a_number_of_another_customer_is_refused(operator: Operator) -> None:
    operator.customer(crf="101")
    with pytest.raises(CrfTaken):
        take_over(operator, row(operator, "102"), row(operator, "101"))
    with pytest.raises(CrfTaken):
        take_over(operator, row(operator, "kl1"), row(operator, "KL1"))
    with operator.reading() as session:
        assert set(taken_crfs(session, ["101", "102", "kl1"])) == {"101"}


def test_counting_goes_on_beyond_imported_numbers(operator: Operator) -> None:
    take_over(operator, *(row(operator, str(number)) for number in range(1001, 1801)))
    assert operator.customer().crf == "1801"


def test_imported_customers_are_found(operator: Operator) -> None:
    take_over(operator, row(operator, "101", name="Łucja", mobile="+48 555 666 777"))
    assert operator.found("lucja") == operator.found("555666777") == operator.found("101") == ["Łucja"]


def test_a_manager_does_not_import(operator: Operator) -> None:
    with operator.writing() as session, pytest.raises(Forbidden):
        manager = staff_of(operator.main.id, role=Role.MANAGER)
        import_customers(session, [row(operator, "101")], manager, operator.clock, operator.field_keys)


def test_complaints_are_taken_over_once(operator: Operator) -> None:
    customer = operator.customer(crf="101")
    complaint = ComplaintRow(
        source="ctvms", number="1000", customer_id=customer.id, crf="101", kind="BILLING ISSUES",
        message="Complaint text", is_read=True, is_resolved=False,
    )  # fmt: skip
    for added in (1, 0):
        with operator.writing() as session:
            assert import_complaints(session, [complaint, complaint], admin(), operator.clock) == added
            assert session.query(Complaint).count() == 1
