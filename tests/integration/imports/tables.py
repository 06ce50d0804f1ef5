"""Small tables to import."""

import csv
from pathlib import Path

COLUMNS = ("crf", "name", "email", "mobile", "born", "branch", "plan", "since", "price", "state")
GOOD = {
    "crf": "7", "name": "Zoë Kowalska", "email": "zoe@example.com", "mobile": "+48 600 100 200", "born": "1990-02-28",
    "branch": "SOUTH", "plan": "TV", "since": "2026-11-05", "price": "250.00", "state": "on",
}  # fmt: skip
MAPPING = """
branches:
  SOUTH: {name: South, currency: INR, time_zone: Asia/Kolkata, minimum_payment: "100.00"}
plans:
  TV: {name: Basic TV, service: cable_tv, price: "200.00"}
customer:
  crf: crf
  name: name
  email: email
  mobile: mobile
  date_of_birth: born
  branch: {column: branch, default: MAIN}
subscriptions:
  - when: {column: plan, is_not: ""}
    plan: plan
    started_on: since
    price: price
    status: {column: state, map: {off: closed, default: open}}
"""


def table(folder: Path, *rows: dict[str, str], name: str = "people.csv") -> Path:
    """A CSV file of rows that are like GOOD, but for what is given."""
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({**GOOD, **row} for row in rows)
    return path


def mapping(folder: Path, text: str = MAPPING) -> Path:
    """The mapping of such a file."""
    path = folder / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def many(folder: Path, count: int) -> Path:
    """So many good customers."""
    return table(folder, *({"crf": f"C{number}", "name": f"Customer {number}"} for number in range(count)))
