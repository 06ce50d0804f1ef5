"""Complaints are filed once, numbered, told, listed and counted (C51, C52)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.idempotency import IdempotencyKeyReused
from contracts.cards import ComplaintKind, Service
from contracts.errors import NotFound
from contracts.events import event_types
from customers.domain.complaints import MOST_OPEN, age_days, kind_of, number_text
from customers.domain.refusals import TooManyComplaints, UnknownCursor
from tests.unit.customers.builders import Operator, admin
from tests.unit.customers.complaint_desk import OPEN, Desk


@pytest.fixture
def desk(operator: Operator) -> Desk:
    return Desk(operator, operator.customer())


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
    desk.operator.clock.move(timedelta(minutes=1))
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
