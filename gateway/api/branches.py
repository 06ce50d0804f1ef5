"""Branches with their policy."""

from typing import Annotated, Self
from uuid import UUID

from flask import Response
from pydantic import AfterValidator, BaseModel, Field

from contracts.calls.customers import AddBranch, ChangeBranch, GetBranch, ListBranches
from contracts.cards import BranchCard, CashDeskRule, Invoicing, Proration
from contracts.fields import BranchCode, Line, Name, one_line
from contracts.money import Money
from gateway.api.resource import answer, resource
from gateway.api.shapes import Amount, Body, Locale, Parameters, Whole
from gateway.rpc import ask

api = resource("branches", "branches", "Branches with their policy; MAIN is there from the start")

Currency = Annotated[str, Field(min_length=3, max_length=3), AfterValidator(one_line)]
TimeZone = Annotated[str, Field(max_length=60), AfterValidator(one_line)]
GraceDays = Annotated[Whole, Field(ge=0, le=365)]
SuspendDays = Annotated[Whole, Field(ge=1, le=730)]
ReminderDays = Annotated[tuple[Annotated[Whole, Field(ge=1, le=28)], ...], Field(max_length=28)]
Letterhead = Annotated[tuple[Line, ...], Field(max_length=6)]


class BranchPath(Parameters):
    """Which branch."""

    branch_id: UUID


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
    cash_desk: CashDeskRule | None = None


@api.get("/branches", responses={200: BranchList})
def list_branches() -> Response:
    """The branches that you see."""
    found = ask(ListBranches())
    return answer(BranchList(items=[BranchView.of(branch) for branch in found.items], next=found.next))


@api.post("/branches", responses={201: BranchView})
def add_branch(body: BranchBody) -> Response:
    """Add a branch (operator admin)."""
    branch = ask(AddBranch(**body.given()))
    return answer(BranchView.of(branch), 201, location=f"/branches/{branch.id}")


@api.get("/branches/<uuid:branch_id>", responses={200: BranchView})
def show_branch(path: BranchPath) -> Response:
    """One branch."""
    return answer(BranchView.of(ask(GetBranch(branch_id=path.branch_id))))


@api.patch("/branches/<uuid:branch_id>", responses={200: BranchView})
def change_branch(path: BranchPath, body: BranchChange) -> Response:
    """Change what is given of a branch (operator admin)."""
    return answer(BranchView.of(ask(ChangeBranch(branch_id=path.branch_id, **body.given()))))
