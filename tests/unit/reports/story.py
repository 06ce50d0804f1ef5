"""A small operator's story as events, and what a reports service around it looks like in a test."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy.orm import Session

from chassis.clock import Clock, FixedClock
from chassis.database import Database
from chassis.feed import list_heads, read_events
from chassis.inbox import InboxWorker
from chassis.keys import KeyFolder
from chassis.migrations import migrate, migrations_of
from chassis.outbox import emit
from chassis.platform import Platform
from chassis.reactions import EventContext
from chassis.settings import Settings
from chassis.tables import ChassisBase
from contracts.actor import Actor, Role
from contracts.calls import Call
from contracts.calls.customers import GetStaff, StaffView
from contracts.calls.feed import ListEventHeads, ReadEvents
from contracts.calls.reports import ReportFormat, ReportKind, RequestReport, Selection
from contracts.cards import (
    Address,
    Allocation,
    BranchCard,
    ChargeKind,
    CustomerCard,
    FeeCategory,
    InvoiceSnapshot,
    Party,
    PaymentMode,
    Service,
    SubscriptionState,
    SubscriptionStatus,
)
from contracts.errors import NotFound, Unavailable
from contracts.events import ChargesRaised, Event, PaymentMade, PaymentVoided, RaisedCharge
from contracts.money import Money
from contracts.topology import SERVICES
from reports.reactions import REACTIONS
from reports.report_tables import Report
from reports.standing_tables import StandingReport

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
TABLES = StandingReport.__tablename__  # imported so that its tables are made too
_STORY = UUID("0b6a3a30-7a86-4d8f-9d55-6b8f3c1f7b11")


def an_id(of: str) -> UUID:
    return uuid5(_STORY, of)


def a_branch(
    code: str = "MAIN", *, version: int = 1, name: str = "Main", currency: str = "INR"
) -> BranchCard:
    return BranchCard(
        id=an_id(code), version=version, code=code, name=name, currency=currency, time_zone="Asia/Kolkata", locale="en"
    )  # fmt: skip


def a_customer(crf: str, branch: BranchCard, *, version: int = 1, name: str = "Asha Rao") -> CustomerCard:
    return CustomerCard(
        id=an_id(f"customer {crf}"), version=version, branch_id=branch.id, crf=crf, name=name, mobile="+919000000101",
        address=Address(area="Vijayanagar"),
    )  # fmt: skip


def a_subscription(
    customer: CustomerCard, service: Service = Service.CABLE_TV, *, version: int = 1
) -> SubscriptionState:
    return SubscriptionState(
        id=an_id(f"subscription {customer.crf} {service}"), customer_id=customer.id, branch_id=customer.branch_id,
        service=service, plan_id=an_id("plan"), plan_code="TV", plan_name="Basic TV", status=SubscriptionStatus.ACTIVE,
        started_on=date(2026, 1, 1), expires_on=date(2026, 10, 31), version=version,
    )  # fmt: skip


def a_charge(
    subscription: SubscriptionState, period: str = "2026-11", amount: int = 25000, settled: int = 0
) -> RaisedCharge:
    return RaisedCharge(
        id=an_id(f"charge {subscription.id} {period}"), customer_id=subscription.customer_id,
        subscription_id=subscription.id, kind=ChargeKind.RECURRING, category=FeeCategory.USAGE,
        service=subscription.service, period=period, amount_minor=amount, settled_minor=settled,
    )  # fmt: skip


def raised(branch: BranchCard, *charges: RaisedCharge) -> ChargesRaised:
    return ChargesRaised(branch_id=branch.id, currency=branch.currency, charges=charges)


def paid(
    number: int, branch: BranchCard, customer: CustomerCard, parts: Sequence[tuple[RaisedCharge, int]],
    on: date = date(2026, 11, 3), mode: PaymentMode = PaymentMode.CASH,
) -> PaymentMade:  # fmt: skip
    total = Money.of(sum(amount for _, amount in parts), branch.currency)
    invoice = InvoiceSnapshot(
        number=f"{branch.code}-2026-{number:06d}", issued_on=on, issued_at=NOW, branch_id=branch.id,
        customer_id=customer.id, locale="en", seller=Party(name=branch.name), buyer=Party(name=customer.name),
        lines=(), total=total, payment_number=f"{branch.code}-P-2026-{number:06d}", payment_mode=mode,
    )  # fmt: skip
    return PaymentMade(
        payment_id=an_id(f"payment {branch.code} {number}"), payment_number=invoice.payment_number, customer=customer,
        branch=branch, amount=total, mode=mode, paid_on=on, received_by="Ravi Kumar", invoice=invoice,
        allocations=tuple(_allocation(charge, amount, branch.currency) for charge, amount in parts), subscriptions=(),
    )  # fmt: skip


def voided(payment: PaymentMade, on: date = date(2026, 11, 5)) -> PaymentVoided:
    return PaymentVoided(
        payment_id=payment.payment_id, payment_number=payment.payment_number, invoice_number=payment.invoice.number,
        customer=payment.customer, branch_id=payment.branch.id, amount=payment.amount, voided_on=on,
        reason="Taken for another customer", allocations=payment.allocations, subscriptions=(),
    )  # fmt: skip


def _allocation(charge: RaisedCharge, amount: int, currency: str) -> Allocation:
    return Allocation(
        charge_id=charge.id, subscription_id=charge.subscription_id, kind=charge.kind, category=charge.category,
        service=charge.service, period=charge.period, amount=Money.of(amount, currency),
        charge_amount=Money.of(charge.amount_minor, currency), open_after=Money.zero(currency),
    )  # fmt: skip


def apply(session: Session, events: Iterable[Event], clock: Clock | None = None) -> None:
    """Run the reactions as the inbox worker does, with the event as it comes from the wire."""
    for event in events:
        found = REACTIONS.find(event.type_name())
        assert found is not None
        event_class, reaction = found
        context = EventContext(event_id=uuid4(), occurred_at=NOW, producer=event.producer, trace="",
                               clock=clock or FixedClock(NOW))  # fmt: skip
        reaction(session, event_class.model_validate(event.model_dump(mode="json")), context)


class Producers:
    """customers and billing as repair sees them: their outbox tables behind their feed, without the bus between."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._clock = clock
        self._databases = {
            name: Database(f"sqlite:///{folder / name}.db") for name in ("customers", "billing")
        }
        for database in self._databases.values():
            ChassisBase.metadata.create_all(database.engine)
        self.away: set[str] = set()
        self.staff: dict[UUID, StaffView] = {}

    def publish(self, *events: Event) -> None:
        for event in events:
            with self._databases[event.producer].transaction() as session:
                emit(session, event, self._clock)

    def call(self, request: Call[Any], *, actor_token: str = "", service: str | None = None,
             timeout: float | None = None) -> Any:  # fmt: skip
        service = service or request.service
        assert actor_token
        if service in self.away:
            raise Unavailable(f"The {service} service did not answer in time; try again in a moment.")
        if isinstance(request, GetStaff):
            if request.staff_id not in self.staff:
                raise NotFound("There is no such member of staff.")
            return self.staff[request.staff_id]
        with self._databases[service].reading() as session:
            if isinstance(request, ListEventHeads):
                return list_heads(session, request)
            assert isinstance(request, ReadEvents)
            return read_events(session, request, service)

    def close(self) -> None:
        for database in self._databases.values():
            database.close()


