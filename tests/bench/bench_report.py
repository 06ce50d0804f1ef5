"""The paid report of 100,000 rows from request to file, beside openpyxl and reportlab alone on the same rows.

`python -m tests.bench.bench_report WORK COUNT FOLDER` does one piece of the floor's work and prints its seconds.
"""

import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.bench.bench_reports_paper import WORK, measure, prepare
from tests.bench.figures import Figure, duration
from tests.bench.house import House
from tests.bench.rows import Connection

_AT_MOST = {"xlsx": 1.5, "pdf": 2.0}
_YEAR, _MONTH = 2026, 5
_PERIOD = "2026-05"


def report(house: House) -> list[Figure]:
    """Both forms: asked for through the API, drawn alone, and the floor."""
    _pay_for_may(house.connections["reports"])
    figures = []
    for form, at_most in _AT_MOST.items():
        with house.watched() as largest:
            made = _made(house, form)
        count = len(house.people)
        assert made["done"] == count, f"{made['done']} rows of {count}"
        moments = [datetime.fromisoformat(made[name]) for name in ("requested_at", "finished_at")]
        asked = (moments[1] - moments[0]).total_seconds()
        what = f"paid report, {form}, {count:,} rows"
        figures.append(duration(f"{what}, request to file", asked, _floor(form, count), at_most)
                       .with_memory(largest.bytes, limited=True))  # fmt: skip
        ours, _, _ = measure(form, count)
        floor, _, _ = measure(f"{form}_floor", count)
        figures.append(duration(f"{what}, drawing alone, processor time", ours, floor, at_most))
    return figures


def _made(house: House, form: str) -> Any:
    body = {"kind": "payments", "service": "cable_tv", "year": _YEAR, "month": _MONTH, "selection": "paid",
            "format": form}  # fmt: skip
    asked = house.api.ok("POST", "/reports", json=body)
    return house.api.finished(f"/reports/{asked['id']}", seconds=900)


def _floor(form: str, count: int) -> float:
    """Seconds by the wall of the floor's work, in a process of its own that has imported everything."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.bench_report", f"{form}_floor", str(count), folder]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _pay_for_may(reports: Connection) -> None:
    """A month that everybody paid, put into the read model: a charge, a payment and what it settled for each."""
    if reports.execute("SELECT 1 FROM charges WHERE period = %s LIMIT 1", [_PERIOD]).fetchone():
        return
    with reports.transaction():
        reports.execute(
            "INSERT INTO charges (id, branch_id, customer_id, subscription_id, kind, category, service, period,"
            " currency, amount_minor, settled_minor) SELECT gen_random_uuid(), s.branch_id, s.customer_id, s.id,"
            " 'recurring', 'usage', s.service, %s, b.card->>'currency', 25000, 0"
            " FROM subscriptions_copy s JOIN branches_copy b ON b.id = s.branch_id",
            [_PERIOD],
        )
        reports.execute(
            "INSERT INTO payments (id, number, invoice_number, branch_id, customer_id, amount_minor, currency, mode,"
            " paid_on, received_by) SELECT md5(c.id::text)::uuid,"
            " b.code || '-P2026-' || lpad((row_number() OVER w)::text, 6, '0'),"
            " b.code || '-2026-' || lpad((row_number() OVER w)::text, 6, '0'), c.branch_id, c.customer_id,"
            " c.amount_minor, c.currency, 'cash', date '2026-05-01' + (row_number() OVER w %% 28)::int, 'Bench'"
            " FROM charges c JOIN branches_copy b ON b.id = c.branch_id WHERE c.period = %s"
            " WINDOW w AS (PARTITION BY c.branch_id ORDER BY c.id)",
            [_PERIOD],
        )
        reports.execute(
            "INSERT INTO allocations (payment_id, charge_id, service, period, amount_minor)"
            " SELECT md5(id::text)::uuid, id, service, period, amount_minor FROM charges WHERE period = %s",
            [_PERIOD],
        )
    reports.execute("VACUUM ANALYZE")


def _one(name: str, count: int, folder: Path) -> None:
    path = folder / f"{name}.out"
    prepare(name, path)
    began = time.perf_counter()
    WORK[name](count, path)
    print(time.perf_counter() - began)


if __name__ == "__main__":
    _one(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
