"""Erasing a person reaches every event about them, sent or received, and no other (RULES, keeping and erasing)."""

from uuid import uuid4

from sqlalchemy import select

from chassis.erasing import erase_in_events
from chassis.inbox import receive
from chassis.outbox import emit
from chassis.platform import Platform
from chassis.tables import InboxRow, OutboxRow
from contracts.events import CustomerChanged, EventEnvelope, PaymentMade
from contracts.samples import CUSTOMER, ERASED, SAMPLES

OTHER = CUSTOMER.model_copy(update={"id": uuid4(), "name": "Bala Iyer"})


def test_events_sent_and_received_are_blanked_for_one_person_alone(platform: Platform) -> None:
    payment = SAMPLES[PaymentMade]
    with platform.database.transaction() as session:
        for customer in (CUSTOMER, OTHER):
            emit(session, CustomerChanged(customer=customer), platform.clock)
        envelope = EventEnvelope(
            id=uuid4(), type="PaymentMade", producer="billing", occurred_at=platform.clock.now(),
            body=payment.model_dump(mode="json"),
        )  # fmt: skip
        receive(session, [envelope], platform, way="bus")
    with platform.database.transaction() as session:
        erase_in_events(session, ERASED)
    with platform.database.reading() as session:
        sent = list(session.scalars(select(OutboxRow.body).order_by(OutboxRow.id)))
        received = session.scalars(select(InboxRow.body)).one()
    assert [body["customer"]["name"] for body in sent] == ["Erased customer", "Bala Iyer"]
    again = PaymentMade.model_validate(received)
    assert CUSTOMER.name not in again.model_dump_json()
    assert isinstance(payment, PaymentMade)
    assert (again.amount, again.allocations, again.invoice.number) == (
        payment.amount, payment.allocations, payment.invoice.number
    )  # fmt: skip
