"""All checks over a live installation, read-only."""

from datetime import timedelta

from chassis.clock import SystemClock
from deploy.verify.audit import check_audit
from deploy.verify.books import check_books
from deploy.verify.copies import check_copies
from deploy.verify.databases import Databases
from deploy.verify.documents import check_documents
from deploy.verify.events import Patience, check_events
from deploy.verify.findings import MOST_NAMED, Findings
from deploy.verify.jobs import check_jobs
from deploy.verify.messages import check_messages
from deploy.verify.read_model import check_read_model
from deploy.verify.states import check_states

PATIENCE = timedelta(seconds=120)
"""The repair comes round every half minute and takes what is older than nothing: two minutes are four chances."""


def verify(
    databases: Databases, *, settled: bool = False, patience: timedelta = PATIENCE, most: int = MOST_NAMED
) -> Findings:
    """Everything that must hold in an installation; the findings name what does not, the first `most` rows of each.

    What is younger than `patience` may be on its way and is told apart; `settled` insists that nothing is.
    Raises WrongSetting when a database cannot be read.
    """
    findings = Findings(most)
    limits = Patience(SystemClock().now(), patience, settled)
    with databases.snapshot() as seen:
        check_books(seen, findings)
        check_documents(seen, findings)
        under_way = check_events(seen, limits, findings)
        check_messages(seen, limits, findings)
        check_jobs(seen, limits, findings)
        check_states(seen, findings)
        check_copies(seen, under_way, findings)
        check_read_model(seen, under_way, findings)
    check_audit(databases, limits.now, findings)
    return findings
