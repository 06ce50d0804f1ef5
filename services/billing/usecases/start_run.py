"""Start a billing or dunning run; its chunks are done in the background (advance_run)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from billing.copies import KnownBranch, find_branch, seen_branches
from billing.debtors import Choice, branches_of
from billing.domain.periods import check_period_to_charge
from billing.domain.refusals import NoBranch, RunUnderWay
from billing.queries.runs import run_view
from billing.tables import Run
from billing.usecases.raise_charges import count_subscriptions, preview_charges
from billing.usecases.remind_customers import count_to_remind
from chassis import idempotency
from chassis.audit import about
from chassis.clock import Clock
from chassis.database import lock_key, wake_after_commit
from contracts.actor import Actor, Right
from contracts.calls.billing import DebtorFilter, RunView, StartBillingRun, StartDunningRun

RUNS = "billing runs"
"""The signal that wakes the job which advances runs."""

_LOCK = 0x52554E53  # any number: two starts at once look one after the other


def start_billing_run(session: Session, request: StartBillingRun, actor: Actor, clock: Clock) -> RunView:
    """Charge one period of one branch, or of all the actor's; a preview only counts what would be charged.

    Raises NotFound, Forbidden, PeriodTooFarAhead, RunUnderWay, NoBranch.
    """
    branches = _branches(session, request.branch_id, actor)
    earlier = _claimed(session, request, actor, clock)
    if earlier is not None:
        return earlier
    for branch in branches:
        check_period_to_charge(request.period, branch.today(clock))
    run = _new_run("billing", request, branches, actor, clock)
    run.period, run.preview = request.period, request.preview
    run.total = sum(count_subscriptions(session, branch.id) for branch in branches)
    if request.preview:
        _preview(session, run, branches, clock)
    else:
        _refuse_second(session, run)
    return _started(session, run, request, actor)


def start_dunning_run(session: Session, request: StartDunningRun, actor: Actor, clock: Clock) -> RunView:
    """Remind the chosen customers with dues, all when none is chosen; at most once per customer and business date.

    Raises NotFound, Forbidden, RunUnderWay, NoBranch, NotAnAmount.
    """
    wanted = request.filter or DebtorFilter()
    branches = branches_of(_branches(session, request.branch_id or wanted.branch_id, actor), wanted)
    earlier = _claimed(session, request, actor, clock)
    if earlier is not None:
        return earlier
    run = _new_run("dunning", request, branches, actor, clock)
    run.business_date = branches[0].today(clock)
    choice = Choice(filter=wanted, customer_ids=request.customer_ids, force=request.force)
    run.choice = choice.model_dump(mode="json")
    run.total = sum(count_to_remind(session, branch, choice, branch.today(clock)) for branch in branches)
    _refuse_second(session, run)
    return _started(session, run, request, actor)


def _branches(session: Session, branch_id: UUID | None, actor: Actor) -> Sequence[KnownBranch]:
    if branch_id is not None:
        branches = [find_branch(session, branch_id, actor)]
    else:
        branches = seen_branches(session, actor)
    actor.require(Right.RUN_BILLING)
    if not branches:
        raise NoBranch("There is no branch to run for yet.", field="branch_id")
    return branches


def _claimed(
    session: Session, request: StartBillingRun | StartDunningRun, actor: Actor, clock: Clock
) -> RunView | None:
    if not request.idempotency_key:
        return None
    scope = f"{actor.subject}:{request.method}"
    earlier = idempotency.claim(session, scope, request.idempotency_key, request, RunView, clock)
    if earlier is None:
        return None
    run = session.get(Run, earlier.id)
    return (run_view(run) if run else earlier).model_copy(update={"replayed": True})


def _started(session: Session, run: Run, request: StartBillingRun | StartDunningRun, actor: Actor) -> RunView:
    session.add(run)
    session.flush()
    wake_after_commit(session, RUNS)
    about_run(session, run)
    view = run_view(run)
    if request.idempotency_key:
        idempotency.remember(session, f"{actor.subject}:{request.method}", request.idempotency_key, view)
    return view


def about_run(session: Session, run: Run) -> None:
    """A run begins or ends; one over several branches belongs to none of them alone."""
    branch_id = UUID(run.branch_ids[0]) if len(run.branch_ids) == 1 else None
    told: dict[str, Any] = {"state": run.state, "done": run.done, "charges": run.raised_count}
    if run.period:
        told["period"] = run.period
    if run.preview:
        told["preview"] = True
    about(session, f"{run.kind}_run", run.id, branch_id=branch_id, **told)


def _new_run(
    kind: str,
    request: StartBillingRun | StartDunningRun,
    branches: Sequence[KnownBranch],
    actor: Actor,
    clock: Clock,
) -> Run:
    return Run(
        id=uuid4(),
        kind=kind,
        state="queued",
        branch_id=request.branch_id,
        branch_ids=[str(branch.id) for branch in branches],
        position=0,
        preview=False,
        done=0,
        raised_count=0,
        raised={},
        statuses_pending=False,
        attempts=0,
        started_by=actor.subject,
        started_at=clock.now(),
    )


def _refuse_second(session: Session, run: Run) -> None:
    lock_key(session, _LOCK)
    others = session.scalars(select(Run).where(Run.finished_at.is_(None), Run.kind == run.kind))
    for other in others:
        if other.period == run.period and set(other.branch_ids) & set(run.branch_ids):
            what = f"A run for {run.period}" if run.period else "A dunning run"
            raise RunUnderWay(
                f"{what} is under way, {other.done} of {other.total} done; wait until it is done."
            )


def _preview(session: Session, run: Run, branches: Sequence[KnownBranch], clock: Clock) -> None:
    """Count and sum what a run would charge now; nothing is written but the run itself."""
    raised: dict[str, int] = {}
    for branch in branches:
        count, minor = preview_charges(session, branch.card, run.period or "")
        run.raised_count += count
        if count:
            raised[branch.currency] = raised.get(branch.currency, 0) + minor
    run.raised, run.state, run.done, run.finished_at = raised, "done", run.total, clock.now()
