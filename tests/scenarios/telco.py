"""The telco customers as their file tells them: what the import and the billing run must make of each."""

import csv
import random
import string
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from tests.integration.imports.sources import TELCO

_ROWS, _CHURNED = 7043, 1869


@dataclass(frozen=True)
class TelcoCustomer:
    """One line of the file. `price_minor` in cents; `churned` customers are closed and not charged."""

    crf: str
    service: str
    price_minor: int
    churned: bool


def take_every(every: int, into: Path) -> tuple[Path, list[TelcoCustomer]]:
    """A file with every n-th customer of the source, and those customers.

    Where the source is missing, as many customers of the same kinds are made up, and a loud line says so.
    """
    if TELCO.exists():
        lines = TELCO.read_text(encoding="utf-8").splitlines()
    else:
        print(
            f"*** {TELCO} is not there (HEADEND_SHARED_DATA): customers are MADE UP in its likeness.",
            flush=True,
        )
        lines = made_up()
    kept = [lines[0], *lines[1::every]]
    file = into / "telco-customers.csv"
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return file, [_customer(row) for row in csv.DictReader(kept)]


def made_up() -> list[str]:
    """As many lines as the source has, of which as many have churned; the same every time."""
    dice = random.Random(_ROWS)
    churned = set(dice.sample(range(_ROWS), _CHURNED))
    rows = [
        f"{number:04d}-{''.join(dice.choices(string.ascii_uppercase, k=5))},{dice.randrange(73)},"
        f"{dice.choice(('No', 'DSL', 'Fiber optic'))},{dice.randrange(1825, 11900, 5) / Decimal(100)},"
        f"{'Yes' if number in churned else 'No'}"
        for number in range(_ROWS)
    ]
    return ["customerID,tenure,InternetService,MonthlyCharges,Churn", *rows]


def _customer(row: dict[str, str]) -> TelcoCustomer:
    return TelcoCustomer(
        crf=row["customerID"],
        service="cable_tv" if row["InternetService"] == "No" else "broadband",
        price_minor=int(Decimal(row["MonthlyCharges"]) * 100),
        churned=row["Churn"] == "Yes",
    )