class ReportsHouse:
    """A reports service with its database, producers and inbox worker, without the bus."""

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        self.clock = FixedClock(NOW)
        settings = Settings(home=folder, reports_database_url=database_url)
        KeyFolder(settings.keys_folder).make_missing(SERVICES)
        self.producers = Producers(folder, self.clock)
        self.platform = Platform("reports", settings, self.producers, clock=self.clock)  # type: ignore[arg-type]  # speaks the same calls
        self.database = self.platform.database
        migrate(self.database, migrations_of("reports"))
        self.worker = InboxWorker(self.platform, REACTIONS)

    def work_off(self) -> None:
        """Let the inbox worker do all it can."""
        while self.worker.step():
            pass

    def report(self, report_id: UUID) -> Report:
        with self.database.reading() as session:
            report = session.get_one(Report, report_id)
            session.expunge(report)
            return report

    def close(self) -> None:
        self.database.close()
        self.producers.close()


ADMIN = Actor(subject="staff:admin", name="Administrator", role=Role.ADMIN, branch_ids=None)


def a_member(role: Role, *branches: BranchCard) -> Actor:
    return Actor(
        subject=f"staff:{role}",
        name=f"A {role}",
        role=role,
        branch_ids=frozenset(branch.id for branch in branches),
    )


def a_request(**changes: Any) -> RequestReport:
    asked: dict[str, Any] = {
        "kind": ReportKind.PAYMENTS, "service_kind": Service.CABLE_TV, "year": 2026, "month": 11,
        "selection": Selection.PAID, "format": ReportFormat.XLSX, **changes,
    }  # fmt: skip
    return RequestReport(**asked)
