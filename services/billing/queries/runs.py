"""Billing and dunning runs with their progress."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.tables import Run
from chassis.clock import Clock
from contracts.actor import Actor, Right
from contracts.calls.billing import GetRun, RunView
from contracts.calls.operations import TroubledJob
from contracts.errors import NotFound
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
