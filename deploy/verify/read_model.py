"""The read model of reports beside the books of billing: row by row, so in every sum of a branch and month too."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.engine import make_url

from deploy.verify.databases import Databases, Row
from deploy.verify.events import UnderWay
from deploy.verify.findings import Findings
from deploy.verify.streams import paired
from reports.figure_sources import SOURCES

_PAID = (
    "LEFT JOIN (SELECT a.charge_id, sum(a.amount_minor) AS paid FROM allocations a"
    " WHERE NOT EXISTS (SELECT 1 FROM payment_voids v WHERE v.payment_id = a.payment_id) GROUP BY a.charge_id) s"
    " ON s.charge_id = c.id"
)
_CHARGE = "c.id, c.branch_id, c.period, c.customer_id, coalesce(c.service, ''), c.currency, c.amount_minor"
_PAYMENT = "p.id, p.number, p.branch_id, p.customer_id, p.amount_minor, p.currency, p.mode, p.paid_on"
_VOIDED = "CASE WHEN EXISTS (SELECT 1 FROM payment_voids v WHERE v.payment_id = p.id) THEN 'voided' ELSE 'stands' END"


@dataclass(frozen=True)
class Compared:
    """What both keep: the rows of each side with the same columns in the order of the id, and who tells of changes."""

    what: str
    billing: str
    reports: str
    events: tuple[str, ...]
    shown: str
    """Of billing's row, or of reports' where billing has none."""


_SIDES = (
    Compared(
        what="charges (branch, month, amount, open)",
        billing=f"SELECT {_CHARGE}, c.amount_minor - c.settled_minor FROM charges c ORDER BY c.id",
        reports=f"SELECT {_CHARGE}, c.amount_minor - c.settled_minor - coalesce(s.paid, 0) FROM charges c {_PAID}"
        " ORDER BY c.id",
        events=("ChargesRaised", "PaymentMade", "PaymentVoided"),
        shown="charge {0} of customer {3}, {2}",
    ),
    Compared(
        what="payments with their invoices",
        billing=f"SELECT {_PAYMENT}, i.number, {_VOIDED} FROM payments p LEFT JOIN invoices i ON i.payment_id = p.id"
        " ORDER BY p.id",
        reports=f"SELECT {_PAYMENT}, p.invoice_number, {_VOIDED} FROM payments p ORDER BY p.id",
        events=("PaymentMade", "PaymentVoided"),
        shown="payment {1}, invoice {8}",
    ),
    Compared(
        what="subscriptions",
        billing="SELECT id, version, customer_id, branch_id, service, status, started_on, expires_on FROM subscriptions"
        " ORDER BY id",
        reports="SELECT id, version, customer_id, branch_id, service, status, started_on, expires_on"
        " FROM subscriptions_copy ORDER BY id",
        events=("SubscriptionChanged", "PaymentMade", "PaymentVoided"),
        shown="subscription {0} of customer {2}",
    ),
)


def check_read_model(databases: Databases, under_way: UnderWay, findings: Findings) -> None:
    """What reports keeps is what billing has, unless an event is on its way; the dashboard's figures are its sums."""
    if "reports" in under_way.too_many:
        findings.waiting(["reports"], "Not compared, as too many events are on their way to")
        return
    months: Counter[tuple[str, str]] = Counter()
    for side in _SIDES:
        excused = under_way.excuses("reports", *side.events)
        wrong = _differing(databases, side, excused, months)
        findings.none_of(wrong, f"The read model differs from billing in {side.what}")
    findings.figure("charges in the read model, as in billing", sum(months.values()))
    findings.figure("branches and months in the read model, as in billing", len(months))
    _check_figures(databases, findings)


def _differing(
    databases: Databases, side: Compared, excused: frozenset[str], months: Counter[tuple[str, str]]
) -> Iterator[str]:
    ours, theirs = databases.stream("billing", side.billing), databases.stream("reports", side.reports)
    for own, copy in paired(ours, theirs):
        if own is not None and side is _SIDES[0]:
            months[own[1], own[2]] += 1
        row = own or copy
        if own != copy and row is not None and row[0] not in excused:
            yield f"{side.shown.format(*row)}: {_difference(own, copy)}"


def _difference(own: Row | None, copy: Row | None) -> str:
    if own is None or copy is None:
        return f"only in {'reports' if own is None else 'billing'}"
    pairs = [(mine, other) for mine, other in zip(own, copy, strict=True) if mine != other]
    return "; ".join(f"billing has {mine}, reports {other}" for mine, other in pairs)


def _check_figures(databases: Databases, findings: Findings) -> None:
    """Figures with the changes not yet added up are what a count from the read model gives."""
    key = "kind, branch_id, at, service, detail, currency"
    dialect = make_url("sqlite://" if databases.is_sqlite else "postgresql+psycopg://").get_dialect()()
    counts = (source.select for source in SOURCES if source.select is not None)
    counted = " UNION ALL ".join(
        f"SELECT * FROM ({count.compile(dialect=dialect, compile_kwargs={'literal_binds': True})}) s{place}"
        for place, count in enumerate(counts)
    )
    parts = (
        f"SELECT {key}, count, minor FROM figures UNION ALL SELECT {key}, count, minor FROM figure_changes"
    )
    wrong = databases.stream(
        "reports",
        f"WITH counted ({key}, count, minor) AS ({counted}), kept AS ({parts}), both_of AS ("
        f"SELECT {key}, count AS k, minor AS m, 0 AS c, 0 AS n FROM kept"
        f" UNION ALL SELECT {key}, 0, 0, count, minor FROM counted)"
        " SELECT kind, branch_id, at, service, detail, sum(k), sum(m), sum(c), sum(n) FROM both_of"
        f" GROUP BY {key} HAVING sum(k) <> sum(c) OR sum(m) <> sum(n)",
    )
    findings.none_of(
        wrong,
        "Figures of the dashboard that are not what the read model gives",
        "{} of branch {} {} {} {}: kept {} and {} minor units, counted {} and {}",
    )
