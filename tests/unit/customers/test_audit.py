"""What is done through the doors of customers is in its audit log: who, what, about whom, and what was refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis.tables import AuditRow
from contracts.actor import Actor, Role
from customers.service import CustomersService
from tests.unit.customers.builders import ADMIN_PASSWORD
from tests.unit.customers.test_service import actor_token, ask, service_in


@pytest.fixture
def service(tmp_path: Path) -> Iterator[CustomersService]:
    with service_in(tmp_path) as service:
        yield service


@pytest.fixture
def admin(service: CustomersService) -> str:
    return actor_token(service)


def token_of(service: CustomersService, role: Role, branch: str) -> str:
    actor = Actor(
        subject=f"staff:{UUID(int=9)}", name="Somebody", role=role, branch_ids=frozenset({UUID(branch)})
    )
    return service.platform.signer.sign(actor)


def main(service: CustomersService, admin: str) -> str:
    branches = ask(service, "list_branches", admin)["answer"]["items"]
    return str(next(branch["id"] for branch in branches if branch["code"] == "MAIN"))


def customer(service: CustomersService, admin: str, **fields: Any) -> dict[str, Any]:
    wanted = {"name": "Deepa Kumar", "branch_id": main(service, admin)} | fields
    answer: dict[str, Any] = ask(service, "add_customer", admin, **wanted)["answer"]
    return answer


def rows(service: CustomersService, *calls: str) -> list[AuditRow]:
    with service.reading() as session:
        every = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
    return [row for row in every if not calls or row.call in calls]


def test_a_sign_in_says_who_came_and_checking_a_session_says_nothing(
    service: CustomersService, admin: str
) -> None:
    (came,) = rows(service)
    assert (came.call, came.kind, came.role, came.outcome) == ("sign_in", "session", "admin", "done")
    assert came.subject.startswith("staff:")


def test_a_refused_sign_in_is_in_the_log(service: CustomersService) -> None:
    ask(service, "sign_in", username="admin", password="wrong horse")
    (refused,) = rows(service)
    assert (refused.call, refused.subject, refused.outcome) == ("sign_in", "", "sign_in_refused")
    assert "wrong horse" not in str(vars(refused))


def test_a_sign_out_says_who_went(service: CustomersService, admin: str) -> None:
    opened = ask(service, "sign_in", username="admin", password=ADMIN_PASSWORD)["answer"]
    for _ in range(2):
        ask(service, "sign_out", token=opened["token"])
    (went,) = rows(service, "sign_out")
    assert went.subject == opened["me"]["subject"]


def test_a_new_customer_and_a_change_are_in_the_log_by_ids_and_names_of_fields(
    service: CustomersService, admin: str
) -> None:
    made = customer(service, admin)
    ask(service, "change_customer", admin, customer_id=made["id"], street="River Road", name=made["name"])
    added, changed = rows(service, "add_customer", "change_customer")
    for row in (added, changed):
        assert (row.kind, row.object_id, str(row.customer_id)) == ("customer", made["id"], made["id"])
        assert str(row.branch_id) == made["branch_id"]
    assert changed.detail == {"fields": ["street"]}


def test_what_changes_nothing_is_not_in_the_log(service: CustomersService, admin: str) -> None:
    made = customer(service, admin)
    ask(service, "change_customer", admin, customer_id=made["id"], name=made["name"])
    assert rows(service, "change_customer") == []


def test_who_tried_what_they_may_not_do_is_in_the_log(service: CustomersService, admin: str) -> None:
    made = customer(service, admin, id_number="12345678")
    support = token_of(service, Role.SUPPORT, made["branch_id"])
    assert ask(service, "show_id_number", support, customer_id=made["id"])["refusal"]["kind"] == "forbidden"
    (refused,) = rows(service, "show_id_number")
    assert (refused.outcome, refused.role, refused.object_id) == ("forbidden", "support", made["id"])


def test_staff_changes_and_complaints_are_in_the_log(service: CustomersService, admin: str) -> None:
    made = customer(service, admin)
    request = {"username": "anna", "email": "a@example.com", "role": "cashier"}
    staff = ask(service, "add_staff", admin, branch_ids=[made["branch_id"]], **request)["answer"]
    ask(service, "change_staff", admin, staff_id=staff["id"], name="Anna")
    filed = ask(
        service, "file_complaint", admin,
        customer_id=made["id"], kind="other", message="Nothing works", idempotency_key="k",
    )["answer"]  # fmt: skip
    ask(service, "mark_complaint_read", admin, number=filed["number"])
    told = [(row.kind, row.object_id) for row in rows(service) if row.call not in ("sign_in", "add_customer")]
    assert told == [
        ("staff", staff["id"]), ("staff", staff["id"]), ("complaint", filed["number"]),
        ("complaint", filed["number"]),
    ]  # fmt: skip
    assert {str(row.branch_id) for row in rows(service, "change_staff", "mark_complaint_read")} == {
        made["branch_id"]
    }


def test_managers_read_what_was_done_in_their_branches(service: CustomersService, admin: str) -> None:
    made = customer(service, admin)
    east = {"code": "EAST", "name": "East", "currency": "INR", "time_zone": "Asia/Kolkata"}
    other = ask(service, "add_branch", admin, **east)["answer"]["id"]
    customer(service, admin, branch_id=other)
    manager = token_of(service, Role.MANAGER, made["branch_id"])
    seen = ask(service, "list_audit", manager)["answer"]["items"]
    assert {one["branch_id"] for one in seen} == {made["branch_id"]}
    assert ask(service, "list_audit", manager, branch_id=other)["refusal"]["kind"] == "not_found"
    cashier = token_of(service, Role.CASHIER, made["branch_id"])
    assert ask(service, "list_audit", cashier)["refusal"]["kind"] == "forbidden"


def test_the_log_is_read_in_pages_and_filtered(service: CustomersService, admin: str) -> None:
    made = [customer(service, admin, name=f"Customer {number}") for number in range(3)]
    first = ask(service, "list_audit", admin, limit=2, call="add_customer")["answer"]
    rest = ask(service, "list_audit", admin, cursor=first["next"], call="add_customer")["answer"]
    found = [one["customer_id"] for one in (*first["items"], *rest["items"])]
    assert (found, rest["next"]) == ([one["id"] for one in reversed(made)], None)
    one = ask(service, "list_audit", admin, customer_id=made[1]["id"])["answer"]["items"]
    assert [entry["customer_id"] for entry in one] == [made[1]["id"]]
    assert ask(service, "list_audit", admin, cursor="nonsense")["refusal"]["code"] == "unknown_cursor"
    late = ask(service, "list_audit", admin, since="2999-01-01T00:00:00Z")["answer"]["items"]
    assert late == []


def test_names_are_told_for_subjects_and_for_what_was_typed(service: CustomersService, admin: str) -> None:
    made = customer(service, admin)
    (came,) = rows(service, "sign_in")
    subjects = [came.subject, f"customer:{made['id']}", "service:billing", "staff:nonsense"]
    known = ask(service, "who_is", admin, subjects=subjects)["answer"]["items"]
    assert [(one["name"], one["username"], one["crf"]) for one in known] == [
        ("Administrator", "admin", ""), ("Deepa Kumar", "", made["crf"]),
    ]  # fmt: skip
    (by_name,) = ask(service, "who_is", admin, typed="ADMIN")["answer"]["items"]
    (by_number,) = ask(service, "who_is", admin, typed=made["crf"])["answer"]["items"]
    assert (by_name["subject"], by_number["subject"]) == (came.subject, f"customer:{made['id']}")
    cashier = token_of(service, Role.CASHIER, made["branch_id"])
    assert ask(service, "who_is", cashier, typed="admin")["refusal"]["kind"] == "forbidden"
