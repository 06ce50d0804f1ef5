"""Plans: what a branch offers, at prices from a date on."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from contracts.actor import Right
from contracts.calls.billing import AddPlan, GetPlan, ListPlans, SetPlanPrice
from contracts.calls.billing import PlanView as Plan
from contracts.cards import Service
from contracts.fields import Name, PlanCode
from gateway.api.branch_choice import branch_or_default
from gateway.api.resource import answer, resource
from gateway.api.shapes import Amount, Body, Day, PageQuery, Parameters
from gateway.rpc import ask

api = resource("plans", "plans", "Plans of cable TV and broadband, with prices from a date on")


class PlanPath(Parameters):
    """Which plan."""

    plan_id: UUID


class PlanPriceView(BaseModel):
    """A price and its first day."""

    model_config = ConfigDict(serialize_by_alias=True)

    price: str
    from_: date = Field(serialization_alias="from")


class PlanView(BaseModel):
    """A plan; `price` is today's, `prices` has them all, newest first, in `currency`."""

    id: UUID
    code: str
    name: str
    service: Service
    branch_id: UUID
    price: str
    currency: str
    prices: list[PlanPriceView]
    created_at: datetime

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """From the call's answer."""
        return cls(
            **plan.model_dump(include={"id", "code", "name", "service", "branch_id", "created_at"}),
            price=plan.price.decimal_text(),
            currency=plan.price.currency,
            prices=[PlanPriceView(price=p.price.decimal_text(), from_=p.valid_from) for p in plan.prices],
        )


class PlanList(BaseModel):
    """Plans by code."""

    items: list[PlanView]
    next: str | None


class PlanQuery(PageQuery):
    """Which plans."""

    branch_id: UUID | None = None
    service: Service | None = None


class PlanBody(Body):
    """A new plan. `branch_id` may be left out by who has one branch only; the operator admin then means MAIN."""

    code: PlanCode
    name: Name
    service: Service
    price: Amount
    branch_id: UUID | None = None


class PriceBody(Body):
    """A new price and its first day; what was charged stays."""

    price: Amount
    from_: Day = Field(alias="from")


@api.get("/plans", responses={200: PlanList})
def list_plans(query: PlanQuery) -> Response:
    """The plans of your branches."""
    fields = query.given()
    if "service" in fields:
        fields["service_kind"] = fields.pop("service")
    found = ask(ListPlans(**fields))
    return answer(PlanList(items=[PlanView.of(plan) for plan in found.items], next=found.next))


@api.post("/plans", responses={201: PlanView})
def add_plan(body: PlanBody) -> Response:
    """Add a plan to a branch."""
    branch_id = branch_or_default(body.branch_id, Right.MANAGE_PLANS)
    plan = ask(
        AddPlan(
            code=body.code, name=body.name, service_kind=body.service, price=body.price, branch_id=branch_id
        )
    )
    return answer(PlanView.of(plan), 201, location=f"/plans/{plan.id}")


@api.get("/plans/<uuid:plan_id>", responses={200: PlanView})
def show_plan(path: PlanPath) -> Response:
    """One plan."""
    return answer(PlanView.of(ask(GetPlan(plan_id=path.plan_id))))


@api.post("/plans/<uuid:plan_id>/prices", responses={201: PlanView})
def set_price(path: PlanPath, body: PriceBody) -> Response:
    """Set a new price from a day on."""
    plan = ask(SetPlanPrice(plan_id=path.plan_id, price=body.price, valid_from=body.from_))
    return answer(PlanView.of(plan), 201, location=f"/plans/{plan.id}")
