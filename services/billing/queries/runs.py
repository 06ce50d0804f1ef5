"""Billing and dunning runs with their progress."""

from uuid import UUID

from sqlalchemy.orm import Session

from billing.tables import Run
from contracts.actor import Actor, Right
from contracts.calls.billing import GetRun, RunView
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
