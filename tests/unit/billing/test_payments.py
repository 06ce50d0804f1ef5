"""Taking, repeating and voiding payments, as stories."""

from datetime import date

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from billing.domain.payment_rules import (
    AmountNotPositive,
    NothingToPay,
    OnlinePaymentNotOffered,
    PaymentAlreadyVoided,
    PaymentBelowMinimum,
    PaymentExceedsDues,
    ReferenceRequired,
    ReferenceUsed,
)
from billing.queries.payments import get_invoice, list_invoices, list_payments
from billing.tables import AllocationRow, Invoice, JournalEntry, JournalLineRow, Payment
from billing.usecases.void_payment import void_payment
from chassis.idempotency import IdempotencyKeyReused
from contracts.actor import Role
from contracts.calls.billing import GetInvoice, ListInvoices, ListPayments, VoidPayment
from contracts.cards import BranchCard, CustomerCard, PaymentMode, Service
from contracts.errors import Forbidden, NotFound
from contracts.events import PaymentMade, PaymentVoided
from contracts.money import NotAnAmount
from tests.unit.billing.builders import World, customer_actor, staff


def test_the_oldest_month_is_settled_first_and_cable_tv_before_broadband(
    world: World, deepa: CustomerCard
) -> None:
    paid = world.pay(deepa, "900.00")
    parts = [(part.period, part.service, part.amount.minor) for part in paid.allocations]
    assert parts == [
        ("2026-10", Service.CABLE_TV, 25000),
        ("2026-10", Service.BROADBAND, 60000),
        ("2026-11", Service.CABLE_TV, 5000),
    ]


def test_a_payment_for_one_service_leaves_the_other_open(world: World, deepa: CustomerCard) -> None:
    world.pay(deepa, "1200.00", service=Service.BROADBAND)
    assert {charge.service for charge in world.dues(deepa).charges} == {Service.CABLE_TV}


def test_expiry_moves_to_the_end_of_the_last_settled_month(world: World, deepa: CustomerCard) -> None:
    paid = world.pay(deepa, "500.00", service=Service.CABLE_TV)
    assert [(one.status, one.expires_on) for one in paid.subscriptions] == [("active", date(2026, 11, 30))]
    assert world.status(paid.subscriptions[0].id) == ("active", date(2026, 11, 30))


def test_a_part_payment_moves_no_expiry(world: World, deepa: CustomerCard) -> None:
    paid = world.pay(deepa, "300.00", service=Service.BROADBAND)
    assert [(one.status, one.expires_on) for one in paid.subscriptions] == [("inactive", date(2026, 10, 1))]


def test_a_balance_is_charges_minus_payments_and_the_journal_sums_to_zero(
    world: World, deepa: CustomerCard
) -> None:
    world.pay(deepa, "900.00")
    owed = world.dues(deepa).total
    assert owed is not None
    assert (world.balance(), world.balance(deepa), owed.minor) == (0, 80000, 80000)


def test_one_payment_is_one_invoice_with_its_allocations_as_lines(world: World, deepa: CustomerCard) -> None:
    paid = world.pay(deepa, "900.00")
    with world.database.reading() as session:
        invoice = get_invoice(session, GetInvoice(number=paid.invoice_number), world.actor)
    assert (invoice.number, invoice.total.minor) == ("MAIN-2026-000001", 90000)
    assert [line.partial for line in invoice.lines] == [False, False, True]
    assert (invoice.seller.name, invoice.buyer.name, invoice.buyer.reference) == (
        "Main",
        "Deepa Kumar",
        "101",
    )


def test_the_event_holds_the_whole_invoice(world: World, deepa: CustomerCard) -> None:
    paid = world.pay(deepa, "900.00")
    (event,) = world.told(PaymentMade)
    assert (event.payment_number, event.invoice.number) == (paid.payment_number, paid.invoice_number)
    assert event.subscriptions == paid.subscriptions


def test_the_same_key_is_carried_out_once_and_answered_alike(world: World, deepa: CustomerCard) -> None:
    first = world.pay(deepa, "850.00", key="click")
    second = world.pay(deepa, "850.00", key="click")
    assert second == first.model_copy(update={"replayed": True})
    assert world.count(Payment) == world.count(Invoice) == len(world.told(PaymentMade)) == 1


