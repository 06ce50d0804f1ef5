"""Numbers of payments and invoices: MAIN-2026-000001 (RULES, invoices and numbers)."""

from datetime import date
from enum import StrEnum


class Series(StrEnum):
    """Each is counted for itself, per branch and year."""

    PAYMENT = "payment"
    INVOICE = "invoice"


def number_text(branch_code: str, year: int, count: int) -> str:
    """Branch code, the year of the branch's business date, and six digits or more."""
    return f"{branch_code}-{year:04d}-{count:06d}"


def number_year(today: date) -> int:
    """The year that a number of this business date is counted in."""
    return today.year
