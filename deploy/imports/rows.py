"""A row of the table becomes a customer with subscriptions, checked field by field, or a list of what is wrong."""

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from contracts.cards import SubscriptionStatus
from contracts.errors import Refusal
from contracts.fields import Period, PlanCode, period_of
from contracts.money import Money
from customers.domain.places import require_locale
from customers.usecases.import_customers import CustomerRow
from deploy.imports.mapping import CustomerRules, Mapping, SubscriptionRules
from deploy.imports.source_tables import SourceRow
from deploy.imports.values import CellProblem, Rule, value_of

NOT_YET = UUID(int=0)
"""Stands for the id of a branch until the branches are made."""

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


class PreparedRow(BaseModel):
    """A row, ready to be written; the branch is known by its code."""

    model_config = ConfigDict(frozen=True)

    number: int
    branch: str
    customer: CustomerRow
    subscriptions: tuple[PreparedSubscription, ...]


@dataclass(frozen=True)
class Place:
    """What rows need to know of a branch, existing or to be made: its plans by code, with their service."""

    currency: str
    time_zone: str
    plans: frozenset[str]


@dataclass(frozen=True)
class Surroundings:
    """What a row is checked against. `business_date` is that of a time zone, the same until the import is complete."""

    import_id: UUID
    mapping: Mapping
    places: Lookup[str, Place]
    business_date: Callable[[str], date]


class RowProblems(Exception):
    """What is wrong with a row, a sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def prepare(row: SourceRow, around: Surroundings) -> PreparedRow:
    """The row, ready to be written. Raises RowProblems with everything that is wrong with it."""
    if row.problem is not None:
        raise RowProblems([f"the row {row.problem}."])
    problems: list[str] = []
    branch, place = _place(row, around, problems)
    today = _today(around, place)
    customer = _customer(row, around, today, problems)
    subscriptions: list[PreparedSubscription] = []
    for number, rules in enumerate(around.mapping.subscriptions):
        if rules.when is None or rules.when.holds(row.cells):
            crf = customer.crf if customer else ""
            found = _subscription(
                row, rules, place, today, uuid5(around.import_id, f"subscription:{crf}:{number}")
            )
            if isinstance(found, list):
                problems += found
            else:
                subscriptions.append(found)
    if problems or customer is None:
        raise RowProblems(problems)
    return PreparedRow(
        number=row.number, branch=branch, customer=customer, subscriptions=tuple(subscriptions)
    )


def customer_id_of(import_id: UUID, crf: str) -> UUID:
    """A customer's id: the same whenever the same import is tried again."""
    return uuid5(import_id, f"customer:{crf.casefold()}")


def _place(row: SourceRow, around: Surroundings, problems: list[str]) -> tuple[str, Place | None]:
    try:
        code = value_of(around.mapping.customer.branch, row.cells, no_date)
    except CellProblem as problem:
        problems.append(f"branch {problem}.")
        return "", None
    place = around.places.get(code)
    if place is None:
        problems.append(
            f'there is no branch "{code[:20]}"; add it under `branches` of the mapping, or correct it.'
        )
    return code, place


def no_date() -> date:
    """Stands for the business date where none is known yet. Raises CellProblem."""
    raise CellProblem("cannot depend on the business date, which is the branch's own")


def _today(around: Surroundings, place: Place | None) -> Callable[[], date]:
    return lambda: around.business_date(place.time_zone if place else "UTC")


def _customer(
    row: SourceRow, around: Surroundings, today: Callable[[], date], problems: list[str]
) -> CustomerRow | None:
    values: dict[str, Any] = {}
    for name, rule in _customer_rules(around.mapping.customer):
        try:
            values[name] = value_of(rule, row.cells, today)
        except CellProblem as problem:
            problems.append(f"{name} {problem}.")
    for name in ("date_of_birth", "locale", "username"):
        values[name] = values.get(name) or None
    values["mobile"] = values.get("mobile", "").removesuffix(
        ".0"
    )  # Access and spreadsheets make numbers of them
    values |= {"id": customer_id_of(around.import_id, values.get("crf", "")), "branch_id": NOT_YET}
    try:
        customer = CustomerRow.model_validate(values)
    except ValidationError as error:
        failed = {str(problem.split(" ", 1)[0]) for problem in problems}
        sentences = [sentence_of(dict(one)) for one in error.errors()]
        problems += [sentence for sentence in sentences if sentence.split(" ", 1)[0] not in failed]
        return None
    return customer if _fits(customer, today, problems) else None


