"""Allocation and the rules before it, against every mix of charges that hypothesis finds."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.allocation import OpenCharge, allocate, in_order, total_open
from billing.domain.payment_rules import (
    AmountNotPositive,
    ModeNotOffered,
    NothingToPay,
    PaymentBelowMinimum,
    PaymentExceedsDues,
    ReferenceRequired,
    check_amount,
    check_mode,
)
from contracts.cards import PaymentMode, Service
from contracts.money import Money, total


def rupees(minor: int) -> Money:
    return Money.of(minor, "INR")


@st.composite
def open_charges(draw: st.DrawFn) -> OpenCharge:
    amount = draw(st.integers(1, 10**9))
    return OpenCharge(
        id=UUID(int=draw(st.integers(0, 2**64))),
        period=f"20{draw(st.integers(20, 30))}-{draw(st.integers(1, 12)):02d}",
        service=draw(st.sampled_from([Service.CABLE_TV, Service.BROADBAND, None])),
        fee=draw(st.booleans()),
        amount=rupees(amount),
        open=rupees(draw(st.integers(1, amount))),
    )


charge_lists = st.lists(open_charges(), max_size=15)


@given(charge_lists, st.data())
def test_the_parts_sum_to_the_payment_and_no_part_exceeds_its_charge(
    charges: list[OpenCharge], data: st.DataObject
) -> None:
    payment = rupees(data.draw(st.integers(0, total_open(charges, "INR").minor)))
    parts = allocate(payment, charges)
    assert total((part.amount for part in parts), "INR") == payment
    assert all(rupees(0) < part.amount <= part.charge.open for part in parts)


@given(charge_lists, st.data())
def test_only_the_last_charge_met_may_stay_partly_open(
    charges: list[OpenCharge], data: st.DataObject
) -> None:
    payment = rupees(data.draw(st.integers(0, total_open(charges, "INR").minor)))
    parts = allocate(payment, charges)
    assert not any(part.open_after for part in parts[:-1])
    assert [part.charge for part in parts] == in_order(charges)[: len(parts)]


@given(charge_lists)
def test_what_exceeds_the_open_charges_is_never_spread(charges: list[OpenCharge]) -> None:
    with pytest.raises(ValueError, match="meets no open charge"):
        allocate(total_open(charges, "INR") + rupees(1), charges)


def test_an_older_month_comes_first_and_cable_tv_before_broadband_in_one_month() -> None:
    def charge(period: str, service: Service | None, *, fee: bool = False) -> OpenCharge:
        return OpenCharge(uuid4(), period, service, fee, rupees(100), rupees(100))

    october = charge("2026-10", Service.BROADBAND)
    television, internet = charge("2026-11", Service.CABLE_TV), charge("2026-11", Service.BROADBAND)
    handling = charge("2026-11", None, fee=True)
    assert in_order([handling, internet, television, october]) == [october, television, internet, handling]


@given(st.integers(1, 10**7), st.integers(0, 10**7), st.integers(-100, 2 * 10**7))
def test_an_amount_is_taken_between_the_minimum_and_all_that_is_open(
    dues: int, minimum: int, amount: int
) -> None:
    fits = min(minimum, dues) <= amount <= dues and amount > 0
    try:
        check_amount(rupees(amount), rupees(dues), rupees(minimum))
    except (AmountNotPositive, PaymentExceedsDues, PaymentBelowMinimum):
        assert not fits
    else:
        assert fits


def test_a_refusal_names_the_amounts() -> None:
    with pytest.raises(
        PaymentExceedsDues, match=r"300.00 INR is more than what is open for broadband: 250.00 INR"
    ):
        check_amount(rupees(30000), rupees(25000), rupees(25000), Service.BROADBAND)
    with pytest.raises(PaymentBelowMinimum, match=r"100.00 INR is below the smallest payment, 250.00 INR"):
        check_amount(rupees(10000), rupees(50000), rupees(25000))


def test_all_that_is_open_may_be_paid_when_it_is_below_the_minimum() -> None:
    check_amount(rupees(9000), rupees(9000), rupees(25000))


def test_nothing_open_means_nothing_to_pay() -> None:
    with pytest.raises(NothingToPay):
        check_amount(rupees(100), rupees(0), rupees(25000))


def test_an_online_payment_needs_its_reference() -> None:
    check_mode(PaymentMode.CASH, None)
    check_mode(PaymentMode.ONLINE, "4711")
    with pytest.raises(ReferenceRequired):
        check_mode(PaymentMode.ONLINE, None)


def test_the_opening_mode_is_for_imports_only() -> None:
    with pytest.raises(ModeNotOffered):
        check_mode(PaymentMode.OPENING, None)
