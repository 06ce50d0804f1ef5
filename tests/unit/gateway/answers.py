"""Answers of services, as the gateway's tests need them."""

from datetime import UTC, date, datetime
from uuid import UUID

from contracts.actor import Role
from contracts.calls.billing import DueCharge, DuesView, PaymentRecorded, PlanPriceView, PlanView
from contracts.calls.customers import ActorIssued, CustomerView, Me, SessionOpened, StaffView
from contracts.calls.online_payments import OnlineOptions, OnlineProvider, PayTo
from contracts.calls.reports import ReportFormat, ReportKind, ReportView, Selection
from contracts.cards import (
    Allocation,
    BranchCard,
    ChargeKind,
    CustomerState,
    FeeCategory,
    InvoiceLine,
    InvoiceSnapshot,
    Party,
    PaymentMode,
    Service,
    SubscriptionState,
    SubscriptionStatus,
)
from contracts.money import Money

BRANCH, OTHER_BRANCH = UUID(int=1), UUID(int=2)
CUSTOMER, SUBSCRIPTION, PLAN, REPORT = UUID(int=3), UUID(int=4), UUID(int=5), UUID(int=6)
AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
RUPEES = Money.parse("250.00", "INR")


def me(
    role: Role = Role.CASHIER, branch_ids: tuple[UUID, ...] | None = (BRANCH,), *, must_change: bool = False
) -> Me:
    return Me(
        subject="staff:1", username="asha", name="Asha Rao", role=role, branch_ids=branch_ids, customer_id=None,
        locale="en", must_change_password=must_change,
    )  # fmt: skip


def issued(who: Me | None = None) -> ActorIssued:
    return ActorIssued(actor_token="signed-actor", me=who or me())


def opened(*, must_change: bool = False) -> SessionOpened:
    return SessionOpened(token="new-token", expires_at=AT, must_change_password=must_change, me=me())


def branch(code: str = "MAIN", branch_id: UUID = BRANCH) -> BranchCard:
    return BranchCard(id=branch_id, version=1, code=code, name=code.title(), currency="INR",
                      time_zone="Asia/Kolkata", locale="en")  # fmt: skip


def customer(name: str = "Fish & Chips <Ltd") -> CustomerView:
    return CustomerView(
        id=CUSTOMER, version=1, crf="1001", name=name, email="a@example.com", mobile=None, branch_id=BRANCH,
        date_of_birth=date(1990, 2, 3), id_type="", id_number="", house_name="", street="", area="", district="",
        state="Kerala", country="", postal_code="", locale="en", notes="", status=CustomerState.ACTIVE,
        username="crf1001", created_at=AT, updated_at=AT,
    )  # fmt: skip


def staff_member() -> StaffView:
    return StaffView(
        id=UUID(int=7), username="meera", name="Meera", email="meera@example.com", role=Role.CASHIER,
        branch_ids=(BRANCH,), state=CustomerState.DEACTIVATED,
    )  # fmt: skip


def plan() -> PlanView:
    return PlanView(
        id=PLAN, code="TV", name="TV", service=Service.CABLE_TV, branch_id=BRANCH, price=RUPEES,
        prices=(PlanPriceView(price=RUPEES, valid_from=date(2026, 1, 1)),), created_at=AT,
    )  # fmt: skip


def payment(*, replayed: bool = False) -> PaymentRecorded:
    part = Allocation(
        charge_id=UUID(int=9), subscription_id=SUBSCRIPTION, kind=ChargeKind.RECURRING, category=FeeCategory.USAGE,
        service=Service.CABLE_TV, period="2026-11", amount=RUPEES, charge_amount=RUPEES, open_after=Money.zero("INR"),
    )  # fmt: skip
    state = SubscriptionState(
        id=SUBSCRIPTION, customer_id=CUSTOMER, branch_id=BRANCH, service=Service.CABLE_TV, plan_id=PLAN, plan_code="TV",
        plan_name="TV", status=SubscriptionStatus.ACTIVE, started_on=date(2026, 10, 1), expires_on=date(2026, 11, 30),
    )  # fmt: skip
    return PaymentRecorded(
        id=UUID(int=8), payment_number="MAIN-P2026-000001", invoice_number="MAIN-2026-000001", customer_id=CUSTOMER,
        branch_id=BRANCH, amount=RUPEES, mode=PaymentMode.CASH, reference=None, paid_on=AT.date(), paid_at=AT,
        received_by="Asha Rao", allocations=(part,), voided=False, void_reason=None, subscriptions=(state,),
        replayed=replayed,
    )  # fmt: skip


def dues(total: Money | None = RUPEES) -> DuesView:
    charge = DueCharge(
        id=UUID(int=9), kind=ChargeKind.RECURRING, category=FeeCategory.USAGE, service=Service.CABLE_TV,
        subscription_id=SUBSCRIPTION, period="2026-11", amount=RUPEES, open=RUPEES,
    )  # fmt: skip
    return DuesView(customer_id=CUSTOMER, has_dues=True, total=total, minimum_payment=total, periods=("2026-11",),
                    charges=(charge,) if total else ())  # fmt: skip


def online_options() -> OnlineOptions:
    manual = (OnlineProvider.MANUAL,)
    return OnlineOptions(customer_id=CUSTOMER, providers=manual, pay_to=PayTo(), waiting=())


def invoice() -> InvoiceSnapshot:
    line = InvoiceLine(service=Service.CABLE_TV, plan_name="TV", category=FeeCategory.USAGE, period="2026-11",
                       partial=False, amount=RUPEES)  # fmt: skip
    return InvoiceSnapshot(
        number="MAIN-2026-000001", issued_on=AT.date(), issued_at=AT, branch_id=BRANCH, customer_id=CUSTOMER,
        locale="pl",
        seller=Party(name="Main"), buyer=Party(name="Fish & Chips <Ltd", lines=("1 Quay Street",)), lines=(line,),
        total=RUPEES, payment_number="MAIN-P2026-000001", payment_mode=PaymentMode.CASH,
    )  # fmt: skip


def report(state: str = "done") -> ReportView:
    return ReportView(
        id=REPORT, kind=ReportKind.PAYMENTS, service_kind=Service.CABLE_TV, branch_id=None, year=2026, month=11,
        selection=Selection.PAID, format=ReportFormat.PDF, state=state, done=1, total=1, requested_by="Asha Rao",
        requested_at=AT, as_of=AT, caught_up=True, finished_at=AT, problem=None, file_name="paid.pdf", size=10,
    )  # fmt: skip
