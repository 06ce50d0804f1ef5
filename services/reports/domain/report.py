"""What a paid or unpaid report holds: a header, rows that stream past, and totals that add up on the way."""

from dataclasses import dataclass, field
from datetime import date, datetime

from contracts.calls.reports import Selection
from contracts.cards import PaymentMode, Service


@dataclass(frozen=True, slots=True)
class ReportHeader:
    """What a report is about. Plain values, so that it can be handed to another process."""

    branch: str | None
    """The branch's name; None for every branch of the one who asked, and then each row names its branch."""
    service: Service
    year: int
    month: int
    selection: Selection
    as_of: datetime
    """The moment that the figures are true for, in the time zone to print it in."""
    count: int
    """How many rows will come: "page 3 of 12" stands on paper before the last row is read."""
    currencies: tuple[str, ...]
    """Every currency that rows may have, at least one."""
    locale: str = "en"
    caught_up: bool = True
    """False when the read model had not caught up with the moment of asking."""
    requested_by: str = ""

    @property
    def period(self) -> str:
        """The month as a period: "2026-05"."""
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A charge of the period: what it was, what was paid of it and what is open, in minor units of its currency."""

    crf: str
    customer: str
    mobile: str
    area: str
    plan: str
    currency: str
    amount_minor: int
    paid_minor: int
    open_minor: int
    last_paid_on: date | None = None
    last_mode: PaymentMode | None = None
    invoice_numbers: tuple[str, ...] = ()
    branch: str = ""


@dataclass(slots=True)
class Sums:
    """The sums of one currency."""

    rows: int = 0
    amount_minor: int = 0
    paid_minor: int = 0
    open_minor: int = 0


class RowsDiffer(ValueError):
    """The rows are not what the header promised; a report that numbers its pages wrongly must not be kept."""


@dataclass(slots=True)
class Totals:
    """Sums by currency of the rows seen so far."""

    currencies: tuple[str, ...]
    by_currency: dict[str, Sums] = field(init=False)

    def __post_init__(self) -> None:
        self.by_currency = {currency: Sums() for currency in self.currencies}

    def add(self, row: ReportRow) -> None:
        """Count a row. Raises RowsDiffer for a currency that the header does not name."""
        sums = self.by_currency.get(row.currency)
        if sums is None:
            raise RowsDiffer(f"A row is in {row.currency}, the report in {', '.join(self.currencies)}.")
        sums.rows += 1
        sums.amount_minor += row.amount_minor
        sums.paid_minor += row.paid_minor
        sums.open_minor += row.open_minor

    @property
    def rows(self) -> int:
        """How many rows were counted."""
        return sum(sums.rows for sums in self.by_currency.values())

    def check_count(self, count: int) -> None:
        """Raises RowsDiffer when more or fewer rows came than promised."""
        if self.rows != count:
            raise RowsDiffer(f"The report promised {count} rows and got {self.rows}.")
