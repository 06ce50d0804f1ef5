"""The dashboard's figures are exact once all events are in, whatever order they came in (C23 to C27)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from chassis.database import json_text
from contracts.cards import PaymentMode, Service, SubscriptionStatus
from contracts.events import ChargesRaised, Event, PaymentMade, PaymentVoided, SubscriptionChanged
from reports.tables import Base, Figure, FigureChange, FigureKind
from reports.usecases.fold_figures import count_figures, fold_figures
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

BRANCHES = (a_branch(), a_branch("EAST", name="East"))
PEOPLE = tuple(a_customer(f"{branch.code}{number}", branch) for branch in BRANCHES for number in range(2))
LINES = tuple(a_subscription(person, service) for person in PEOPLE for service in Service)
CHARGES = tuple(
    a_charge(line, period, 25000 + place, settled=100 * (place % 2))
    for place, line in enumerate(LINES)
    for period in ("2026-10", "2026-11")
)
DAYS = tuple(date(2026, 11, day) for day in (1, 30))

changes = st.builds(
    lambda line, version, status, day: SubscriptionChanged(
        subscription=line.model_copy(update={"version": version, "status": status, "expires_on": day})
    ),
    st.sampled_from(LINES), st.integers(1, 6), st.sampled_from(SubscriptionStatus), st.sampled_from(DAYS),
)  # fmt: skip


@st.composite
def months(draw: st.DrawFn) -> list[Event]:
    """Events of a month: charges in chunks, versions of subscriptions, payments, some of them void."""
    events: list[Event] = []
    for branch in BRANCHES:
        own = [charge for charge in CHARGES if charge.customer_id in _people_of(branch.id)]
        events += [raised(branch, *own[:3]), raised(branch, *own[3:])]
    seen: dict[tuple[Any, int], SubscriptionChanged] = {}
    for event in draw(st.lists(changes, max_size=12)):
        seen.setdefault((event.subscription.id, event.subscription.version), event)
    events += seen.values()
    for number, place in enumerate(draw(st.lists(st.integers(0, len(PEOPLE) - 1), max_size=6))):
        person = PEOPLE[place]
        branch = next(one for one in BRANCHES if one.id == person.branch_id)
        own = [charge for charge in CHARGES if charge.customer_id == person.id]
        parts = [
            (charge, 100 + number) for charge in draw(st.lists(st.sampled_from(own), min_size=1, unique=True))
        ]
        day, mode = draw(st.sampled_from(DAYS)), draw(st.sampled_from([PaymentMode.CASH, PaymentMode.ONLINE]))
        payment = paid(number, branch, person, parts, day, mode)
        events.append(payment)
        if draw(st.booleans()):
            events.append(voided(payment))
    return events


def _people_of(branch_id: Any) -> set[Any]:
    return {person.id for person in PEOPLE if person.branch_id == branch_id}


def straight_from(events: Iterable[Event]) -> Counter[tuple[Any, ...]]:
    """The figures as anybody would count them: newest versions, payments that stand, each once."""
    found: Counter[tuple[Any, ...]] = Counter()
    newest: dict[Any, Any] = {}
    charges: dict[Any, tuple[Any, Any]] = {}
    payments: dict[Any, PaymentMade] = {}
    void: set[Any] = set()
    for event in events:
        if isinstance(event, SubscriptionChanged):
            known = newest.setdefault(event.subscription.id, event.subscription)
            newest[known.id] = max(known, event.subscription, key=lambda one: one.version)
        elif isinstance(event, ChargesRaised):
            charges |= {charge.id: (event.branch_id, charge) for charge in event.charges}
        elif isinstance(event, PaymentMade):
            payments[event.payment_id] = event
        elif isinstance(event, PaymentVoided):
            void.add(event.payment_id)
    for one in newest.values():
        found[FigureKind.SUBSCRIPTIONS, one.branch_id, "", one.service, one.status] += 1
        if one.status is SubscriptionStatus.ACTIVE:
            found[FigureKind.RENEWALS, one.branch_id, one.expires_on.isoformat(), one.service, ""] += 1
    for branch_id, charge in charges.values():
        found[FigureKind.PENDING, branch_id, charge.period, charge.service, ""] += (
            charge.amount_minor - charge.settled_minor
        )
    for payment_id, payment in payments.items():
        if payment_id in void:
            continue
        for part in payment.allocations:
            found[
                FigureKind.TAKINGS, payment.branch.id, payment.paid_on.isoformat(), part.service, payment.mode
            ] += part.amount.minor
            found[FigureKind.PENDING, payment.branch.id, part.period, part.service, ""] -= part.amount.minor
    return Counter({key: number for key, number in found.items() if number})


def figures(session: Session) -> Counter[tuple[Any, ...]]:
    """What the tables say: added up and waiting."""
    found: Counter[tuple[Any, ...]] = Counter()
    rows: list[Figure | FigureChange] = [
        *session.scalars(select(Figure)),
        *session.scalars(select(FigureChange)),
    ]
    for row in rows:
        found[row.kind, row.branch_id, row.at, row.service, row.detail] += row.count + row.minor
    return Counter({key: number for key, number in found.items() if number})


def a_database() -> Session:
    engine = create_engine("sqlite://", json_serializer=json_text)
    Base.metadata.create_all(engine)
    return Session(engine)


@settings(max_examples=150, deadline=None)
@given(months(), st.data())
def test_figures_are_exact_in_any_order_with_any_repetition(events: list[Event], data: st.DataObject) -> None:
    places = data.draw(
        st.permutations([*range(len(events)), *data.draw(st.lists(st.sampled_from(range(len(events)))))])
    )
    add_up = data.draw(st.sets(st.integers(0, len(places))))
    with a_database() as session:
        for step, place in enumerate(places):
            apply(session, [events[place]])
            if step in add_up:
                fold_figures(session)
        assert figures(session) == straight_from(events)


@settings(max_examples=60, deadline=None)
@given(months(), st.integers(0, 20))
def test_counting_anew_in_the_midst_changes_no_figure(events: list[Event], after: int) -> None:
    with a_database() as session:
        apply(session, events[:after])
        count_figures(session)
        assert figures(session) == straight_from(events[:after])
        apply(session, events[after:])
        assert figures(session) == straight_from(events)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
def test_a_void_takes_the_payment_back_and_opens_the_month(order: Sequence[int]) -> None:
    charge = CHARGES[0]
    payment = paid(1, BRANCHES[0], PEOPLE[0], [(charge, 25000)])
    events = (raised(BRANCHES[0], charge), payment, voided(payment))
    with a_database() as session:
        apply(session, [events[place] for place in order])
        assert figures(session) == Counter(
            {(FigureKind.PENDING, BRANCHES[0].id, charge.period, charge.service, ""): charge.amount_minor}
        )


def test_adding_up_leaves_nothing_to_wait_and_adds_nothing_twice() -> None:
    with a_database() as session:
        apply(session, [raised(BRANCHES[0], *CHARGES[:4])])
        before = figures(session)
        assert fold_figures(session) > 0
        assert fold_figures(session) == 0
        assert session.scalars(select(FigureChange)).all() == []
        assert figures(session) == before
