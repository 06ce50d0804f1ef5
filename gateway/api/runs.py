"""Billing runs and dunning runs: asked for here, carried out in the background."""

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from flask import Response
from pydantic import BaseModel

from contracts.calls.billing import GetRun, RunView, StartBillingRun, StartDunningRun
from contracts.fields import Period
from gateway.api.resource import answer, resource
from gateway.api.shapes import Body, OptionalKeyHeader, Parameters, YesNo
from gateway.rpc import ask

api = resource("runs", "runs", "Billing runs and dunning runs, and how far they are")


class RunPath(Parameters):
    """Which run."""

    run_id: UUID


class SumView(BaseModel):
    """A sum in one currency."""

    amount: str
    currency: str


class BackgroundRunView(BaseModel):
    """A run. `state`: queued, running, done or failed; `done` of `total` is its progress.

    `raised_count` and `raised` are the charges or reminders and their sum; in a preview, those that would be.
    """

    id: UUID
    kind: str
    state: str
    done: int
    total: int
    period: Period | None
    branch_id: UUID | None
    preview: bool
    business_date: date | None
    raised_count: int
    raised: list[SumView]
    started_at: datetime
    finished_at: datetime | None
    problem: str | None

    @classmethod
    def of(cls, run: RunView) -> Self:
        """From the call's answer."""
        sums = [SumView(amount=money.decimal_text(), currency=money.currency) for money in run.raised]
        return cls(**run.model_dump(exclude={"raised", "replayed"}), raised=sums)


class BillingRunBody(Body):
    """Charge one month of one branch, or of all yours. A preview counts and charges nothing."""

    period: Period
    branch_id: UUID | None = None
    preview: YesNo = False


class DunningRunBody(Body):
    """Remind the customers of one branch, or of all yours."""

    branch_id: UUID | None = None


@api.post("/billing-runs", responses={202: BackgroundRunView})
def start_billing_run(header: OptionalKeyHeader, body: BillingRunBody) -> Response:
    """Start a billing run."""
    return _started("billing", ask(StartBillingRun(idempotency_key=header.key, **body.given())))


@api.post("/dunning-runs", responses={202: BackgroundRunView})
def start_dunning_run(header: OptionalKeyHeader, body: DunningRunBody) -> Response:
    """Start a dunning run: at most one reminder per customer and business date."""
    return _started("dunning", ask(StartDunningRun(idempotency_key=header.key, **body.given())))


@api.get("/billing-runs/<uuid:run_id>", responses={200: BackgroundRunView})
def show_billing_run(path: RunPath) -> Response:
    """How far a billing run is."""
    return answer(BackgroundRunView.of(ask(GetRun(run_id=path.run_id, kind="billing"))))


@api.get("/dunning-runs/<uuid:run_id>", responses={200: BackgroundRunView})
def show_dunning_run(path: RunPath) -> Response:
    """How far a dunning run is."""
    return answer(BackgroundRunView.of(ask(GetRun(run_id=path.run_id, kind="dunning"))))


def _started(kind: Literal["billing", "dunning"], run: RunView) -> Response:
    return answer(BackgroundRunView.of(run), 202, location=f"/{kind}-runs/{run.id}", replayed=run.replayed)
