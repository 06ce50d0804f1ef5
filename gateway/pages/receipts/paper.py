"""How much of the roll a receipt takes: a page of CSS cannot be as long as what is on it, so a length is chosen."""

from math import ceil

from contracts.calls.billing import PaymentView
from contracts.cards import InvoiceSnapshot

ROW, PART = 5.3, 11.0
"""Millimetres of a row of text, and of one thing paid for, which has two rows (static/roll.css)."""
ALWAYS = 113.0
"""Millimetres of what every receipt has: name of the seller, facts, total, code, thanks."""
ACROSS, BESIDE = 38, 22
"""Characters that fit across the roll, and beside the words of a fact; wide scripts fit fewer."""
LENGTHS = (("", 140.0), ("middle", 190.0))
"""Classes of static/roll.css with the millimetres that can be printed on; longer ones are `long`."""


def length_class(payment: PaymentView, invoice: InvoiceSnapshot) -> str:
    """The shortest page that the receipt fits on."""
    seller, facts = invoice.seller, (invoice.buyer.name, payment.received_by, payment.reference or "")
    heading = [seller.name, *(line for line in seller.lines if line != seller.name), seller.tax_id]
    rows = (
        sum(_rows(text, ACROSS) for text in heading)
        - 1
        + sum(max(_rows(text, BESIDE) - 1, 0) for text in facts)
    )
    if payment.voided:
        rows += 2 + _rows(payment.void_reason or "", ACROSS)
    needed = ALWAYS + ROW * rows + PART * len(invoice.lines)
    return next((name for name, most in LENGTHS if needed <= most), "long")


def _rows(text: str, width: int) -> int:
    """How many rows a text takes; a Chinese or Japanese character is as wide as two."""
    return ceil(sum(1 if ord(character) < 0x2E80 else 2 for character in text) / width)
