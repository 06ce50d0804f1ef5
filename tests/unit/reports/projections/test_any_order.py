"""The read model is the same whatever order events come in, and however often (DESIGN, 3.4)."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, delete, select
from sqlalchemy.orm import Session

from chassis.database import json_text
from contracts.calls.reports import Selection
from contracts.cards import Address, PaymentMode, SubscriptionStatus
from contracts.events import (
    BranchChanged,
    CustomerChanged,
    CustomerDeactivated,
    CustomerRegistered,
    Event,
    SubscriptionChanged,
)
from reports.domain.report import ReportRow
from reports.queries import charge_rows
from reports.report_tables import Report
from reports.tables import Base, Figure
from reports.usecases.fold_figures import fold_figures
from tests.unit.reports.story import (
    a_branch,
    a_charge,
    a_customer,
    a_subscription,
    apply,
    paid,
    raised,
    voided,
)

MAIN, ASHA = a_branch(), a_customer("1001", a_branch())
MOVED = ASHA.model_copy(update={"version": 2, "address": Address(area="Jayanagar")})
TV = a_subscription(ASHA)
OCTOBER, NOVEMBER = a_charge(TV, "2026-10", settled=25000), a_charge(TV)
BY_MISTAKE = paid(1, MAIN, ASHA, [(NOVEMBER, 25000)])
A_PART = paid(2, MAIN, ASHA, [(NOVEMBER, 10000)], date(2026, 11, 7))
THE_REST = paid(3, MAIN, ASHA, [(NOVEMBER, 15000)], date(2026, 11, 9), PaymentMode.ONLINE)
STORY: tuple[Event, ...] = (
    BranchChanged(branch=MAIN),
    BranchChanged(branch=a_branch(version=2, name="Main Street")),
    CustomerRegistered(customer=ASHA, username="1001"),
    CustomerChanged(customer=MOVED),
    CustomerDeactivated(customer=MOVED.model_copy(update={"version": 3, "name": "Asha K Rao"}), reason="Left"),
    SubscriptionChanged(subscription=TV),
    SubscriptionChanged(subscription=TV.model_copy(update={"version": 2, "status": SubscriptionStatus.CLOSED})),
    raised(MAIN, OCTOBER, NOVEMBER),
    BY_MISTAKE,
    voided(BY_MISTAKE),
    A_PART,
    THE_REST,
)  # fmt: skip


def report_rows(session: Session, selection: Selection, period: str = "2026-11") -> list[ReportRow]:
    report = Report(year=int(period[:4]), month=int(period[5:]), service_kind="cable_tv", branch_ids=None,
                    selection=selection.value)  # fmt: skip
    return [row for part in charge_rows(session, report) for row in part]


def read_model_of(events: Iterable[Event]) -> dict[str, Any]:
    """Every row of every table, and what reports say, after these events."""
    engine = create_engine("sqlite://", json_serializer=json_text)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        apply(session, events)
        session.flush()
        while fold_figures(session):
            pass
        session.execute(delete(Figure).where(Figure.count == 0, Figure.minor == 0))
        model: dict[str, Any] = {
            table.name: sorted(map(str, session.execute(select(table)).all()))
            for table in Base.metadata.sorted_tables
        }
        for selection in Selection:
            model[selection] = report_rows(session, selection)
    engine.dispose()
    return model


IN_ORDER = read_model_of(STORY)


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(len(STORY))), st.lists(st.sampled_from(range(len(STORY))), max_size=12))
def test_any_order_and_any_repetition_gives_the_same_read_model(order: list[int], again: list[int]) -> None:
    places = [*order, *again]
    assert read_model_of(STORY[place] for place in places) == IN_ORDER


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_repeats_between_do_not_change_the_read_model(data: st.DataObject) -> None:
    doubled = data.draw(st.permutations([*range(len(STORY)), *range(len(STORY))]))
    assert read_model_of(STORY[place] for place in doubled) == IN_ORDER


def test_only_the_payments_that_stand_count() -> None:
    (row,) = IN_ORDER[Selection.PAID]
    assert (row.amount_minor, row.paid_minor, row.open_minor) == (25000, 25000, 0)
    assert row.invoice_numbers == ("MAIN-2026-000002", "MAIN-2026-000003")
    assert (row.last_paid_on, row.last_mode) == (date(2026, 11, 9), PaymentMode.ONLINE)


def test_a_void_that_comes_before_its_payment_is_remembered() -> None:
    model = read_model_of([voided(BY_MISTAKE), raised(MAIN, NOVEMBER), BY_MISTAKE])
    assert model[Selection.PAID] == []
    assert [row.open_minor for row in model[Selection.UNPAID]] == [25000]


def test_an_older_version_never_replaces_a_newer_one() -> None:
    (row,) = IN_ORDER[Selection.PAID]
    assert (row.customer, row.area, row.branch) == ("Asha K Rao", "Jayanagar", "Main Street")


@pytest.mark.parametrize(
    ("paid_minor", "selection", "still_open"),
    [(0, Selection.UNPAID, 25000), (24999, Selection.UNPAID, 1), (25000, Selection.PAID, 0)],
)
def test_a_charge_is_paid_only_when_nothing_of_it_is_open(
    paid_minor: int, selection: Selection, still_open: int
) -> None:
    payments = [paid(1, MAIN, ASHA, [(NOVEMBER, paid_minor)])] if paid_minor else []
    model = read_model_of([raised(MAIN, NOVEMBER), *payments])
    assert [row.open_minor for row in model[selection]] == [still_open]
    (other,) = set(Selection) - {selection}
    assert model[other] == []


def test_a_month_settled_before_the_import_is_paid_without_a_payment() -> None:
    engine = create_engine("sqlite://", json_serializer=json_text)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        apply(session, [raised(MAIN, OCTOBER)])
        (row,) = report_rows(session, Selection.PAID, "2026-10")
    assert (row.paid_minor, row.last_mode, row.last_paid_on) == (25000, PaymentMode.OPENING, None)


def test_a_chunk_of_five_hundred_charges_is_kept_charge_by_charge() -> None:
    customers = [a_customer(str(number), MAIN) for number in range(500)]
    charges = [a_charge(a_subscription(customer), amount=number) for number, customer in enumerate(customers)]
    chunk = raised(MAIN, *charges)
    model = read_model_of([chunk, chunk])
    assert len(model["charges"]) == 500


def test_rows_stand_by_branch_and_crf_number_as_people_count() -> None:
    east = a_branch("EAST", name="East")
    people = [a_customer(crf, MAIN) for crf in ("1000", "999", "20")] + [a_customer("3000", east)]
    events: list[Event] = [BranchChanged(branch=MAIN), BranchChanged(branch=east)]
    for person in people:
        events.append(CustomerRegistered(customer=person, username=person.crf))
        branch = east if person.branch_id == east.id else MAIN
        events.append(raised(branch, a_charge(a_subscription(person))))
    model = read_model_of(events)
    assert [row.crf for row in model[Selection.UNPAID]] == ["3000", "20", "999", "1000"]
