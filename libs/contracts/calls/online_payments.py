"""Calls of the billing service about payments that customers make by themselves."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.calls import Call, Page, View
from contracts.calls.billing import AmountText, Limit
from contracts.cards import Service
from contracts.fields import IdempotencyKey, Line, Reason
from contracts.money import Money

SERVICE = "billing"


class OnlineProvider(StrEnum):
    """Who moves the money. manual: the customer's own bank or UPI app, confirmed by staff; simulated: nobody."""

    MANUAL = "manual"
    SIMULATED = "simulated"


class OnlineState(StrEnum):
    """started: no money is known of · awaiting: the customer gave a reference, staff look for the money · settled:
    a payment was recorded · refused: no money came · unallocated: money came that nothing is open for (any more), to be
    refunded · refunded: it was given back.
    """

    STARTED = "started"
    AWAITING = "awaiting"
    SETTLED = "settled"
    REFUSED = "refused"
    UNALLOCATED = "unallocated"
    REFUNDED = "refunded"


class PayTo(View):
    """The branch's accounts that customers may pay to; empty where there is none."""

    account_name: str = ""
    upi_id: str = ""
    iban: str = ""
    bic: str = ""


class OnlinePaymentView(View):
    """A payment that a customer means to make, or has made, by themselves. `code` is what they write on it."""

    id: UUID
    code: str
    provider: OnlineProvider
    state: OnlineState
    customer_id: UUID
    customer_name: str
    crf: str
    branch_id: UUID
    amount: Money
    service_kind: Service | None
    reference: str | None
    problem: str | None
    received: Money | None
    """What the provider says that it received, where that is another amount."""
    payment_number: str | None
    decided_by: str | None
    started_at: datetime
    changed_at: datetime
    redirect_to: str | None
    """Where the customer goes to pay, while nothing is paid; a path of our own, or an address."""
    pay_to: PayTo


class OnlinePaymentList(Page):
    """Online payments, oldest change first, as they are to be worked through."""

    items: tuple[OnlinePaymentView, ...]


class OnlineOptions(View):
    """How a customer may pay by themselves; `waiting`: what they told us of and staff have not confirmed yet."""

    customer_id: UUID
    providers: tuple[OnlineProvider, ...]
    pay_to: PayTo
    waiting: tuple[OnlinePaymentView, ...]


class GetOnlineOptions(Call[OnlineOptions]):
    """How this customer may pay by themselves."""

    customer_id: UUID


class StartOnlinePayment(Call[OnlinePaymentView]):
    """A customer means to pay. The amount keeps to the limits of RecordPayment; the same key is the same payment.

    Raises Forbidden for staff, ProviderNotOffered, OnlinePaymentWaiting, IdempotencyKeyReused and the refusals of an
    amount that RecordPayment names.
    """

    customer_id: UUID
    amount: AmountText
    service_kind: Service | None = None
    provider: OnlineProvider
    idempotency_key: IdempotencyKey


class GetOnlinePayment(Call[OnlinePaymentView]):
    """One online payment."""

    online_payment_id: UUID


class ListOnlinePayments(Call[OnlinePaymentList]):
    """Online payments of the actor's branches in one state; of a customer their own, of every state."""

    state: OnlineState | None = None
    branch_id: UUID | None = None
    cursor: Annotated[str, Field(max_length=400)] | None = None
    limit: Limit = 50


class GiveReference(Call[OnlinePaymentView]):
    """The customer has paid by their bank or app, and says under which reference number. Raises ReferenceUsed,
    OnlinePaymentDecided.
    """

    online_payment_id: UUID
    reference: Annotated[Line, Field(min_length=4, max_length=80)]


class ConfirmOnlinePayment(Call[OnlinePaymentView]):
    """Staff found the money: record the payment, once. Where nothing is open any more it is kept as unallocated.

    Raises OnlinePaymentDecided, ReferenceUsed.
    """

    online_payment_id: UUID


class RefuseOnlinePayment(Call[OnlinePaymentView]):
    """Staff found no such money. Raises OnlinePaymentDecided."""

    online_payment_id: UUID
    reason: Reason


class MarkRefunded(Call[OnlinePaymentView]):
    """Money that was kept as unallocated was given back (manager, saying how). Raises OnlinePaymentDecided."""

    online_payment_id: UUID
    reason: Reason


class SettleOnlinePayment(Call[OnlinePaymentView]):
    """A provider says what became of a payment. Open to everybody who signs it with the provider's secret.

    HMAC-SHA256 over all fields but the signature (chassis.callbacks); older than ten minutes is refused. Said twice, it
    is carried out once. Raises CallbackRefused, NotFound.
    """

    provider: OnlineProvider
    online_payment_id: UUID
    is_paid: bool
    amount_minor: Annotated[int, Field(ge=0)]
    currency: Annotated[str, Field(min_length=3, max_length=3)]
    reference: Annotated[Line, Field(min_length=1, max_length=80)]
    at: datetime
    signature: Annotated[str, Field(max_length=64)]

    def signed_fields(self) -> dict[str, str]:
        """What the signature stands for, as text."""
        return {
            "provider": self.provider.value, "online_payment_id": str(self.online_payment_id),
            "is_paid": "yes" if self.is_paid else "no", "amount_minor": str(self.amount_minor),
            "currency": self.currency, "reference": self.reference, "at": str(int(self.at.timestamp())),
        }  # fmt: skip
