"""What the ten tables say, with everything that cannot be read listed by table, row and column."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from contracts.cards import PaymentMode, Service
from contracts.fields import Username, period_of
from customers.usecases.import_customers import CustomerRow
from deploy.imports.ctvms import old_tables
from deploy.imports.ctvms.old_tables import OldTables, day, number, one_of, text_or_none
from deploy.imports.rows import NOT_YET
from deploy.imports.sentences import sentence_of
from deploy.imports.source_tables import SourceRow
from deploy.imports.values import CellProblem, born

Read = TypeVar("Read")
_USERNAME: TypeAdapter[str] = TypeAdapter(Username)


@dataclass(frozen=True)
class Connection:
    """A subscription of the old program, with its months: True settled, False open. Status and expiry are the old."""

    crf: str
    service: Service
    plan: str
    started_on: date
    old_expiry: date
    old_status: str
    chip: str = ""
    months: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class OldInvoice:
    """An invoice of the old program: no amount, no PDF."""

    row: int
    crf: str
    number: str
    issued_on: date
    service: Service
    mode: PaymentMode
    reference: str | None


@dataclass(frozen=True)
class OldComplaint:
    """A complaint of the old program."""

    crf: str
    number: str
    kind: str
    message: str
    is_read: bool
    is_resolved: bool


@dataclass
class Records:
    """All that was read. `customers` have no branch yet, and lack what only the other tables tell."""

    customers: list[CustomerRow] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    invoices: list[OldInvoice] = field(default_factory=list)
    complaints: list[OldComplaint] = field(default_factory=list)
    usernames: dict[str, str] = field(default_factory=dict)
    broadband_usernames: dict[str, str] = field(default_factory=dict)
    admins: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Reader:
    """Reads cells of one row; a cell that cannot be read is listed, and its value is None."""

    def __init__(self, table: str, row: SourceRow, problems: list[str]) -> None:
        self._at, self._row, self._problems = f"{table}.csv, row {row.number}", row, problems
        self.row_number, self.readable = row.number, row.problem is None
        if row.problem is not None:
            problems.append(f"{self._at}: the row {row.problem}.")

    def text(self, column: str) -> str:
        """The cell as it is."""
        return self._row.cells.get(column, "")

    def cell(self, column: str, read: Callable[[str], Read]) -> Read | None:
        """The cell as `read` understands it."""
        try:
            return read(self.text(column))
        except CellProblem as problem:
            self.wrong(f"{column} {problem}.")
            return None

    def wrong(self, sentence: str) -> None:
        """List a problem."""
        self.readable = False
        self._problems.append(f"{self._at}: {sentence}")


def read_records(tables: OldTables, today: date) -> Records:
    """Read all tables; what is wrong stands in `problems`."""
    found = Records()
    crfs = _customers(tables, found, today)

    def readers(table: str, *, of_customer: bool = True) -> list[Reader]:
        made = [Reader(table, row, found.problems) for row in tables[table]]
        for reader in made if of_customer else ():
            if reader.readable and reader.text("CRF") not in crfs:
                reader.wrong(f'CRF "{reader.text("CRF")[:40]}" is no customer of CUSTOMER_DETAILS.')
        return [reader for reader in made if reader.readable]

    found.admins = [reader.text("USERNAME") for reader in readers("ADMIN_LOGIN_DETAILS", of_customer=False)]
    for reader in readers("CUSTOMER_LOGIN_DETAILS"):
        found.usernames[reader.text("CRF")] = reader.cell("CUST_USERNAME", _username) or ""
    for reader in readers("BROADBAND_LOGIN"):
        found.broadband_usernames[reader.text("CRF")] = reader.text("CUST_BROADBAND_USERNAME")
    _connections(readers, found)
    _invoices(readers("INVOICE_DETAILS"), found)
    _complaints(readers("CUST_COMPLAINTS"), found)
    return found


def _customers(tables: OldTables, found: Records, today: date) -> set[str]:
    crfs: set[str] = set()
    for row in tables["CUSTOMER_DETAILS"]:
        reader = Reader("CUSTOMER_DETAILS", row, found.problems)
        birth = reader.cell("CUST_DOB", lambda text: born(day(text), today) if text else None)
        values = {
            "id": NOT_YET, "branch_id": NOT_YET, "crf": reader.text("CRF"), "name": reader.text("CUST_NAME"),
            "email": reader.text("CUST_EMAIL"), "mobile": number(reader.text("CUST_MOBILE")), "date_of_birth": birth,
            "id_type": reader.text("CUST_IDTYPE"), "id_number": reader.text("CUST_ID_NUMBER"),
            "house_name": reader.text("CUST_HOUSE_NAME"), "area": reader.text("CUST_AREA"),
            "district": reader.text("CUST_DISTRICT"), "state": reader.text("CUST_STATE"),
            "country": reader.text("CUST_COUNTRY"), "postal_code": number(reader.text("CUST_PINCODE")),
        }  # fmt: skip
        if reader.text("CRF") in crfs:
            reader.wrong(
                f'CRF "{reader.text("CRF")}" stands in an earlier row already; each customer has one row.'
            )
        crfs.add(reader.text("CRF"))
        try:
            found.customers.append(CustomerRow.model_validate(values))
        except ValidationError as error:
            for problem in error.errors():
                reader.wrong(sentence_of(dict(problem)))
    return crfs


def _connections(readers: Callable[[str], list[Reader]], found: Records) -> None:
    for service, grid, details, yes, plan, status, chip in (
        (Service.CABLE_TV, "TV_PAYMENT_DETAILS", "TV_CONNECTION_DETAILS", "CUST_TV_CONNECTION", "CUST_TV_PLAN",
         "TV_CONNECTION_STATUS", "CHIP_ID"),
        (Service.BROADBAND, "BROADBAND_PAYMENT_DETAILS", "BROADBAND_CONNECTION_DETAILS", "BROADBAND_CONNECTION",
         "CURRENT_PLAN", "STATUS", ""),
    ):  # fmt: skip
        months = _grid(readers(grid))
        for reader in readers(details):
            started, expiry = reader.cell("REGISTRATION_DATE", day), reader.cell("EXPIRY_DATE", day)
            connected = reader.cell(yes, one_of(old_tables.YES_OR_NO))
            crf = reader.text("CRF")
            if not reader.text(plan):
                reader.wrong(f"{plan} is empty.")
            if any(one.crf == crf and one.service is service for one in found.connections):
                reader.wrong(f'CRF "{crf}" has this connection in an earlier row already.')
            if reader.readable and connected and started and expiry:
                found.connections.append(
                    Connection(crf, service, reader.text(plan), started, expiry, reader.text(status),
                               reader.text(chip) if chip else "", months.pop(crf, {}))
                )  # fmt: skip
        for crf in sorted(months):
            found.problems.append(f'{grid}.csv: CRF "{crf}" has months but no connection in {details}.csv.')


def _grid(readers: list[Reader]) -> dict[str, dict[str, bool]]:
    months: dict[str, dict[str, bool]] = {}
    for reader in readers:
        year = reader.cell("PAYMENT_YEAR", _year)
        of_customer = months.setdefault(reader.text("CRF"), {})
        for month, name in enumerate(old_tables.MONTHS, start=1):
            state = reader.cell(name, one_of(old_tables.MONTH_STATES))
            if year is None or state is None:
                continue
            period = period_of(date(year, month, 1))
            if period in of_customer:
                reader.wrong(f"{year} stands in an earlier row of the same customer already.")
                break
            of_customer[period] = state
    return months


def _username(text: str) -> str:
    try:
        return _USERNAME.validate_python(text)
    except ValidationError:
        raise CellProblem(f'is "{text[:40]}", which is no username') from None


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 2000 <= int(text[:5]) <= 2099):
        raise CellProblem(f'is "{text[:40]}", which is no year')
    return int(text)


def _invoices(readers: list[Reader], found: Records) -> None:
    for reader in readers:
        issued, service = (
            reader.cell("PAYMENT_DATE", day),
            reader.cell("SERVICE", one_of(old_tables.SERVICES)),
        )
        mode = reader.cell("MODE", one_of(old_tables.MODES))
        if reader.readable and issued and service and mode:
            found.invoices.append(
                OldInvoice(reader.row_number, reader.text("CRF"), number(reader.text("INVOICE_NO")), issued, service,
                           mode, text_or_none(reader.text("REFERANCE_NO")))
            )  # fmt: skip


def _complaints(readers: list[Reader], found: Records) -> None:
    for reader in readers:
        found.complaints.append(
            OldComplaint(
                reader.text("CRF"), number(reader.text("C_ID")), reader.text("C_TYPE"), reader.text("MESSAGE"),
                is_read=reader.text("R_STATUS").upper() == "READ",
                is_resolved=reader.text("C_STATUS").upper() == "RESOLVED",
            )
        )  # fmt: skip
