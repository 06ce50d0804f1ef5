"""One example of every event, as it travels: for docs/messages.md, for tests, and for those who write a listener."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid5

from contracts.calls.reports import ReportFormat, Selection
from contracts.cards import (
    Address,
    Allocation,
    BranchCard,
    ChargeKind,
    ComplaintCard,
    ComplaintKind,
    CustomerCard,
    CustomerState,
    FeeCategory,
    InvoiceLine,
    InvoiceSnapshot,
    Party,
    PaymentMode,
    ReminderStage,
    Service,
    SubscriptionState,
    SubscriptionStatus,
)
from contracts.events import (
    BranchChanged,
    ChargesRaised,
    ComplaintReceived,
    ComplaintResolved,
    CustomerChanged,
    CustomerDeactivated,
    CustomerErased,
    CustomerRegistered,
    DuesOutstanding,
    EmailChangeRequested,
    Event,
    MessageFailed,
    PasswordCodeIssued,
    PasswordLinkIssued,
    PaymentMade,
    PaymentVoided,
    PendingMonth,
    RaisedCharge,
    ReportReady,
    SealedSecret,
    SubscriptionChanged,
)
from contracts.money import Money

_SAMPLES = UUID("6f1d4f0e-5a57-4a3f-9d06-1c1f0a2b3c4d")
_NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
_PRICE = Money.of(25000, "INR")


def _id(of: str) -> UUID:
    return uuid5(_SAMPLES, of)


BRANCH = BranchCard(
    id=_id("branch"),
    version=1,
    code="MAIN",
    name="Main",
    currency="INR",
    time_zone="Asia/Kolkata",
    locale="en",
    tax_id="29ABCDE1234F1Z5",
    letterhead=("Main Cable Network", "1 Station Road, Mysuru 570001"),
)
CUSTOMER = CustomerCard(
    id=_id("customer"),
    version=3,
    branch_id=BRANCH.id,
    crf="1001",
    name="Asha Rao",
    email="asha.rao@example.com",
    mobile="+919000000101",
    address=Address(house_name="Lakshmi Nivas", street="2nd Cross", area="Vijayanagar", district="Mysuru"),
)
ERASED = CustomerCard(
    id=CUSTOMER.id,
    version=5,
    branch_id=BRANCH.id,
    crf=CUSTOMER.crf,
    name="Erased customer",
    state=CustomerState.DEACTIVATED,
    erased=True,
)
_SECRET = SealedSecret(
    sealed="c2VhbGVkIGZvciBub3RpZnk=", expires_at=datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
)
_SUBSCRIPTION = SubscriptionState(
    id=_id("subscription"),
    customer_id=CUSTOMER.id,
    branch_id=BRANCH.id,
    service=Service.CABLE_TV,
    plan_id=_id("plan"),
    plan_code="TV-BASIC",
    plan_name="Basic TV",
    status=SubscriptionStatus.ACTIVE,
    started_on=date(2026, 1, 1),
    expires_on=date(2026, 11, 30),
    version=7,
)
_COMPLAINT = ComplaintCard(
    id=_id("complaint"),
    number="MAIN-C2026-000001",
    kind=ComplaintKind.NO_SIGNAL,
    service=Service.CABLE_TV,
    message="No picture on any channel since yesterday evening.",
    filed_on=date(2026, 11, 21),
)
_CHARGE = RaisedCharge(
    id=_id("charge"),
    customer_id=CUSTOMER.id,
    subscription_id=_SUBSCRIPTION.id,
    kind=ChargeKind.RECURRING,
    category=FeeCategory.USAGE,
    service=Service.CABLE_TV,
    period="2026-11",
    amount_minor=_PRICE.minor,
)
_ALLOCATION = Allocation(
    charge_id=_CHARGE.id,
    subscription_id=_SUBSCRIPTION.id,
    kind=ChargeKind.RECURRING,
    category=FeeCategory.USAGE,
    service=Service.CABLE_TV,
    period="2026-11",
    amount=_PRICE,
    charge_amount=_PRICE,
    open_after=Money.zero("INR"),
)
_INVOICE = InvoiceSnapshot(
    number="MAIN-2026-000001",
    issued_on=date(2026, 11, 21),
    issued_at=_NOW,
    branch_id=BRANCH.id,
    customer_id=CUSTOMER.id,
    locale="en",
    seller=Party(
        name="Main Cable Network", lines=BRANCH.letterhead, tax_id=BRANCH.tax_id, reference=BRANCH.code
    ),
    buyer=Party(name=CUSTOMER.name, lines=tuple(CUSTOMER.address.lines()), reference=CUSTOMER.crf),
    lines=(
        InvoiceLine(
            service=Service.CABLE_TV,
            plan_name="Basic TV",
            category=FeeCategory.USAGE,
            period="2026-11",
            partial=False,
            amount=_PRICE,
        ),
    ),
    total=_PRICE,
    payment_number="MAIN-P-2026-000001",
    payment_mode=PaymentMode.CASH,
    received_by="Ravi Kumar",
)

_EVENTS: tuple[Event, ...] = (
    BranchChanged(branch=BRANCH),
    CustomerRegistered(customer=CUSTOMER, username="1001", password=_SECRET),
    CustomerChanged(customer=CUSTOMER),
    CustomerDeactivated(customer=CUSTOMER, reason="Moved to another town"),
    CustomerErased(customer=ERASED),
    PasswordLinkIssued(
        name=CUSTOMER.name,
        username="1001",
        email="asha.rao@example.com",
        locale="en",
        branch=BRANCH,
        customer=CUSTOMER,
        link_token=_SECRET,
    ),
    ComplaintReceived(customer=CUSTOMER, branch=BRANCH, complaint=_COMPLAINT),
    ComplaintResolved(
        customer=CUSTOMER,
        branch=BRANCH,
        complaint=_COMPLAINT,
        resolution="The amplifier in your street was replaced; the picture is back.",
        resolved_on=date(2026, 11, 22),
        reopen_until=date(2026, 11, 29),
    ),
    PasswordCodeIssued(
        name=CUSTOMER.name,
        username="1001",
        email="asha.rao@example.com",
        locale="en",
        branch=BRANCH,
        customer=CUSTOMER,
        code=SealedSecret(
            sealed="c2VhbGVkIGZvciBub3RpZnk=", expires_at=datetime(2026, 11, 21, 9, 40, tzinfo=UTC)
        ),
    ),
    EmailChangeRequested(
        customer=CUSTOMER,
        branch=BRANCH,
        new_email="asha@rao.example.com",
        link_token=SealedSecret(
            sealed="c2VhbGVkIGZvciBub3RpZnk=", expires_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
        ),
    ),
    SubscriptionChanged(subscription=_SUBSCRIPTION),
    ChargesRaised(branch_id=BRANCH.id, currency="INR", charges=(_CHARGE,)),
    PaymentMade(
        payment_id=_id("payment"),
        payment_number=_INVOICE.payment_number,
        customer=CUSTOMER,
        branch=BRANCH,
        amount=_PRICE,
        mode=PaymentMode.CASH,
        paid_on=date(2026, 11, 21),
        received_by="Ravi Kumar",
        allocations=(_ALLOCATION,),
        subscriptions=(_SUBSCRIPTION,),
        invoice=_INVOICE,
    ),
    PaymentVoided(
        payment_id=_id("payment"),
        payment_number=_INVOICE.payment_number,
        invoice_number=_INVOICE.number,
        customer=CUSTOMER,
        branch_id=BRANCH.id,
        amount=_PRICE,
        voided_on=date(2026, 11, 22),
        reason="Taken for another customer",
        allocations=(_ALLOCATION,),
        subscriptions=(_SUBSCRIPTION,),
    ),
    DuesOutstanding(
        customer=CUSTOMER,
        branch=BRANCH,
        business_date=date(2026, 11, 21),
        total=Money.of(50000, "INR"),
        months=(
            PendingMonth(service=Service.CABLE_TV, period="2026-10", open=_PRICE),
            PendingMonth(service=Service.CABLE_TV, period="2026-11", open=_PRICE),
        ),
        stage=ReminderStage.FRIENDLY,
    ),
    MessageFailed(
        message_id=_id("message"),
        customer_id=CUSTOMER.id,
        template="payment_made",
        reason="550 5.1.1 The mailbox does not exist",
    ),
    ReportReady(
        report_id=_id("report"),
        name="Ravi Kumar",
        email="ravi.kumar@example.com",
        locale="en",
        branch=BRANCH,
        service=Service.CABLE_TV,
        period="2026-10",
        selection=Selection.UNPAID,
        format=ReportFormat.PDF,
        rows=17,
        as_of=datetime(2026, 10, 31, 18, 45, tzinfo=UTC),
    ),
)

SAMPLES: dict[type[Event], Event] = {type(event): event for event in _EVENTS}
"""An example of each event by its class; a new event without one fails the architecture tests."""
