"""The columns of a paid or unpaid report, the same on paper and in a workbook."""

from dataclasses import dataclass, replace
from enum import Enum, auto

from reports.domain.report import ReportHeader
from reports.renderers.report_labels import report_labels


class Kind(Enum):
    """What a column holds, and so how it is aligned and formatted."""

    TEXT = auto()
    MONEY = auto()
    DAY = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width on paper in points and in a workbook in characters."""

    name: str
    heading: str
    points: float
    characters: int
    kind: Kind = Kind.TEXT


def report_columns(header: ReportHeader) -> list[Column]:
    """The columns from the starting side; the branch stands first when the report is about several."""
    words = report_labels(header.locale)
    columns = [
        Column("crf", words.crf, 58, 14),
        Column("customer", words.customer, 122, 32),
        Column("mobile", words.mobile, 70, 16),
        Column("area", words.area, 74, 20),
        Column("plan", words.plan, 78, 22),
        Column("amount", words.amount, 66, 16, Kind.MONEY),
        Column("paid", words.paid, 66, 16, Kind.MONEY),
        Column("open", words.open, 66, 16, Kind.MONEY),
        Column("last_payment", words.last_payment, 54, 14, Kind.DAY),
        Column("mode", words.mode, 40, 12),
        Column("invoices", words.invoices, 88, 24),
    ]
    if header.branch is not None:
        return columns
    narrower = {"customer": 106.0, "area": 56.0, "plan": 60.0}
    columns = [replace(column, points=narrower.get(column.name, column.points)) for column in columns]
    return [Column("branch", words.branch, 52, 18), *columns]
