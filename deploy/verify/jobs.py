"""Jobs and runs: none failed for good lately, none stopped half-way."""

from datetime import timedelta

from contracts.topology import SERVICES
from deploy.verify.databases import Databases, moment
from deploy.verify.events import Patience
from deploy.verify.findings import Findings

LATELY = timedelta(days=7)
"""What failed before that was seen, or nobody asks for it any more."""


def check_jobs(databases: Databases, patience: Patience, findings: Findings) -> None:
    """The jobs of all services, and billing's runs."""
    for service in SERVICES:
        _check_jobs(databases, service, patience, findings)
    _check_runs(databases, patience, findings)


def _check_jobs(databases: Databases, service: str, patience: Patience, findings: Findings) -> None:
    rows = databases.rows(
        service,
        "SELECT job, period, state, coalesce(finished_at, started_at), lease_until, coalesce(last_error, '')"
        " FROM jobs WHERE state <> 'done'",
    )
    each = "{}, {}: {}"
    failed = [row for row in rows if row[2] == "failed" and moment(row[3]) > patience.now - LATELY]
    for_good = [(*row[:2], row[5]) for row in failed if patience.over(row[3])]
    findings.none_of(for_good, f"Jobs that failed in {service}", each)
    again = [(*row[:2], row[5]) for row in failed if not patience.over(row[3])]
    findings.waiting(again, f"Jobs of {service} that are tried again", each)
    running = [row for row in rows if row[2] == "running"]
    stopped = [(*row[:2], row[4]) for row in running if patience.over(row[4])]
    findings.none_of(stopped, f"Jobs that stopped in {service} (to be taken over since)", each)
    odd = [row[:3] for row in rows if row[2] not in ("failed", "running")]
    findings.none_of(odd, f"Jobs of {service} in a state that there is not", each)


def _check_runs(databases: Databases, patience: Patience, findings: Findings) -> None:
    rows = databases.rows(
        "billing",
        "SELECT id, kind, state, started_at, coalesce(problem, ''), finished_at FROM runs"
        " WHERE state <> 'done' OR finished_at IS NULL OR statuses_pending",
    )
    failed = [
        (row[0], row[1], row[4])
        for row in rows
        if row[2] == "failed" and moment(row[3]) > patience.now - LATELY
    ]
    findings.none_of(failed, "Runs that failed", "run {} ({}): {}")
    under_way = [row[:4] for row in rows if row[2] != "failed"]
    each = "run {} ({}): {}, started {}"
    if patience.settled:
        findings.none_of(under_way, "Runs that have not ended", each)
    else:
        findings.waiting(under_way, "Runs under way", each)
