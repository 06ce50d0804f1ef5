"""The tables of the billing service. Amounts are minor units; enumerations are kept as their text."""

from billing.tables.books import Charge, Counter, JournalEntry, JournalLineRow, NumberGap
from billing.tables.cash import CashLine, CashSessionRow
from billing.tables.copies import BranchCopy, CustomerCopy
from billing.tables.metadata import Base
from billing.tables.online import OnlinePayment
from billing.tables.payments import AllocationRow, ExternalDocument, Invoice, Payment, PaymentVoid
from billing.tables.runs import Import, Promise, Reminder, Run
from billing.tables.subscriptions import Plan, PlanPrice, Subscription, SubscriptionMove, SubscriptionStop

__all__ = [
    "AllocationRow",
    "Base",
    "BranchCopy",
    "CashLine",
    "CashSessionRow",
    "Charge",
    "Counter",
    "CustomerCopy",
    "ExternalDocument",
    "Import",
    "Invoice",
    "JournalEntry",
    "JournalLineRow",
    "NumberGap",
    "OnlinePayment",
    "Payment",
    "PaymentVoid",
    "Plan",
    "PlanPrice",
    "Promise",
    "Reminder",
    "Run",
    "Subscription",
    "SubscriptionMove",
    "SubscriptionStop",
]
