"""One chunk of the oldest unfinished run: charge, remind or refresh statuses, and record how far it came."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from billing.copies import KnownBranch, find_branch
from billing.debtors import Choice
from billing.statements import planned_each_time
from billing.tables import Run
from billing.usecases.raise_charges import Chunk, raise_charges
from billing.usecases.refresh_statuses import refresh_statuses
from billing.usecases.remind_customers import remind_customers
from billing.usecases.start_run import about_run
from chassis.clock import Clock
from contracts.actor import service_actor

ATTEMPTS = 5
"""So often a chunk is tried before its run is given up as failed."""

_ACTOR = service_actor("billing")


class ChunkFailed(Exception):
    """A chunk could not be done; it is rolled back. `run_id` names the run for note_failure."""

    def __init__(self, run_id: UUID) -> None:
        super().__init__(f"a chunk of run {run_id} failed")
        self.run_id = run_id


def advance_run(session: Session, clock: Clock) -> bool:
    """Do one chunk of a run that no other replica is at. False when there is nothing to do. Raises
    ChunkFailed.
    """
    run = session.scalars(
        select(Run)
        .where(or_(Run.finished_at.is_(None), Run.statuses_pending))
        .order_by(Run.statuses_pending, Run.started_at, Run.period)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if run is None:
        return False
    try:
        with planned_each_time(session):
            _advance(session, run, clock)
    except Exception as error:
        raise ChunkFailed(run.id) from error
    return True


def note_failure(session: Session, run_id: UUID, problem: str, clock: Clock) -> None:
    """Count a failed chunk; after ATTEMPTS in a row the run is failed, and says why."""
    run = session.get_one(Run, run_id)
    run.attempts += 1
    if run.attempts >= ATTEMPTS:
        run.problem, run.statuses_pending = problem[:1000], False
        if run.finished_at is None:
            run.state, run.finished_at = "failed", clock.now()
            about_run(session, run)


def _advance(session: Session, run: Run, clock: Clock) -> None:
    run.attempts = 0
    if run.position >= len(run.branch_ids):
        _end(session, run, clock)
        return
    branch = find_branch(session, UUID(run.branch_ids[run.position]))
    if run.finished_at is not None:
        run.cursor = refresh_statuses(session, branch.card, run.cursor, actor=_ACTOR, clock=clock)
        if run.cursor is None:
            run.position += 1
        return
    run.state = "running"
    chunk = _chunk(session, run, branch, clock)
    run.cursor = chunk.cursor
    if chunk.cursor is None:
        run.position += 1
        return
    run.done += chunk.looked_at
    run.total = max(run.total, run.done)
    run.raised_count += chunk.count
    if chunk.count:
        so_far = run.raised.get(branch.currency, 0)
        run.raised = {**run.raised, branch.currency: so_far + chunk.minor}


def _chunk(session: Session, run: Run, branch: KnownBranch, clock: Clock) -> Chunk:
    if run.kind == "dunning":
        choice = Choice.model_validate(run.choice or {})
        return remind_customers(session, branch, run.cursor, choice, run_id=run.id, clock=clock)
    return raise_charges(
        session, branch.card, run.period or "", run.cursor, run_id=run.id, actor=_ACTOR, clock=clock
    )


def _end(session: Session, run: Run, clock: Clock) -> None:
    """After the last branch: a billing run is done and goes round once more for the statuses; then nothing
    is left.
    """
    if run.finished_at is None:
        run.state, run.finished_at, run.done = "done", clock.now(), run.total
        run.statuses_pending = run.kind == "billing"
        run.position, run.cursor = 0, None
        about_run(session, run)
    else:
        run.statuses_pending = False