def test_the_same_key_for_another_payment_is_refused(world: World, deepa: CustomerCard) -> None:
    world.pay(deepa, "850.00", key="click")
    with pytest.raises(IdempotencyKeyReused):
        world.pay(deepa, "250.00", key="click")


def test_a_key_belongs_to_its_caller(world: World, branch: BranchCard, deepa: CustomerCard) -> None:
    world.pay(deepa, "850.00", key="1")
    other = world.pay(deepa, "850.00", key="1", actor=staff(Role.CASHIER, branch))
    assert not other.replayed


@pytest.mark.parametrize(
    ("amount", "refusal"),
    [
        ("0.00", AmountNotPositive),
        ("-250.00", AmountNotPositive),
        ("250.001", NotAnAmount),
        ("1,700.00", NotAnAmount),
        ("1700.01", PaymentExceedsDues),
        ("249.99", PaymentBelowMinimum),
    ],
)
def test_a_wrong_amount_is_refused_and_changes_nothing(
    world: World, deepa: CustomerCard, amount: str, refusal: type[Exception]
) -> None:
    before = world.charges()
    with pytest.raises(refusal):
        world.pay(deepa, amount)
    assert (world.charges(), world.count(Payment)) == (before, 0)


def test_with_everything_settled_there_is_nothing_to_pay(world: World, deepa: CustomerCard) -> None:
    world.pay(deepa, "1700.00")
    with pytest.raises(NothingToPay):
        world.pay(deepa, "250.00")


def test_what_is_left_below_the_minimum_may_be_paid(world: World, deepa: CustomerCard) -> None:
    world.pay(deepa, "1600.00")
    assert world.pay(deepa, "100.00").amount.minor == 10000


def test_online_needs_a_reference_that_was_not_used_before(world: World, deepa: CustomerCard) -> None:
    with pytest.raises(ReferenceRequired):
        world.pay(deepa, "250.00", mode=PaymentMode.ONLINE)
    first = world.pay(deepa, "250.00", mode=PaymentMode.ONLINE, reference="UPI-1")
    with pytest.raises(ReferenceUsed, match=first.payment_number):
        world.pay(deepa, "250.00", mode=PaymentMode.ONLINE, reference="UPI-1")


def test_numbers_count_without_gaps_even_past_refused_payments(world: World, deepa: CustomerCard) -> None:
    first = world.pay(deepa, "250.00")
    with pytest.raises(PaymentExceedsDues):
        world.pay(deepa, "99999.00")
    second = world.pay(deepa, "250.00")
    assert [first.invoice_number, second.invoice_number] == ["MAIN-2026-000001", "MAIN-2026-000002"]


def test_numbers_begin_anew_with_the_branchs_year(world: World, deepa: CustomerCard) -> None:
    world.pay(deepa, "250.00")
    world.on(2027, 1, 1)
    assert world.pay(deepa, "250.00").payment_number == "MAIN-2027-000001"


def test_a_void_opens_the_months_again_and_keeps_the_numbers(world: World, deepa: CustomerCard) -> None:
    before = world.charges()
    paid = world.pay(deepa, "900.00")
    voided = world.do(void_payment, VoidPayment(payment_number=paid.payment_number, reason="Wrong customer"))
    assert (voided.voided, voided.void_reason) == (True, "Wrong customer")
    assert world.charges() == before
    assert (world.balance(), world.balance(deepa)) == (0, 170000)
    assert {one.expires_on for one in voided.subscriptions} == {date(2026, 10, 1)}
    with world.database.reading() as session:
        assert get_invoice(session, GetInvoice(number=paid.invoice_number), world.actor).voided


def test_a_void_tells_what_is_open_again(world: World, deepa: CustomerCard) -> None:
    paid = world.pay(deepa, "900.00")
    world.do(void_payment, VoidPayment(payment_number=paid.payment_number, reason="Wrong customer"))
    (event,) = world.told(PaymentVoided)
    assert (event.invoice_number, event.allocations) == (paid.invoice_number, paid.allocations)


