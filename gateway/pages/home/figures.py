"""The dashboard's amounts as its table and its chart show them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from contracts.calls.dashboard import MoneyFigures
from contracts.cards import PaymentMode, Service
from contracts.money import Money, total


@dataclass
class MoneyRow:
    """What was received this month of one service, in one currency, and what is still open."""

    service: Service | None
    currency: str
    by_mode: dict[PaymentMode, Money] = field(default_factory=dict)
    pending: Money | None = None
    before: Money | None = None

    def of(self, mode: str) -> Money:
        """What came in that mode."""
        return self.by_mode.get(PaymentMode(mode), Money.zero(self.currency))

    @property
    def received(self) -> Money:
        """What came in all."""
        return total(self.by_mode.values(), self.currency)


@dataclass(frozen=True)
class Bar:
    """One day of the chart; `height` is in percent of the highest."""

    day: date
    amount: Money
    height: int


@dataclass(frozen=True)
class Chart:
    """Takings of each day of the month so far, in one currency."""

    total: Money
    highest: Money
    bars: Sequence[Bar]


def money_rows(money: MoneyFigures) -> list[MoneyRow]:
    """Cable TV and broadband for each currency, whether or not something came in, and the rest where there is any."""
    currencies = dict.fromkeys(day.amount.currency for day in money.days)
    found: dict[tuple[str, Service | None], MoneyRow] = {
        (code, service): MoneyRow(service, code) for code in currencies for service in Service
    }
    for part in money.received:
        key = part.amount.currency, part.service
        row = found.setdefault(key, MoneyRow(part.service, part.amount.currency))
        row.by_mode[part.mode] = part.amount
    for open_part in money.pending:
        key = open_part.this_month.currency, open_part.service
        row = found.setdefault(key, MoneyRow(open_part.service, open_part.this_month.currency))
        row.pending, row.before = open_part.this_month, open_part.before
    for row in found.values():
        row.pending = row.pending or Money.zero(row.currency)
        row.before = row.before or Money.zero(row.currency)
    return list(found.values())


def charts(money: MoneyFigures) -> list[Chart]:
    """A chart for each currency."""
    days: dict[str, list[tuple[date, Money]]] = defaultdict(list)
    for one in money.days:
        days[one.amount.currency].append((one.day, one.amount))
    made = []
    for code, found in days.items():
        highest = max(amount for _, amount in found)
        bars = [Bar(day, amount, _height(amount.minor, highest.minor)) for day, amount in found]
        made.append(Chart(total((amount for _, amount in found), code), highest, bars))
    return made


def _height(minor: int, highest: int) -> int:
    """Whole percents, rounded up, so that a little is not nothing."""
    return max(0, -(-100 * minor // highest)) if highest > 0 else 0