def _customer_rules(rules: CustomerRules) -> Iterator[tuple[str, Rule]]:
    return ((name, rule) for name, rule in rules if rule is not None and name != "branch")


def _fits(customer: CustomerRow, today: Callable[[], date], problems: list[str]) -> bool:
    before = len(problems)
    if customer.locale is not None:
        try:
            require_locale(customer.locale)
        except Refusal as refusal:
            problems.append(f"locale: {refusal.message}")
    if customer.date_of_birth is not None and customer.date_of_birth > today():
        problems.append(f"date_of_birth {customer.date_of_birth.isoformat()} lies in the future.")
    return len(problems) == before


def _subscription(
    row: SourceRow,
    rules: SubscriptionRules,
    place: Place | None,
    today: Callable[[], date],
    subscription_id: UUID,
) -> PreparedSubscription | list[str]:
    problems: list[str] = []

    def read(name: str, adapter: TypeAdapter[Any] | None, default: Any) -> Any:
        rule: Rule | None = getattr(rules, name)
        try:
            text = value_of(rule, row.cells, today) if rule is not None else ""
            if not text or adapter is None:
                return text or default
            return adapter.validate_python(text)
        except CellProblem as problem:
            problems.append(f"{name} {problem}.")
        except ValidationError as error:
            problems.append(sentence_of({**error.errors()[0], "loc": (name,)}))
        return default

    plan, started_on = read("plan", _PLAN, None), read("started_on", _DATE, None)
    closed_on, status = read("closed_on", _DATE, None), read("status", None, "open")
    billed_from = read("billed_from", _PERIOD, None) or (period_of(started_on) if started_on else None)
    price = _price(read("price", None, ""), place, problems)
    for name, value in (("plan", plan), ("started_on", started_on)):
        if value is None and not any(problem.startswith(name) for problem in problems):
            problems.append(f"{name} is missing.")
    if status not in STATUSES:
        problems.append(
            f'status is "{status[:40]}"; it may be {", ".join(STATUSES)} (dates and charges give the rest).'
        )
    if plan and place and plan not in place.plans:
        problems.append(
            f'plan "{plan}" is not in the branch; describe it under `plans` of the mapping, or add it first.'
        )
    if started_on and billed_from and billed_from < period_of(started_on):
        problems.append(f"billed_from {billed_from} lies before started_on {started_on.isoformat()}.")
    if problems:
        return problems
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


_REASONS = {
    "crf": "must be 1 to 40 letters, digits and / . _ - (no blanks)",
    "username": "must be 2 to 100 letters, digits and . _ @ + -",
    "plan": "must be 1 to 40 letters, digits and . _ - (no blanks)",
}


def sentence_of(problem: dict[str, Any]) -> str:
    """One of pydantic's findings as a sentence that begins with the field."""
    field, given, kind = str(problem["loc"][0]), problem.get("input"), problem["type"]
    if given is None or given == "":
        return f"{field} is missing."
    length = len(given) if isinstance(given, str) else 0
    if kind == "string_too_long":
        return f"{field} has {length:,} characters; at most {problem['ctx']['max_length']:,} are kept."
    shown = f'"{_printable(given[:40])}{"…" if length > 40 else ""}" ' if length else ""
    if kind == "string_pattern_mismatch":
        return f"{field} {shown}{_REASONS.get(field, 'is not written as it must be')}."
    if kind.startswith("date"):
        return f"{field} {shown}is no date such as 2026-11-21; say in the mapping how it is written (date: DD/MM/YYYY)."
    reason = str(problem["msg"]).removeprefix("Value error, ")
    return f"{field} {shown}{reason.rstrip('.')}."


def _printable(text: str) -> str:
    """The text with control characters and the like written out, so that a terminal shows and does not obey them."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
