"""Double entry: what each business event writes into the journal (docs/money.md, ledger).

A line is positive for debit, negative for credit; the lines of an entry sum to zero. A customer's balance is
the sum
of their receivable lines.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from billing.domain.allocation import Part
from contracts.cards import FeeCategory, PaymentMode, Service
from contracts.money import Money


class Account(StrEnum):
    """The accounts. Receivable and revenue lines also carry service and category, so that takings can be
    split.
    """

    RECEIVABLE = "receivable"
    REVENUE = "revenue"
    TAX = "tax"
    CASH = "cash"
    BANK = "bank"
    ADJUSTMENTS = "adjustments"
    OPENING_BALANCE = "opening_balance"


class EntryKind(StrEnum):
    """What made an entry."""

    CHARGES = "charges"
    FEE = "fee"
    PAYMENT = "payment"
    VOID = "void"
    OPENING = "opening"
    CASH_COUNT = "cash_count"


@dataclass(frozen=True)
class JournalLine:
    """One line in minor units of the entry's currency."""

    account: Account
    amount_minor: int
    customer_id: UUID | None = None
    charge_id: UUID | None = None
    service: Service | None = None
    category: FeeCategory | None = None


@dataclass(frozen=True)
class ChargedLine:
    """What the journal needs to know of a charge."""

    charge_id: UUID
    customer_id: UUID
    service: Service | None
    category: FeeCategory
    amount_minor: int
    settled_minor: int = 0


def balanced(lines: Sequence[JournalLine]) -> Sequence[JournalLine]:
    """The lines themselves; raises ValueError when they do not sum to zero."""
    if rest := sum(line.amount_minor for line in lines):
        raise ValueError(f"journal lines are {rest} away from zero")
    return lines


def _receivable(charge: ChargedLine, amount: int) -> JournalLine:
    return JournalLine(
        Account.RECEIVABLE, amount, charge.customer_id, charge.charge_id, charge.service, charge.category
    )


def charge_lines(charges: Iterable[ChargedLine]) -> Sequence[JournalLine]:
    """Charges raised: one receivable line for each, and one revenue line for each service and category."""
    lines: list[JournalLine] = []
    earned: dict[tuple[Service | None, FeeCategory], int] = defaultdict(int)
    for charge in charges:
        lines.append(_receivable(charge, charge.amount_minor))
        earned[charge.service, charge.category] += charge.amount_minor
    for (service, category), amount in earned.items():
        lines.append(JournalLine(Account.REVENUE, -amount, service=service, category=category))
    return balanced(lines)


def opening_lines(charges: Iterable[ChargedLine]) -> Sequence[JournalLine]:
    """Months taken over from an old program: earned and paid before these books, so all against opening
    balance.
    """
    lines: list[JournalLine] = []
    taken_over = 0
    for charge in charges:
        lines.append(_receivable(charge, charge.amount_minor))
        if charge.settled_minor:
            lines.append(_receivable(charge, -charge.settled_minor))
        taken_over += charge.amount_minor - charge.settled_minor
    if lines:
        lines.append(JournalLine(Account.OPENING_BALANCE, -taken_over))
    return balanced(lines)


def payment_lines(
    customer_id: UUID, mode: PaymentMode, parts: Iterable[tuple[Part, FeeCategory]]
) -> Sequence[JournalLine]:
    """A payment: the cash desk or the bank has more, the customer owes less on each charge that was
    settled.
    """
    account = Account.CASH if mode is PaymentMode.CASH else Account.BANK
    lines = [
        JournalLine(
            Account.RECEIVABLE, -part.amount.minor, customer_id, part.charge.id, part.charge.service, category
        )
        for part, category in parts
    ]
    taken = -sum(line.amount_minor for line in lines)
    return balanced([JournalLine(account, taken), *lines])


def count_lines(difference: Money) -> Sequence[JournalLine]:
    """A desk was counted: what is over lies in it and is an adjustment; what is short the other way round."""
    return balanced(
        [JournalLine(Account.CASH, difference.minor), JournalLine(Account.ADJUSTMENTS, -difference.minor)]
    )


def reversed_lines(lines: Iterable[JournalLine]) -> Sequence[JournalLine]:
    """The lines of the entry that takes another one back."""
    return balanced([replace(line, amount_minor=-line.amount_minor) for line in lines])
