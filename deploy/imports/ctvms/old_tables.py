"""The ten tables as they lie in the folder, and the ways in which CTVMS writes things."""

import hashlib
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from contracts.cards import PaymentMode, Service
from deploy.imports.csv_files import open_csv
from deploy.imports.refusals import FileRefused
from deploy.imports.source_tables import SourceRow
from deploy.imports.values import CellProblem, date_written

MONTHS = (
    "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER",
    "DECEMBER",
)  # fmt: skip

TABLES: dict[str, tuple[str, ...]] = {
    "ADMIN_LOGIN_DETAILS": ("USERNAME", "PASSWORD"),
    "CUSTOMER_DETAILS": (
        "CRF", "CUST_NAME", "CUST_HOUSE_NAME", "CUST_AREA", "CUST_DISTRICT", "CUST_STATE", "CUST_COUNTRY",
        "CUST_PINCODE", "CUST_IDTYPE", "CUST_ID_NUMBER", "CUST_EMAIL", "CUST_DOB", "CUST_MOBILE",
    ),
    "CUSTOMER_LOGIN_DETAILS": ("CUST_USERNAME", "CUST_PASSWORD", "CRF"),
    "BROADBAND_LOGIN": ("CUST_BROADBAND_USERNAME", "CUST_BROADBAND_PASSWORD", "CRF"),
    "TV_CONNECTION_DETAILS": (
        "CUST_TV_PLAN", "CHIP_ID", "CRF", "CUST_TV_CONNECTION", "REGISTRATION_DATE", "EXPIRY_DATE",
        "TV_CONNECTION_STATUS",
    ),
    "BROADBAND_CONNECTION_DETAILS": (
        "REGISTRATION_DATE", "EXPIRY_DATE", "STATUS", "CURRENT_PLAN", "CRF", "BROADBAND_CONNECTION",
    ),
    "TV_PAYMENT_DETAILS": ("CRF", "PAYMENT_YEAR", *MONTHS),
    "BROADBAND_PAYMENT_DETAILS": ("CRF", "PAYMENT_YEAR", *MONTHS),
    "INVOICE_DETAILS": ("MODE", "CRF", "INVOICE_NO", "PAYMENT_DATE", "SERVICE", "REFERANCE_NO"),
    "CUST_COMPLAINTS": ("CRF", "C_TYPE", "C_ID", "MESSAGE", "R_STATUS", "C_STATUS"),
}  # fmt: skip
"""Tables with the columns that are read; spellings are CTVMS's."""

SERVICES = {"CABLE TV": Service.CABLE_TV, "BROADBAND": Service.BROADBAND}
MODES = {"CASH": PaymentMode.CASH, "ONLINE": PaymentMode.ONLINE}
YES_OR_NO = {"YES": True, "NO": False}
MONTH_STATES = {"PAID": True, "NOT PAID": False, "NILL": None}
"""A month of the payment grid: settled, open, or not served."""

Meaning = TypeVar("Meaning")
OldTables = dict[str, list[SourceRow]]


def read_tables(folder: Path) -> OldTables:
    """Every table's rows. Raises FileRefused for tables or columns that are missing, or files that cannot be read."""
    missing = [name for name in TABLES if not (folder / f"{name}.csv").is_file()]
    if missing:
        raise FileRefused(
            f"{folder} lacks {', '.join(f'{name}.csv' for name in missing)}; export all ten tables as CSV."
        )
    return {name: _read(folder / f"{name}.csv", columns) for name, columns in TABLES.items()}


def fingerprint(folder: Path) -> str:
    """The same for the same ten files."""
    content = hashlib.sha256()
    for name in sorted(TABLES):
        content.update(hashlib.sha256((folder / f"{name}.csv").read_bytes()).digest())
    return content.hexdigest()


def _read(path: Path, wanted: tuple[str, ...]) -> list[SourceRow]:
    with open_csv(path) as table:
        lacking = [column for column in wanted if column not in table.columns]
        if lacking:
            raise FileRefused(f"{path.name} lacks the columns {', '.join(lacking)}.")
        return list(table.rows)


def day(text: str) -> date:
    """A date such as "01/31/23 00:00:00". Raises CellProblem."""
    return date_written(text, "MM/DD/YY")


def number(text: str) -> str:
    """A number that Access wrote as 9000000101.0."""
    return re.sub(r"\.0$", "", text)


def text_or_none(text: str) -> str | None:
    """CTVMS writes NILL for nothing."""
    return None if text in ("", "NILL") else text


def one_of(choices: dict[str, Meaning]) -> Callable[[str], Meaning]:
    """Reads a cell that holds one of a few words. The reader raises CellProblem for another one."""

    def read(text: str) -> Meaning:
        try:
            return choices[" ".join(text.upper().split())]
        except KeyError:
            raise CellProblem(f'is "{text[:40]}"; known are {", ".join(choices)}') from None

    return read
