"""What changes something leaves a row in the audit log, in the same transaction, and nothing else does."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import insert, select

from chassis.audit import about, by, doing, quiet, within
from chassis.database import Database
from chassis.platform import Platform
from chassis.tables import AuditRow, RepairCursorRow
from chassis.writes import add_rows, together
from contracts.actor import Actor, Role
from contracts.calls.customers import ChangeCustomer

CASHIER = Actor(subject="staff:7", name="Somebody Secret", role=Role.CASHIER)
BRANCH, CUSTOMER = uuid4(), uuid4()
CHANGE = ChangeCustomer(customer_id=CUSTOMER, name="Deepa Kumar", street="Temple Road")


def cursor(platform: Platform, name: str) -> dict[str, Any]:
    return {"producer": name, "cursor": 1, "checked_at": platform.clock.now()}


def rows(database: Database) -> list[AuditRow]:
    with database.reading() as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.id)))


def test_a_call_that_writes_is_in_the_log_without_a_word_of_its_use_case(platform: Platform) -> None:
    with (
        doing("change_customer", platform.clock, CASHIER, CHANGE),
        platform.database.transaction() as session,
    ):
        session.execute(insert(RepairCursorRow), [cursor(platform, "x")])
    (row,) = rows(platform.database)
    assert (row.call, row.subject, row.role, row.outcome) == ("change_customer", "staff:7", "cashier", "done")
    assert (row.kind, row.object_id, row.customer_id) == ("customer", str(CUSTOMER), CUSTOMER)
    assert row.detail == {"fields": ["name", "street"]}


def test_what_was_typed_is_not_in_the_log(platform: Platform) -> None:
    with (
        doing("change_customer", platform.clock, CASHIER, CHANGE),
        platform.database.transaction() as session,
    ):
        session.execute(insert(RepairCursorRow), [cursor(platform, "x")])
    (row,) = rows(platform.database)
    said = " ".join(str(getattr(row, column.name)) for column in AuditRow.__table__.columns)
    assert [told for told in ("Deepa", "Temple", "Somebody") if told in said] == []


def test_a_call_that_changes_nothing_leaves_no_row(platform: Platform) -> None:
    with (
        doing("change_customer", platform.clock, CASHIER, CHANGE),
        platform.database.transaction() as session,
    ):
        session.scalars(select(RepairCursorRow)).all()
    assert rows(platform.database) == []


def test_what_is_rolled_back_leaves_no_row(platform: Platform) -> None:
    with (
        pytest.raises(RuntimeError),
        doing("change_customer", platform.clock, CASHIER, CHANGE),
        platform.database.transaction() as session,
    ):
        session.execute(insert(RepairCursorRow), [cursor(platform, "x")])
        about(session, "customer", CUSTOMER)
        raise RuntimeError
    assert rows(platform.database) == []


def test_a_use_case_says_about_what_and_each_thing_is_a_row(platform: Platform) -> None:
    with (
        doing("change_customer", platform.clock, CASHIER, CHANGE),
        platform.database.transaction() as session,
    ):
        within(session, branch_id=BRANCH, customer_id=CUSTOMER)
        about(session, "payment", "MAIN-P1", amount_minor=25000)
        about(session, "charge", 7)
    first, second = rows(platform.database)
    assert (first.kind, first.object_id, first.branch_id, first.detail) == (
        "payment", "MAIN-P1", BRANCH, {"amount_minor": 25000},
    )  # fmt: skip
    assert (second.kind, second.object_id, second.customer_id) == ("charge", "7", CUSTOMER)


def test_counting_and_copying_is_not_for_the_log_unless_something_is_said(platform: Platform) -> None:
    for name, said in (("a", False), ("b", True)):
        with (
            doing("change_customer", platform.clock, CASHIER, CHANGE),
            platform.database.transaction() as session,
        ):
            quiet(session)
            session.execute(insert(RepairCursorRow), [cursor(platform, name)])
            if said:
                about(session, "session", 1)
    assert [row.kind for row in rows(platform.database)] == ["session"]


def test_who_it_was_can_turn_out_inside(platform: Platform) -> None:
    with doing("change_customer", platform.clock, None, CHANGE), platform.database.transaction() as session:
        by(session, CASHIER)
        about(session, "session", 1)
    assert rows(platform.database)[0].subject == "staff:7"


def test_a_job_is_in_the_log_where_it_says_so(platform: Platform) -> None:
    for name in ("a", "b"):
        with doing("job runs", platform.clock), platform.database.transaction() as session:
            session.execute(insert(RepairCursorRow), [cursor(platform, name)])
            if name == "b":
                about(session, "billing_run", 1)
    (row,) = rows(platform.database)
    assert (row.call, row.kind) == ("job runs", "billing_run")


def test_work_of_the_plumbing_is_not_in_the_log(platform: Platform) -> None:
    with platform.database.transaction() as session:
        session.execute(insert(RepairCursorRow), [cursor(platform, "x")])
    assert rows(platform.database) == []


def test_the_row_travels_with_what_is_written_together(platform: Platform) -> None:
    with (
        doing("change_customer", platform.clock, CASHIER, CHANGE),
        platform.database.transaction() as session,
    ):
        with together(session):
            add_rows(session, RepairCursorRow, [cursor(platform, "x")])
            about(session, "payment", "MAIN-P1")
        assert session.scalar(select(AuditRow.kind)) == "payment"
    assert len(rows(platform.database)) == 1
