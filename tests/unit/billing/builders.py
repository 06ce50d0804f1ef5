"""Small builders: a branch, customers, plans and subscriptions on a database of their own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.queries.dues import get_dues
from billing.tables import Charge, JournalLineRow, Subscription
from billing.usecases.add_plan import add_plan
from billing.usecases.add_subscription import add_subscription
from billing.usecases.advance_run import advance_run
from billing.usecases.keep_customer import keep_branch, keep_customer
from billing.usecases.record_payment import record_payment
from billing.usecases.start_run import start_billing_run
from chassis.clock import FixedClock
from chassis.database import Database
from chassis.tables import OutboxRow
from contracts.actor import Actor, Role
from contracts.calls.billing import (
    AddPlan,
    AddSubscription,
    DuesView,
    GetDues,
    PaymentRecorded,
    PlanView,
    RecordPayment,
    RunView,
    StartBillingRun,
    SubscriptionView,
)
from contracts.cards import (
    Address,
    BranchCard,
    BranchPolicy,
    CustomerCard,
    CustomerState,
    PaymentMode,
    Proration,
    Service,
    StageRule,
)
from contracts.events import Event

ADMIN = Actor(subject="staff:admin", name="Ada Admin", role=Role.ADMIN, branch_ids=None)
Told = TypeVar("Told", bound=Event)
Result = TypeVar("Result")


def at(day: date) -> datetime:
    """Noon in UTC of a day."""
    return datetime.combine(day, time(12), UTC)


@dataclass
class World:
    """A billing database with the calendar in the test's hands."""

    database: Database
    clock: FixedClock = field(default_factory=lambda: FixedClock(at(date(2026, 11, 21))))
    actor: Actor = ADMIN

    def on(self, year: int, month: int, day: int) -> "World":
        """Let it be that day."""
        self.clock.at = at(date(year, month, day))
        return self

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A unit of work."""
        with self.database.transaction() as session:
            yield session

    def do(self, verb: Callable[..., Result], request: object, actor: Actor | None = None) -> Result:
        """Carry out a use case in a transaction of its own."""
        with self.database.transaction() as session:
            return verb(session, request, actor or self.actor, self.clock)

    def branch(
        self,
        code: str = "MAIN",
        *,
        currency: str = "INR",
        minimum: int = 25000,
        proration: Proration = Proration.NONE,
        grace_days: int = 0,
        reminder_days: tuple[int, ...] = (),
        pause_days: int = 7,
        stages: tuple[StageRule, ...] = BranchPolicy().reminder_stages,
    ) -> BranchCard:
        """A branch that billing has a copy of."""
        card = BranchCard(
            id=uuid4(), version=1, code=code, name=code.title(), currency=currency, time_zone="Asia/Kolkata",
            locale="en", tax_id="29ABCDE1234F1Z5", letterhead=("1 Temple Road", "Bengaluru"),
            policy=BranchPolicy(minimum_payment_minor=minimum, proration=proration, grace_days=grace_days,
                                reminder_days=reminder_days, reminder_pause_days=pause_days, reminder_stages=stages),
        )  # fmt: skip
        with self.transaction() as session:
            keep_branch(session, card)
        return card

    def customer(
        self, branch: BranchCard, name: str = "Deepa Kumar", *, crf: str = "101", area: str = ""
    ) -> CustomerCard:
        """A customer that billing has a copy of."""
        card = CustomerCard(
            id=uuid4(), version=1, branch_id=branch.id, crf=crf, name=name, email="deepa@example.com",
            address=Address(street="4 Lake View", area=area), state=CustomerState.ACTIVE,
        )  # fmt: skip
        with self.transaction() as session:
            keep_customer(session, card)
        return card

    def plan(
        self, branch: BranchCard, service: Service = Service.CABLE_TV, price: str = "250.00", code: str = ""
    ) -> PlanView:
        """A plan with a price from ever."""
        code = code or f"{service.value}-{uuid4().hex[:6]}".replace("_", "-")
        return self.do(
            add_plan,
            AddPlan(code=code, name=f"Plan {code}", service_kind=service, price=price, branch_id=branch.id),
        )

    def subscription(
        self, customer: CustomerCard, plan: PlanView, started_on: date, price: str | None = None
    ) -> SubscriptionView:
        """A subscription from a day on."""
        return self.do(
            add_subscription,
            AddSubscription(customer_id=customer.id, plan_id=plan.id, started_on=started_on, price=price),
        )

    def bill(self, period: str, branch: BranchCard | None = None) -> RunView:
        """A billing run to its end, statuses included."""
        run = self.do(
            start_billing_run, StartBillingRun(period=period, branch_id=branch.id if branch else None)
        )
        self.work()
        return run

    def work(self) -> None:
        """Do chunks until nothing is left."""
        more = True
        while more:
            with self.transaction() as session:
                more = advance_run(session, self.clock)

    def pay(
        self,
        customer: CustomerCard,
        amount: str,
        *,
        key: str | None = None,
        mode: PaymentMode = PaymentMode.CASH,
        reference: str | None = None,
        service: Service | None = None,
        actor: Actor | None = None,
    ) -> PaymentRecorded:
        """Take a payment."""
        request = RecordPayment(
            customer_id=customer.id, amount=amount, mode=mode, reference=reference, service_kind=service,
            idempotency_key=key or uuid4().hex,
        )  # fmt: skip
        return self.do(record_payment, request, actor)

    def dues(self, customer: CustomerCard, actor: Actor | None = None) -> DuesView:
        """What the customer owes."""
        with self.database.reading() as session:
            return get_dues(session, GetDues(customer_id=customer.id), actor or self.actor, self.clock)

    def status(self, subscription_id: UUID) -> tuple[str, date]:
        """Status and expiry of a subscription as stored."""
        with self.database.reading() as session:
            row = session.get_one(Subscription, subscription_id)
            return row.status, row.expires_on

    def charges(self) -> list[tuple[str, int, int]]:
        """Every charge: period, amount and what is settled, in minor units."""
        with self.database.reading() as session:
            rows = session.execute(
                select(Charge.period, Charge.amount_minor, Charge.settled_minor).order_by(
                    Charge.period, Charge.amount_minor
                )
            )
            return [tuple(row) for row in rows]

    def told(self, event: type[Told]) -> list[Told]:
        """Every event of the type in the outbox, in order."""
        with self.database.reading() as session:
            bodies = session.scalars(
                select(OutboxRow.body).where(OutboxRow.type == event.type_name()).order_by(OutboxRow.id)
            )
            return [event.model_validate(body) for body in bodies]

    def balance(self, customer: CustomerCard | None = None) -> int:
        """The sum of journal lines, of one customer's receivables when given."""
        statement = select(func.coalesce(func.sum(JournalLineRow.amount_minor), 0))
        if customer is not None:
            statement = statement.where(
                JournalLineRow.customer_id == customer.id, JournalLineRow.account == "receivable"
            )
        with self.database.reading() as session:
            return int(session.scalar(statement) or 0)

    def count(self, table: type) -> int:
        """How many rows a table has."""
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


def staff(role: Role, *branches: BranchCard) -> Actor:
    """A member of staff of these branches."""
    return Actor(
        subject=f"staff:{role}",
        name=role.title(),
        role=role,
        branch_ids=frozenset(one.id for one in branches),
    )


def customer_actor(customer: CustomerCard) -> Actor:
    """The customer signed in."""
    return Actor(
        subject=f"customer:{customer.id}", name=customer.name, role=Role.CUSTOMER, customer_id=customer.id
    )
