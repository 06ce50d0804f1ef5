"""What an invoice says: a snapshot of seller, buyer and lines, never altered (RULES, invoices and
numbers).
"""

from collections.abc import Sequence
from datetime import date, datetime

from contracts.cards import (
    Allocation,
    BranchCard,
    CustomerCard,
    InvoiceLine,
    InvoiceSnapshot,
    Party,
    PaymentMode,
)
from contracts.money import Money


def seller(branch: BranchCard) -> Party:
    """The branch as printed: its letterhead, else its name alone."""
    return Party(name=branch.name, lines=branch.letterhead, tax_id=branch.tax_id, reference=branch.code)


def buyer(customer: CustomerCard) -> Party:
    """The customer as printed."""
    return Party(name=customer.name, lines=tuple(customer.address.lines()), reference=customer.crf)


def invoice_line(allocation: Allocation, plan_name: str) -> InvoiceLine:
    """One allocation as a line; `partial` when it is less than the whole charge ("part of May 2026")."""
    return InvoiceLine(
        service=allocation.service,
        plan_name=plan_name,
        category=allocation.category,
        period=allocation.period,
        partial=allocation.amount != allocation.charge_amount,
        amount=allocation.amount,
    )


def invoice_on_payment(
    *,
    number: str,
    payment_number: str,
    branch: BranchCard,
    customer: CustomerCard,
    lines: Sequence[InvoiceLine],
    total: Money,
    mode: PaymentMode,
    reference: str | None,
    received_by: str,
    issued_on: date,
    issued_at: datetime,
) -> InvoiceSnapshot:
    """The invoice of one payment; its total is the amount. Raises ValueError when the lines do not sum to
    it.
    """
    if sum(line.amount.minor for line in lines) != total.minor:
        raise ValueError(f"the lines of invoice {number} do not sum to {total}")
    return InvoiceSnapshot(
        number=number,
        issued_on=issued_on,
        issued_at=issued_at,
        branch_id=branch.id,
        customer_id=customer.id,
        locale=customer.locale,
        seller=seller(branch),
        buyer=buyer(customer),
        lines=tuple(lines),
        total=total,
        payment_number=payment_number,
        payment_mode=mode,
        payment_reference=reference,
        received_by=received_by,
    )
