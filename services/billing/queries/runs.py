"""Billing and dunning runs with their progress."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from billing.domain.periods import add_months, periods_between
from billing.tables import Run
from chassis.clock import Clock
from contracts.actor import Actor, Right, service_actor
from contracts.calls.billing import GetRun, RunView
from contracts.calls.operations import TroubledJob
from contracts.errors import NotFound
from contracts.fields import period_of
from contracts.money import Money


def get_run(session: Session, request: GetRun, actor: Actor) -> RunView:
    """One run. Raises NotFound for one of another kind or of branches hidden from the actor, Forbidden."""
    actor.require(Right.RUN_BILLING)
    run = session.get(Run, request.run_id)
    if (
        run is None
        or run.kind != request.kind
        or not all(actor.sees_branch(UUID(one)) for one in run.branch_ids)
    ):
        raise NotFound("There is no such run.")
    return run_view(run)


def failed_runs(session: Session, clock: Clock) -> tuple[TroubledJob, ...]:
    """Runs of the last week that were given up, and those done whose statuses could not follow; newest first."""
    rows = session.scalars(
        select(Run)
        .where(Run.problem.is_not(None), Run.started_at > clock.now() - _LATELY)
        .order_by(Run.started_at.desc())
        .limit(_LISTED)
    )
    return tuple(
        TroubledJob(
            job=f"{run.kind} run",
            of=run.period or (run.business_date.isoformat() if run.business_date else ""),
            state="failed",
            attempts=run.attempts,
            problem=run.problem or "",
            since=run.finished_at or run.started_at,
        )
        for run in rows
    )


_LATELY, _LISTED = timedelta(days=7), 20


def missed_periods(session: Session, branch_id: UUID, today: date) -> list[str]:
    """The months before today's that no run has charged since the branch's days began to be kept, oldest first.

    They begin after the last month that a branch day charged; before there was any, after the last that somebody
    else's run did. A month that a run is charging or has charged is not missed; one whose run failed is.
    """
    charged = Run.kind == "billing", Run.preview.is_(False), Run.state != "failed"
    begun = select(func.max(Run.period)).where(*charged, Run.branch_id == branch_id)
    last = session.scalar(begun.where(Run.started_by == service_actor("billing").subject))
    since = Run.period > last if last else Run.period.is_not(None)
    others = session.execute(select(Run.period, Run.branch_ids).where(*charged, since))
    done = {period for period, branch_ids in others if str(branch_id) in branch_ids}
    current = period_of(today)
    if last is None:
        last = max((period for period in done if period < current), default=None)
    if last is None:
        return []
    return [
        period
        for period in periods_between(add_months(last, 1), add_months(current, -1))
        if period not in done
    ]


def run_view(run: Run) -> RunView:
    """A run as the desk sees it."""
    return RunView(
        id=run.id,
        kind=run.kind,
        state=run.state,
        done=run.done,
        total=run.total,
        period=run.period,
        branch_id=run.branch_id,
        preview=run.preview,
        business_date=run.business_date,
        raised_count=run.raised_count,
        raised=tuple(Money.of(minor, currency) for currency, minor in sorted(run.raised.items())),
        started_at=run.started_at,
        finished_at=run.finished_at,
        problem=run.problem,
    )
