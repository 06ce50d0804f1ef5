"""The telco customers as their file tells them: what the import and the billing run must make of each."""

import csv
import os
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

MAPPING = Path("tests/integration/imports/telco.yaml")
_FILE = "telco-customers.csv"


@dataclass(frozen=True)
class TelcoCustomer:
    """One line of the file. `price_minor` in cents; `churned` customers are closed and not charged."""

    crf: str
    service: str
    price_minor: int
    churned: bool


def source_file() -> Path:
    """Where the file lies: HEADEND_SHARED_DATA, or beside the repository. Raises FileNotFoundError saying so."""
    folders = [Path(folder) for folder in (os.environ.get("HEADEND_SHARED_DATA"),) if folder]
    folders += [Path("../shared/data")]
    for folder in folders:
        if (folder / _FILE).exists():
            return folder / _FILE
    raise FileNotFoundError(
        f"{_FILE} is not in {' or '.join(map(str, folders))}; set HEADEND_SHARED_DATA to its folder."
    )


def take_every(every: int, into: Path) -> tuple[Path, list[TelcoCustomer]]:
    """The file with every n-th customer, and those customers."""
    source = source_file()
    lines = source.read_text(encoding="utf-8").splitlines()
    kept = [lines[0], *lines[1::every]]
    if every > 1:
        source = into / f"telco-every-{every}.csv"
        source.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return source, [_customer(row) for row in csv.DictReader(kept)]


def _customer(row: dict[str, str]) -> TelcoCustomer:
    return TelcoCustomer(
        crf=row["customerID"],
        service="cable_tv" if row["InternetService"] == "No" else "broadband",
        price_minor=int(Decimal(row["MonthlyCharges"]) * 100),
        churned=row["Churn"] == "Yes",
    )
