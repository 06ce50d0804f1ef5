"""What does not fit between the old program and these books, told to whoever imports."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from billing.domain.expiry import ChargedMonth, ExpiryPolicy, expiry, status_by_date
from billing.domain.payment_rules import SERVICE_NAMES
from contracts.cards import Service, SubscriptionStatus
from contracts.fields import period_of
from contracts.money import Money
from deploy.imports.ctvms.old_records import Connection, Records


@dataclass(frozen=True)
class Standing:
    """A connection with the expiry and status that the rules give (RULES, expiry and status)."""

    connection: Connection
    expires_on: date
    status: SubscriptionStatus

    @property
    def name(self) -> str:
        """The connection as people call it."""
        return f"{self.connection.crf} {SERVICE_NAMES[self.connection.service]}"


def standing_of(connection: Connection, today: date, policy: ExpiryPolicy) -> Standing:
    """Where a connection stands on that business date."""
    months = [ChargedMonth(period, settled) for period, settled in connection.months.items()]
    expires_on = expiry(months, connection.started_on)
    is_open = not all(month.settled for month in months)
    status = status_by_date(expires_on, today, policy, charged=bool(months), something_open=is_open)
    return Standing(connection, expires_on, status)


def dues(records: Records, price: Money) -> dict[Service, Money]:
    """What is open of each service."""
    found = dict.fromkeys(Service, Money.zero(price.currency))
    for connection in records.connections:
        months = sum(not settled for settled in connection.months.values())
        found[connection.service] += Money.of(months * price.minor, price.currency)
    return found


def differences(records: Records, today: date, policy: ExpiryPolicy) -> Iterator[str]:
    """Everything that does not fit, line by line under headings."""
    standings = [standing_of(connection, today, policy) for connection in records.connections]
    yield from _under("Statuses that are not the old program's on this business date", _statuses(standings))
    yield from _under(
        "Expiry dates that differ: the old program counted months of 30 days", _expiries(standings)
    )
    yield from _under("Fewer invoices than PAID months", _invoices(records))
    yield from _under("Invoices that stand twice; every row is kept", _twice(records))
    yield from _under(
        "Registered before the first month of the payment table; nothing is charged for before",
        _early(records),
    )
    yield from _under("Customers without a connection", _without_connection(records))


def _under(heading: str, lines: Iterator[str]) -> Iterator[str]:
    found = [f"  {line}" for line in lines]
    if found:
        yield f"{heading} ({len(found)}):"
        yield from found


def _statuses(standings: list[Standing]) -> Iterator[str]:
    for one in standings:
        if one.status.value.upper() != one.connection.old_status.upper():
            yield f"{one.name}: {one.status.value}, was {one.connection.old_status.lower()}"


def _expiries(standings: list[Standing]) -> Iterator[str]:
    for one in standings:
        days = (one.connection.old_expiry - one.expires_on).days
        if days:
            was = f"was {one.connection.old_expiry.isoformat()}, {abs(days)} {'day' if abs(days) == 1 else 'days'}"
            yield f"{one.name}: {one.expires_on.isoformat()}, {was} {'later' if days > 0 else 'earlier'}"


def _invoices(records: Records) -> Iterator[str]:
    for connection in records.connections:
        paid = sum(connection.months.values())
        numbers = {
            one.number for one in records.invoices
            if (one.crf, one.service) == (connection.crf, connection.service)
        }  # fmt: skip
        if len(numbers) < paid:
            name = f"{connection.crf} {SERVICE_NAMES[connection.service]}"
            yield f"{name}: {len(numbers)} for {paid} paid months"


def _twice(records: Records) -> Iterator[str]:
    rows: dict[str, list[str]] = {}
    for one in records.invoices:
        rows.setdefault(one.number, []).append(str(one.row))
    for number, where in rows.items():
        if len(where) > 1:
            yield f"invoice {number}: rows {', '.join(where)} of INVOICE_DETAILS.csv"


def _early(records: Records) -> Iterator[str]:
    for one in records.connections:
        first = min(one.months, default=None)
        if first is not None and period_of(one.started_on) < first:
            yield f"{one.crf} {SERVICE_NAMES[one.service]}: since {one.started_on.isoformat()}, months from {first}"


def _without_connection(records: Records) -> Iterator[str]:
    connected = {one.crf for one in records.connections}
    for customer in records.customers:
        if customer.crf not in connected:
            yield f"{customer.crf} {customer.name}"
