"""The audit logs: each chain of hashes is whole (decision 0016)."""

from contextlib import closing
from datetime import datetime

from chassis.audit_chain import check_chain, head_of
from chassis.database import Database
from contracts.topology import SERVICES
from deploy.verify.databases import Databases
from deploy.verify.findings import Findings


def check_audit(databases: Databases, now: datetime, findings: Findings) -> None:
    """Every service's chain, read through from its beginning. It is a thing of one database: no snapshot is needed."""
    entries = 0
    for service in SERVICES:
        with (
            closing(Database(databases.url(service), pool_size=1)) as database,
            database.reading() as session,
        ):
            broken = (problem.sentence for problem in check_chain(session, now=now))
            findings.none_of(broken, f"Breaks in the audit log of {service}")
            head = head_of(session)
            entries += head.sequence if head else 0
    findings.figure("entries of audit logs (each in its chain as it was written)", entries)
