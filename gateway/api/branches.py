"""Branches with their policy."""

from typing import Annotated, Any, Self
from uuid import UUID

from flask import Response
from pydantic import AfterValidator, BaseModel, Field

from contracts.calls.customers import AddBranch, ChangeBranch, GetBranch, ListBranches
from contracts.cards import BranchCard, CashDeskRule, Invoicing, Proration, ReminderStage
from contracts.fields import AccountName, Bic, BranchCode, Iban, Line, Name, UpiId, one_line
from contracts.money import Money
from gateway.api.resource import answer, resource
from gateway.api.shapes import Amount, Body, Locale, Parameters, Whole
from gateway.rpc import ask

api = resource("branches", "branches", "Branches with their policy; MAIN is there from the start")

Currency = Annotated[str, Field(min_length=3, max_length=3), AfterValidator(one_line)]
TimeZone = Annotated[str, Field(max_length=60), AfterValidator(one_line)]
GraceDays = Annotated[Whole, Field(ge=0, le=365)]
SuspendDays = Annotated[Whole, Field(ge=1, le=730)]
PauseDays = Annotated[Whole, Field(ge=1, le=90)]
ReopenDays = Annotated[Whole, Field(ge=0, le=90)]
ReminderDays = Annotated[tuple[Annotated[Whole, Field(ge=1, le=28)], ...], Field(max_length=28)]
Letterhead = Annotated[tuple[Line, ...], Field(max_length=6)]


class BranchPath(Parameters):
    """Which branch."""

    branch_id: UUID


class StageView(BaseModel):
    """From how many months after the oldest pending one reminders speak so."""

    stage: ReminderStage
    from_months: int


class StageBody(Body):
    """A stage of reminders. 0: in the pending month itself."""

    stage: ReminderStage
    from_months: Annotated[Whole, Field(ge=0, le=60)]


Stages = Annotated[tuple[StageBody, ...], Field(min_length=1, max_length=3)]


class BranchView(BaseModel):
    """A branch. `minimum_payment` is in its `currency`."""

    id: UUID
    version: int
    code: str
    name: str
    currency: str
    time_zone: str
    locale: str
    tax_id: str
    letterhead: list[str]
    minimum_payment: str
    invoicing: Invoicing
    proration: Proration
    grace_days: int
    suspend_after_days: int
    reminder_days: list[int]
    complaint_reopen_days: int
    reminder_pause_days: int
    reminder_stages: list[StageView]
    upi_id: str
    iban: str
    bic: str
    account_name: str
    cash_desk: CashDeskRule

    @classmethod
    def of(cls, branch: BranchCard) -> Self:
        """From the branch's card."""
        policy = branch.policy
        return cls(
            **branch.model_dump(exclude={"policy", "letterhead"}),
            letterhead=list(branch.letterhead),
            minimum_payment=Money.of(policy.minimum_payment_minor, branch.currency).decimal_text(),
            **policy.model_dump(exclude={"minimum_payment_minor", "reminder_days"}),
            reminder_days=list(policy.reminder_days),
        )


class BranchList(BaseModel):
    """The branches that the caller sees, by code."""

    items: list[BranchView]
    next: str | None


class BranchBody(Body):
    """A new branch."""

    code: BranchCode
    name: Name
    currency: Currency
    time_zone: TimeZone
    locale: Locale = "en"
    tax_id: Line = ""
    letterhead: Letterhead = ()
    minimum_payment: Amount | None = None
    invoicing: Invoicing = Invoicing.ON_PAYMENT
    proration: Proration = Proration.NONE
    grace_days: GraceDays = 0
    suspend_after_days: SuspendDays = 60
    reminder_days: ReminderDays = ()
    complaint_reopen_days: ReopenDays = 7
    reminder_pause_days: PauseDays = 7
    reminder_stages: Stages | None = None
    upi_id: UpiId = ""
    iban: Iban = ""
    bic: Bic = ""
    account_name: AccountName = ""
    cash_desk: CashDeskRule = CashDeskRule.OPTIONAL


class BranchChange(Body):
    """What is to change of a branch; the code stays for ever."""

    name: Name | None = None
    currency: Currency | None = None
    time_zone: TimeZone | None = None
    locale: Locale | None = None
    tax_id: Line | None = None
    letterhead: Letterhead | None = None
    minimum_payment: Amount | None = None
    invoicing: Invoicing | None = None
    proration: Proration | None = None
    grace_days: GraceDays | None = None
    suspend_after_days: SuspendDays | None = None
    reminder_days: ReminderDays | None = None
    complaint_reopen_days: ReopenDays | None = None
    reminder_pause_days: PauseDays | None = None
    reminder_stages: Stages | None = None
    upi_id: UpiId | None = None
    iban: Iban | None = None
    bic: Bic | None = None
    account_name: AccountName | None = None
    cash_desk: CashDeskRule | None = None


@api.get("/branches", responses={200: BranchList})
def list_branches() -> Response:
    """The branches that you see."""
    found = ask(ListBranches())
    return answer(BranchList(items=[BranchView.of(branch) for branch in found.items], next=found.next))


@api.post("/branches", responses={201: BranchView})
def add_branch(body: BranchBody) -> Response:
    """Add a branch (operator admin)."""
    branch = ask(AddBranch(**_given(body)))
    return answer(BranchView.of(branch), 201, location=f"/branches/{branch.id}")


@api.get("/branches/<uuid:branch_id>", responses={200: BranchView})
def show_branch(path: BranchPath) -> Response:
    """One branch."""
    return answer(BranchView.of(ask(GetBranch(branch_id=path.branch_id))))


@api.patch("/branches/<uuid:branch_id>", responses={200: BranchView})
def change_branch(path: BranchPath, body: BranchChange) -> Response:
    """Change what is given of a branch (operator admin)."""
    return answer(BranchView.of(ask(ChangeBranch(branch_id=path.branch_id, **_given(body)))))


def _given(body: BranchBody | BranchChange) -> dict[str, Any]:
    """What was written, with stages as a call takes them."""
    given = body.given()
    if given.get("reminder_stages") is not None:
        given["reminder_stages"] = tuple(stage.model_dump() for stage in given["reminder_stages"])
    return given
