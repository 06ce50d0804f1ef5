"""The subscription of a row, as the mapping's rules say, checked field by field."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from contracts.cards import SubscriptionStatus
from contracts.errors import Refusal
from contracts.fields import Period, PlanCode, period_of
from contracts.money import Money
from deploy.imports.mapping import SubscriptionRules
from deploy.imports.sentences import sentence_of
from deploy.imports.source_tables import SourceRow
from deploy.imports.values import CellProblem, Rule, value_of

STATUSES = {
    "open": None, "closed": SubscriptionStatus.CLOSED, "voluntary_stop": SubscriptionStatus.VOLUNTARY_STOP,
    "forced_stop": SubscriptionStatus.FORCED_STOP,
}  # fmt: skip
"""What a mapping may say; `open` leaves the status to charges and dates."""
_DATE = TypeAdapter(date)
_PERIOD: TypeAdapter[str] = TypeAdapter(Period)
_PLAN: TypeAdapter[str] = TypeAdapter(PlanCode)


class PreparedSubscription(BaseModel):
    """A subscription, ready to be written. `price_minor` None: the plan's price holds."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    plan: str
    price_minor: int | None
    started_on: date
    billed_from: str
    status: SubscriptionStatus | None
    closed_on: date | None


@dataclass(frozen=True)
class Place:
    """What rows need to know of a branch, existing or to be made: its plans by code, with their service."""

    currency: str
    time_zone: str
    plans: frozenset[str]


class Fields:
    """Reads the fields of one subscription; what is wrong with them is listed."""

    def __init__(self, row: SourceRow, rules: SubscriptionRules, today: Callable[[], date]) -> None:
        self._row, self._rules, self._today = row, rules, today
        self.problems: list[str] = []

    def text(self, name: str) -> str:
        """The field as text; "" when there is none."""
        rule: Rule | None = getattr(self._rules, name)
        try:
            return value_of(rule, self._row.cells, self._today) if rule is not None else ""
        except CellProblem as problem:
            self.problems.append(f"{name} {problem}.")
            return ""

    def value(self, name: str, adapter: TypeAdapter[Any], *, required: bool = False) -> Any:
        """The field as what it must be; None when there is none."""
        before = len(self.problems)
        text = self.text(name)
        if not text:
            if required and len(self.problems) == before:
                self.problems.append(f"{name} is missing.")
            return None
        try:
            return adapter.validate_python(text)
        except ValidationError as error:
            self.problems.append(sentence_of({**error.errors()[0], "loc": (name,)}))
            return None


def prepare_subscription(
    row: SourceRow,
    rules: SubscriptionRules,
    place: Place | None,
    today: Callable[[], date],
    subscription_id: UUID,
) -> PreparedSubscription | list[str]:
    """The subscription, or everything that is wrong with it."""
    fields = Fields(row, rules, today)
    plan, started_on = (
        fields.value("plan", _PLAN, required=True),
        fields.value("started_on", _DATE, required=True),
    )
    billed_from = fields.value("billed_from", _PERIOD) or (period_of(started_on) if started_on else None)
    closed_on, status = fields.value("closed_on", _DATE), fields.text("status") or "open"
    price = _price(fields.text("price"), place, fields.problems)
    if status not in STATUSES:
        fields.problems.append(
            f'status is "{status[:40]}"; it may be {", ".join(STATUSES)} (dates and charges give the rest).'
        )
    if plan and place and plan not in place.plans:
        fields.problems.append(
            f'plan "{plan}" is not in the branch; describe it under `plans` of the mapping, or add it first.'
        )
    if started_on and billed_from and billed_from < period_of(started_on):
        fields.problems.append(f"billed_from {billed_from} lies before started_on {started_on.isoformat()}.")
    if fields.problems:
        return fields.problems
    return PreparedSubscription(
        id=subscription_id, plan=plan, price_minor=price, started_on=started_on, billed_from=billed_from,
        status=STATUSES[status], closed_on=closed_on,
    )  # fmt: skip


def _price(text: str, place: Place | None, problems: list[str]) -> int | None:
    if not text or place is None:
        return None
    try:
        price = Money.parse(text, place.currency, field="price")
    except Refusal as refusal:
        problems.append(f"price: {refusal.message}")
        return None
    if price.minor < 0:
        problems.append(f"price {price} is below zero.")
    return price.minor
