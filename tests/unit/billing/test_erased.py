"""What billing keeps of an erased customer: the ledger and the issued invoices, and nothing else."""

from datetime import date

from sqlalchemy import select

from billing.tables import CustomerCopy, Invoice, Promise
from billing.usecases.erase_person import erase_person
from billing.usecases.promise_to_pay import promise_to_pay
from chassis.tables import OutboxRow
from contracts.calls.reminders import PromiseToPay
from contracts.cards import Address, CustomerCard
from contracts.money import Money
from tests.unit.billing.builders import World


def test_the_ledger_and_the_invoices_stay_and_nothing_else(world: World, deepa: CustomerCard) -> None:
    named = deepa.model_copy(update={"name": "Deepa Kumar Iyer", "version": deepa.version + 1})
    with world.database.transaction() as session:
        session.get_one(CustomerCopy, deepa.id).card = named.model_dump(mode="json")
    paid = world.pay(named, "850.00")
    until = PromiseToPay(customer_id=deepa.id, promised_until=date(2026, 11, 24), note="when Iyer is paid")
    world.do(promise_to_pay, until)
    left = CustomerCard(
        id=deepa.id, version=9, branch_id=deepa.branch_id, crf=deepa.crf, name="Erased customer",
        address=Address(), erased=True,
    )  # fmt: skip
    with world.database.transaction() as session:
        erase_person(session, left)
    with world.database.reading() as session:
        told = [str(body) for body in session.scalars(select(OutboxRow.body))]
        kept = str(session.get_one(CustomerCopy, deepa.id).card)
        note = session.scalars(select(Promise.note)).one()
        snapshot = session.scalars(
            select(Invoice.snapshot).where(Invoice.number == paid.invoice_number)
        ).one()
    assert not any("Iyer" in text for text in [*told, kept, note])
    assert snapshot["buyer"]["name"] == "Deepa Kumar Iyer"
    assert world.dues(left).total == Money.parse("850.00", "INR")
