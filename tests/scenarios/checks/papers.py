"""Paid and unpaid reports: workbook and paper say what billing's charges and journal say."""

import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import load_workbook
from pypdf import PdfReader

from deploy.verify.databases import Databases
from deploy.verify.findings import Findings
from tests.scenarios.checks.letters import amount_digits

Row = tuple[str, int, int, int]
"""CRF number, amount, paid, open; in minor units."""


@dataclass(frozen=True)
class ReportFile:
    """A report as it was fetched, of all branches."""

    service: str
    selection: str
    format: str
    content: bytes

    @property
    def name(self) -> str:
        """ "paid cable_tv as xlsx"."""
        return f"{self.selection} {self.service} as {self.format}"


def check_reports(
    databases: Databases,
    crf_of: Mapping[str, str],
    period: str,
    files: Sequence[ReportFile],
    findings: Findings,
) -> None:
    """Each file holds exactly its charges; all together equal the journal. `crf_of`: by customer id."""
    charges = databases.rows(
        "billing",
        "SELECT customer_id, service, amount_minor, settled_minor, currency FROM charges"
        f" WHERE period = '{period}' AND service IS NOT NULL",
    )
    currency = charges[0][4] if charges else "USD"
    paid_in_reports: Counter[str] = Counter()
    charged_in_reports: Counter[str] = Counter()
    for file in files:
        expected = [
            (crf_of[customer], amount, settled, amount - settled)
            for customer, service, amount, settled, _ in charges
            if service == file.service and (settled == amount) == (file.selection == "paid")
        ]
        if file.format == "xlsx":
            rows = _check_workbook(file, expected, findings)
            charged_in_reports[file.service] += sum(row[1] for row in rows)
            paid_in_reports[file.service] += sum(row[2] for row in rows)
        else:
            _check_paper(file, expected, currency, findings)
        findings.figure(f"report {file.name}: rows", len(expected))
    _check_journal(databases, charged_in_reports, paid_in_reports, findings)


def _check_workbook(file: ReportFile, expected: list[Row], findings: Findings) -> list[Row]:
    rows, totals = read_workbook(file.content)
    missing, extra = Counter(expected) - Counter(rows), Counter(rows) - Counter(expected)
    findings.none_of(missing, f"Charges missing in report {file.name}")
    findings.none_of(extra, f"Rows of report {file.name} that are no such charge")
    findings.same(f"The totals of report {file.name}", totals, _totals(expected))
    return rows


def read_workbook(content: bytes) -> tuple[list[Row], tuple[int, int, int]]:
    """The rows below the heading, and the amounts of the closing total; in cents."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    lines = [row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)]
    head = next(place for place, line in enumerate(lines) if "CRF" in " ".join(map(str, line)))
    columns = {str(name).casefold(): place for place, name in enumerate(lines[head]) if name}
    crf = next(place for name, place in columns.items() if "crf" in name)
    money = [columns["charged"], columns["paid"], columns["open"]]
    rows: list[Row] = []
    totals = (0, 0, 0)
    for line in lines[head + 1 :]:
        amounts = tuple(_minor(line[place]) for place in money)
        if str(line[0]).startswith("Total"):
            totals = (amounts[0], amounts[1], amounts[2])
        elif line[crf] is not None:
            rows.append((str(line[crf]), amounts[0], amounts[1], amounts[2]))
    return rows, totals


def _check_paper(file: ReportFile, expected: list[Row], currency: str, findings: Findings) -> None:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(file.content)).pages]
    text = "\n".join(pages)
    missing = [row[0] for row in expected if row[0] not in text]
    findings.none_of(missing, f"Customers missing in report {file.name}")
    if not expected:
        return
    total = re.search(rf"Total {currency}(.*)", text, re.DOTALL)
    wanted = [amount_digits(minor, currency) for minor in _totals(expected)]
    closing = total[1] if total else ""
    findings.none_of(
        [amount for amount in wanted if amount not in closing], f"Totals missing in report {file.name}"
    )
    findings.demand(
        f"{len(expected):,}" in closing, f"Report {file.name} does not count {len(expected):,} rows"
    )


def _check_journal(
    databases: Databases, charged: Mapping[str, int], paid: Mapping[str, int], findings: Findings
) -> None:
    for service in sorted(charged):
        lines = f"FROM journal_lines WHERE service = '{service}' AND account = "
        earned = databases.one("billing", f"SELECT coalesce(sum(-amount_minor), 0) {lines}'revenue'")
        taken = databases.one(
            "billing", f"SELECT coalesce(sum(-amount_minor), 0) {lines}'receivable' AND amount_minor < 0"
        )
        findings.same(
            f"Charged of {service} in the reports, beside the journal's revenue", charged[service], earned
        )
        findings.same(
            f"Paid of {service} in the reports, beside the journal's receipts", paid[service], taken
        )


def _totals(rows: Sequence[Row]) -> tuple[int, int, int]:
    return sum(row[1] for row in rows), sum(row[2] for row in rows), sum(row[3] for row in rows)


def _minor(value: Any) -> int:
    """A cell's number in cents; openpyxl reads numbers as float, whose shortest text is what was written."""
    from decimal import Decimal

    return int((Decimal(str(value or 0)) * 100).to_integral_value())
