"""Complaints: filed once and numbered, seen by whom they concern, resolved once, reopened in time (C51 to C54)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.idempotency import IdempotencyKeyReused
from contracts.actor import Actor, Role
from contracts.calls import complaints as calls
from contracts.calls.customers import ChangeBranch, ChangeCustomer, CustomerView
from contracts.cards import ComplaintKind, Service
from contracts.errors import Forbidden, NotFound
from contracts.events import event_types
from customers import complaint_views
from customers.domain.complaints import MOST_OPEN, age_days, kind_of, number_text
from customers.domain.refusals import (
    AlreadyResolved,
    NotAssignable,
    NotResolved,
    ReopenTooLate,
    TooManyComplaints,
    UnknownCursor,
)
from customers.usecases.assign_complaint import assign_complaint
from customers.usecases.change_branch import change_branch
from customers.usecases.change_customer import change_customer
from customers.usecases.file_complaint import file_complaint
from customers.usecases.mark_complaint_read import mark_complaint_read
from customers.usecases.note_on_complaint import note_on_complaint
from customers.usecases.reopen_complaint import reopen_complaint
from customers.usecases.resolve_complaint import resolve_complaint
from tests.unit.customers.builders import Operator, admin, staff_of, the_customer

OPEN, RESOLVED = calls.ComplaintState.OPEN, calls.ComplaintState.RESOLVED


@dataclass
class Desk:
    """An operator with one customer; every method is one unit of work."""

    operator: Operator
    customer: CustomerView

    @property
    def support(self) -> Actor:
        return staff_of(self.operator.main.id, role=Role.SUPPORT)

    @property
    def owner(self) -> Actor:
        return the_customer(self.customer)

    def file(self, actor: Actor | None = None, **fields: Any) -> calls.ComplaintDetail:
        wanted = {
            "customer_id": self.customer.id, "kind": "no_signal", "message": "No picture.",
            "idempotency_key": str(uuid4()),
        }  # fmt: skip
        request = calls.FileComplaint(**{**wanted, **fields})
        with self.operator.writing() as session:
            return file_complaint(session, request, actor or self.owner, self.operator.clock)

    def do(self, use_case: Any, request: Any, actor: Actor | None = None) -> calls.ComplaintDetail:
        with self.operator.writing() as session:
            answer: calls.ComplaintDetail = use_case(
                session, request, actor or self.support, self.operator.clock
            )
            return answer

    def resolve(self, number: str, actor: Actor | None = None) -> calls.ComplaintDetail:
        request = calls.ResolveComplaint(number=number, resolution="The amplifier was replaced.")
        return self.do(resolve_complaint, request, actor)

    def reopen(self, number: str, actor: Actor | None = None) -> calls.ComplaintDetail:
        return self.do(reopen_complaint, calls.ReopenComplaint(number=number, reason="Dark again."), actor)

    def note(self, number: str, actor: Actor | None = None) -> calls.ComplaintDetail:
        return self.do(note_on_complaint, calls.NoteOnComplaint(number=number, note="Called back."), actor)

    def read(self, number: str, actor: Actor | None = None) -> calls.ComplaintDetail:
        return self.do(mark_complaint_read, calls.MarkComplaintRead(number=number), actor)

    def assign(self, number: str, staff_id: UUID | None, actor: Actor | None = None) -> calls.ComplaintDetail:
        return self.do(assign_complaint, calls.AssignComplaint(number=number, staff_id=staff_id), actor)

    def look(self, number: str, actor: Actor) -> calls.ComplaintDetail:
        with self.operator.reading() as session:
            return complaint_views.get_complaint(session, number, actor, self.operator.clock)

    def listed(self, actor: Actor | None = None, **wanted: Any) -> list[str]:
        return [one.number for one in self.page(actor, **wanted).items]

    def page(self, actor: Actor | None = None, **wanted: Any) -> calls.ComplaintList:
        request = calls.ListComplaints(**wanted)
        with self.operator.reading() as session:
            return complaint_views.list_complaints(
                session, request, actor or self.support, self.operator.clock
            )

    def counts(self, actor: Actor | None = None) -> tuple[int, int]:
        with self.operator.reading() as session:
            found = complaint_views.count_complaints(session, calls.CountComplaints(), actor or self.support)
        return found.open, found.unread


@pytest.fixture
def desk(operator: Operator) -> Iterator[Desk]:
    yield Desk(operator, operator.customer())


def test_a_complaint_gets_a_number_that_no_payment_has(desk: Desk) -> None:
    assert [desk.file().number, desk.file().number] == ["MAIN-C2026-000001", "MAIN-C2026-000002"]


def test_each_branch_counts_for_itself(desk: Desk) -> None:
    desk.file()
    east = desk.operator.branch("EAST")
    other = desk.operator.customer("Ravi", branch_id=east.id)
    assert desk.file(admin(), customer_id=other.id).number == "EAST-C2026-000001"


def test_a_refused_complaint_takes_no_number(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.file(customer_id=uuid4())
    assert desk.file().number.endswith("000001")


def test_a_double_click_files_one_and_mails_once(desk: Desk) -> None:
    first = desk.file(idempotency_key="k")
    second = desk.file(idempotency_key="k")
    assert (second.number, first.replayed, second.replayed) == (first.number, False, True)
    assert len(desk.operator.events("ComplaintReceived")) == 1


def test_a_key_is_not_for_another_complaint(desk: Desk) -> None:
    desk.file(idempotency_key="k")
    with pytest.raises(IdempotencyKeyReused):
        desk.file(idempotency_key="k", message="Something else.")


def test_a_received_complaint_is_told_with_its_number_and_found_when_its_customer_is_erased(
    desk: Desk,
) -> None:
    number = desk.file(service_kind="broadband").number
    (body,) = desk.operator.events("ComplaintReceived")
    assert (body["complaint"]["number"], body["complaint"]["service"]) == (number, "broadband")
    assert event_types()["ComplaintReceived"].model_validate(body).subject() == desk.customer.id


def test_a_kind_brings_its_service_along(desk: Desk) -> None:
    assert desk.file(kind="speed").service_kind is Service.BROADBAND
    assert desk.file(kind="billing").service_kind is None


def test_a_customer_has_only_so_many_open_and_the_desk_may_file_more(desk: Desk) -> None:
    numbers = [desk.file().number for _ in range(MOST_OPEN)]
    with pytest.raises(TooManyComplaints):
        desk.file()
    assert desk.file(desk.support).state is OPEN
    desk.resolve(numbers[0])
    desk.resolve(numbers[1])
    assert desk.file().state is OPEN


def test_a_cashier_files_for_a_customer_but_does_not_handle(desk: Desk) -> None:
    cashier = staff_of(desk.operator.main.id, role=Role.CASHIER)
    number = desk.file(cashier).number
    assert desk.look(number, cashier).filed_by == cashier.name
    for handling in (desk.read, desk.note, desk.resolve, desk.reopen):
        with pytest.raises(Forbidden):
            handling(number, cashier)
    with pytest.raises(Forbidden):
        desk.assign(number, None, cashier)


def test_a_technician_sees_none(desk: Desk) -> None:
    number = desk.file().number
    technician = staff_of(desk.operator.main.id, role=Role.TECHNICIAN)
    with pytest.raises(Forbidden):
        desk.look(number, technician)
    with pytest.raises(Forbidden):
        desk.listed(technician)


def test_what_is_hidden_is_missed_in_the_words_of_what_is_not_there(desk: Desk) -> None:
    number = desk.file().number
    east = desk.operator.branch("EAST")
    neighbour = the_customer(desk.operator.customer("Ravi"))
    for actor in (neighbour, staff_of(east.id, role=Role.SUPPORT)):
        said = set()
        for asked in (number, "MAIN-C2026-999999"):
            with pytest.raises(NotFound) as refused:
                desk.look(asked, actor)
            said.add(refused.value.message)
        assert len(said) == 1
        assert desk.listed(actor) == []
        assert desk.counts(actor) == (0, 0)


def test_looking_changes_nothing_and_opening_marks_it_read_once(desk: Desk) -> None:
    number = desk.file().number
    assert not desk.look(number, desk.support).is_read
    assert not desk.look(number, desk.support).is_read
    assert desk.read(number).is_read
    desk.read(number)
    assert [step.step.value for step in desk.look(number, desk.support).steps] == ["filed", "read"]


def test_a_customer_sees_the_resolution_and_nothing_internal(desk: Desk) -> None:
    number = desk.file().number
    handler = desk.operator.staff("meera", Role.SUPPORT, desk.operator.main.id)
    desk.assign(number, handler.id)
    desk.note(number)
    desk.resolve(number)
    seen = desk.look(number, desk.owner)
    assert [step.step.value for step in seen.steps] == ["filed", "resolved"]
    assert (seen.assigned_to, seen.assigned_name, seen.resolution) == (
        None,
        None,
        "The amplifier was replaced.",
    )
    staff_sees = desk.look(number, desk.support)
    assert [step.step.value for step in staff_sees.steps] == [
        "filed",
        "assigned",
        "read",
        "noted",
        "resolved",
    ]
    assert staff_sees.steps[1].text == handler.name


def test_it_is_given_to_who_handles_complaints_in_the_branch(desk: Desk) -> None:
    number, main = desk.file().number, desk.operator.main.id
    east = desk.operator.branch("EAST")
    for wrong in (
        desk.operator.staff("cash", Role.CASHIER, main), desk.operator.staff("east", Role.SUPPORT, east.id),
    ):  # fmt: skip
        with pytest.raises(NotAssignable):
            desk.assign(number, wrong.id)
    right = desk.operator.staff("meera", Role.SUPPORT, main)
    with desk.operator.reading() as session:
        listed = complaint_views.list_assignable_staff(session, main, desk.support)
    assert right.id in {one.id for one in listed.items} and len(listed.items) == 2  # and the administrator
    me = Actor(subject=f"staff:{right.id}", name="Meera", role=Role.SUPPORT, branch_ids=frozenset({main}))
    assert desk.assign(number, right.id).assigned_name == right.name
    assert desk.listed(me, assigned="me") == desk.listed(assigned="anyone") == [number]
    assert desk.listed(assigned="nobody") == []
    desk.assign(number, None)
    assert desk.listed(assigned="nobody") == [number]


def test_it_is_resolved_once_and_the_customer_told_once(desk: Desk) -> None:
    number = desk.file().number
    assert desk.resolve(number).state is RESOLVED
    with pytest.raises(AlreadyResolved):
        desk.resolve(number)
    (body,) = desk.operator.events("ComplaintResolved")
    assert (body["resolution"], body["reopen_until"]) == ("The amplifier was replaced.", "2026-05-11")


def test_a_customer_reopens_until_the_last_day_of_the_branchs_policy(desk: Desk) -> None:
    request = ChangeBranch(branch_id=desk.operator.main.id, complaint_reopen_days=3)
    with desk.operator.writing() as session:
        change_branch(session, request, admin(), desk.operator.clock)
    number = desk.file().number
    desk.resolve(number)
    desk.operator.clock.move(timedelta(days=3))
    assert desk.look(number, desk.owner).may_reopen
    again = desk.reopen(number, desk.owner)
    assert (again.state, again.resolution) == (OPEN, None)
    assert not desk.look(number, desk.support).is_read, "staff have to look at it anew"
    desk.resolve(number)
    desk.operator.clock.move(timedelta(days=4))
    assert not desk.look(number, desk.owner).may_reopen
    with pytest.raises(ReopenTooLate):
        desk.reopen(number, desk.owner)
    assert desk.reopen(number).state is OPEN, "staff may at any time"


def test_what_is_open_cannot_be_reopened(desk: Desk) -> None:
    with pytest.raises(NotResolved):
        desk.reopen(desk.file().number)


def test_the_list_is_newest_first_and_leaves_none_out(desk: Desk) -> None:
    numbers = []
    for _ in range(5):
        numbers.append(desk.file().number)
        desk.operator.clock.move(timedelta(minutes=1))
    found, cursor = [], None
    while True:
        page = desk.page(limit=2, cursor=cursor)
        found += [one.number for one in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert found == numbers[::-1]
    with pytest.raises(UnknownCursor):
        desk.page(cursor="nonsense")


def test_filters_narrow_the_list(desk: Desk) -> None:
    old = desk.file(kind="billing").number
    desk.operator.clock.move(timedelta(days=4))
    new = desk.file().number
    desk.read(new)
    desk.resolve(old)
    assert desk.listed(state="open") == [new] and desk.listed(state="resolved") == [old]
    assert desk.listed(kind="billing") == desk.listed(older_than_days=3) == [old]
    assert desk.listed(older_than_days=4) == []
    unread = desk.file().number
    assert desk.listed(read=False) == [unread]
    assert desk.listed(customer_id=desk.customer.id, branch_id=desk.operator.main.id) == [unread, new, old]


def test_the_counts_are_of_what_waits(desk: Desk) -> None:
    first, second = desk.file().number, desk.file().number
    assert desk.counts() == (2, 2)
    desk.read(first)
    desk.resolve(second)
    assert desk.counts() == (1, 0)
    assert desk.counts(admin()) == (1, 0)
    assert desk.counts(desk.owner) == (1, 0)


def test_age_counts_the_days_of_the_branchs_calendar(desk: Desk) -> None:
    number = desk.file().number  # 09:30 in Kolkata
    desk.operator.clock.move(timedelta(hours=14, minutes=29))
    assert desk.look(number, desk.support).age_days == 0
    desk.operator.clock.move(timedelta(minutes=2))
    assert desk.look(number, desk.support).age_days == 1


def test_complaints_follow_their_customer_to_another_branch(desk: Desk) -> None:
    number = desk.file().number
    handler = desk.operator.staff("meera", Role.SUPPORT, desk.operator.main.id)
    desk.assign(number, handler.id)
    east = desk.operator.branch("EAST")
    with desk.operator.writing() as session:
        request = ChangeCustomer(customer_id=desk.customer.id, branch_id=east.id)
        change_customer(session, request, admin(), desk.operator.clock)
    assert desk.listed() == []
    there = staff_of(east.id, role=Role.SUPPORT)
    assert desk.look(number, there).assigned_to is None


@given(st.sampled_from(["MAIN", "EAST2"]), st.integers(2020, 2099), st.integers(1, 10**9))
def test_a_complaints_number_is_never_read_as_another_paper(code: str, year: int, count: int) -> None:
    assert number_text(code, year, count).startswith(f"{code}-C{year}-")


@given(st.dates(), st.dates())
def test_age_is_never_negative(filed_on: Any, until: Any) -> None:
    assert age_days(filed_on, until) >= 0


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ("SET-TOP BOX COMPLAINT", ComplaintKind.SET_TOP_BOX), ("BILLING ISSUES", ComplaintKind.BILLING),
        ("BROADBAND COMPLAINT", ComplaintKind.BROADBAND), ("NO SIGNAL", ComplaintKind.NO_SIGNAL),
        ("BROADBAND SPEED ISSUE", ComplaintKind.SPEED), ("Rude letter", ComplaintKind.OTHER),
    ],
)  # fmt: skip
def test_kinds_of_the_old_program_find_ours(named: str, kind: ComplaintKind) -> None:
    assert kind_of(named) is kind