def test_a_payment_is_voided_once(world: World, deepa: CustomerCard) -> None:
    paid = world.pay(deepa, "900.00")
    request = VoidPayment(payment_number=paid.payment_number, reason="Wrong customer")
    world.do(void_payment, request)
    with pytest.raises(PaymentAlreadyVoided):
        world.do(void_payment, request)


def test_paying_an_older_month_again_counts_the_later_settled_ones(world: World, deepa: CustomerCard) -> None:
    october = world.pay(deepa, "250.00", service=Service.CABLE_TV)
    world.pay(deepa, "250.00", service=Service.CABLE_TV)
    world.do(void_payment, VoidPayment(payment_number=october.payment_number, reason="Bounced"))
    again = world.pay(deepa, "250.00", service=Service.CABLE_TV)
    assert again.subscriptions[0].expires_on == date(2026, 11, 30)


@pytest.mark.parametrize("table", [Payment, Invoice, AllocationRow, JournalEntry, JournalLineRow])
def test_the_books_are_only_added_to(world: World, deepa: CustomerCard, table: type) -> None:
    world.pay(deepa, "900.00")
    column = next(iter(table.__table__.columns))  # type: ignore[attr-defined]  # every mapped class has its table
    for statement in (delete(table), update(table).values({column.name: column})):
        with pytest.raises(DBAPIError, match="only added to"), world.transaction() as session:
            session.execute(statement)


def test_a_hidden_customer_is_not_found_and_a_role_without_the_right_is_forbidden(
    world: World, branch: BranchCard, deepa: CustomerCard
) -> None:
    elsewhere = world.branch("EAST")
    with pytest.raises(NotFound):
        world.pay(deepa, "250.00", actor=staff(Role.CASHIER, elsewhere))
    with pytest.raises(Forbidden):
        world.pay(deepa, "250.00", actor=staff(Role.SUPPORT, branch))


def test_customers_cannot_pay_online_by_themselves_yet(world: World, deepa: CustomerCard) -> None:
    with pytest.raises(OnlinePaymentNotOffered):
        world.pay(deepa, "250.00", mode=PaymentMode.ONLINE, reference="UPI-1", actor=customer_actor(deepa))


def test_only_who_may_void_voids(world: World, branch: BranchCard, deepa: CustomerCard) -> None:
    paid = world.pay(deepa, "900.00")
    request = VoidPayment(payment_number=paid.payment_number, reason="Wrong customer")
    for actor in (staff(Role.CASHIER, branch), customer_actor(deepa)):
        with pytest.raises(Forbidden):
            world.do(void_payment, request, actor)


def test_support_sees_that_there_are_dues_but_no_amounts(
    world: World, branch: BranchCard, deepa: CustomerCard
) -> None:
    seen = world.dues(deepa, staff(Role.SUPPORT, branch))
    assert (seen.has_dues, seen.total, seen.charges) == (True, None, ())


def test_customers_see_their_own_payments_and_invoices_only(
    world: World, branch: BranchCard, deepa: CustomerCard
) -> None:
    world.pay(deepa, "900.00")
    other = world.customer(branch, "Arun", crf="102")
    with world.database.reading() as session:
        own = list_invoices(session, ListInvoices(), customer_actor(deepa))
        others = list_invoices(session, ListInvoices(), customer_actor(other))
        with pytest.raises(NotFound):
            list_payments(session, ListPayments(customer_id=deepa.id), customer_actor(other))
    assert (len(own.items), len(others.items)) == (1, 0)


def test_lists_go_on_where_the_cursor_says(world: World, deepa: CustomerCard) -> None:
    numbers = [world.pay(deepa, "250.00").payment_number for _ in range(3)]
    with world.database.reading() as session:
        first = list_payments(session, ListPayments(customer_id=deepa.id, limit=2), world.actor)
        rest = list_payments(
            session, ListPayments(customer_id=deepa.id, limit=2, cursor=first.next), world.actor
        )
    assert sorted(one.payment_number for one in (*first.items, *rest.items)) == numbers
    assert rest.next is None
