"""Billing runs and dunning runs: asked for here, carried out in the background."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from flask import Response
from pydantic import BaseModel, Field

from contracts.calls.billing import DebtorFilter, GetRun, RunView, StartBillingRun, StartDunningRun
from contracts.cards import Service
from contracts.fields import Line, Period
from gateway.api.resource import answer, resource
from gateway.api.shapes import Amount, Body, OptionalKeyHeader, Parameters, Whole, YesNo
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


class DebtorChoice(Body):
    """Which customers with dues."""

    area: Line = ""
    service: Service | None = None
    older_than_months: Annotated[Whole, Field(ge=0, le=600)] | None = None
    minimum_amount: Amount | None = None
    promised: YesNo | None = None
    not_reminded_days: Annotated[Whole, Field(ge=1, le=3650)] | None = None


class DunningChoice(Body):
    """Whom to remind, of one branch or of all yours: those whom `filter` leaves, those named, or both.

    `force` reminds those too who were reminded inside the branch's days. A promise to pay holds all the same.
    """

    branch_id: UUID | None = None
    filter: DebtorChoice | None = None
    customer_ids: Annotated[tuple[UUID, ...], Field(max_length=500)] = ()
    force: YesNo = False

    def choice(self) -> dict[str, Any]:
        """The choice as billing takes it."""
        wanted = self.filter.given() if self.filter else {}
        if "service" in wanted:
            wanted["service_kind"] = wanted.pop("service")
        narrowed = DebtorFilter(branch_id=self.branch_id, **wanted)
        return {"filter": narrowed, "customer_ids": self.customer_ids, "force": self.force}


class DunningRunBody(DunningChoice):
    """Remind customers with dues; everybody when none is chosen."""


@api.post("/billing-runs", responses={202: BackgroundRunView})
def start_billing_run(header: OptionalKeyHeader, body: BillingRunBody) -> Response:
    """Start a billing run."""
    return _started("billing", ask(StartBillingRun(idempotency_key=header.key, **body.given())))


@api.post("/dunning-runs", responses={202: BackgroundRunView})
def start_dunning_run(header: OptionalKeyHeader, body: DunningRunBody) -> Response:
    """Start a dunning run: at most one reminder per customer and business date."""
    asked = StartDunningRun(idempotency_key=header.key, branch_id=body.branch_id, **body.choice())
    return _started("dunning", ask(asked))


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
