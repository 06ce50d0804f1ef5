"""What billing does by itself: runs chunk by chunk, and each branch's day."""

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from billing.copies import KnownBranch, seen_branches
from billing.domain.refusals import RunUnderWay
from billing.queries.runs import missed_periods
from billing.usecases.advance_run import ChunkFailed, advance_run, note_failure
from billing.usecases.start_run import RUNS, start_billing_run, start_dunning_run
from chassis import metrics
from chassis.idempotency import forget_old
from chassis.jobs import Job, claim, finish
from chassis.logs import logger
from chassis.pace import pause
from chassis.platform import Platform
from contracts.actor import service_actor
from contracts.calls.billing import StartBillingRun, StartDunningRun
from contracts.fields import period_of

log = logger(__name__)

_ACTOR = service_actor("billing")
_RETRY = pause(60)


def advance_runs(platform: Platform) -> bool:
    """One chunk of a run in a transaction of its own; True when there may be another."""
    try:
        with platform.database.transaction() as session:
            return advance_run(session, platform.clock)
    except ChunkFailed as failed:
        if not isinstance(
            failed.__cause__, OperationalError
        ):  # a database that is away is no fault of the run
            log.error("chunk failed", run=str(failed.run_id), error=repr(failed.__cause__))
            with platform.database.transaction() as session:
                note_failure(session, failed.run_id, str(failed.__cause__), platform.clock)
        raise


def branch_days(platform: Platform) -> bool:
    """Once per branch and business date, on one replica: charge the month and those missed, then statuses; remind on
    reminder days.
    """
    if not platform.settings.schedule:
        return False
    with platform.database.reading() as session:
        branches = seen_branches(session, _ACTOR)
    for branch in branches:
        today = branch.today(platform.clock)
        held = claim(platform, "branch-day", f"{branch.card.code}:{today.isoformat()}")
        if held is None:
            continue
        problem = None
        try:
            with platform.database.transaction() as session:
                _begin_day(platform, session, branch)
                finish(session, held, platform)
        except RunUnderWay as busy:
            problem = busy.message
        except OperationalError:  # the database is away for every branch
            raise
        except Exception as error:
            log.exception("a branch's day could not begin", branch=branch.card.code)
            metrics.JOBS.labels(platform.service, "branch-days", "failed").inc()
            problem = repr(error)[:500]
        if problem:
            with platform.database.transaction() as session:
                finish(session, held, platform, problem=problem, retry_after=_RETRY)
    return False


def forget_keys(platform: Platform) -> bool:
    """Once a day, on one replica: drop answers kept for keys that are too old to come again."""
    held = claim(platform, "forget-keys", platform.clock.now().date().isoformat())
    if held is not None:
        with platform.database.transaction() as session:
            forget_old(session, platform.clock)
            finish(session, held, platform)
    return False


def _begin_day(platform: Platform, session: Session, branch: KnownBranch) -> None:
    """Charge the month, and before it every month that went by while Headend was off (RULES, each branch day)."""
    today = branch.today(platform.clock)
    for period in (*missed_periods(session, branch.id, today), period_of(today)):
        month = StartBillingRun(period=period, branch_id=branch.id)
        start_billing_run(session, month, _ACTOR, platform.clock)
    if today.day in branch.card.policy.reminder_days:
        start_dunning_run(session, StartDunningRun(branch_id=branch.id), _ACTOR, platform.clock)


JOBS = (
    Job("billing-runs", 2.0, advance_runs, signal=RUNS),
    Job("branch-days", 60.0, branch_days),
    Job("forget-keys", 900.0, forget_keys),
)
