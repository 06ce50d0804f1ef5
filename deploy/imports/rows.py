"""A row of the table becomes a customer with subscriptions, checked field by field, or a list of what is wrong."""

from collections.abc import Callable, Iterator
from collections.abc import Mapping as Lookup
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, ValidationError

from contracts.errors import Refusal
from customers.domain.places import require_locale
from customers.usecases.import_customers import CustomerRow
from deploy.imports.mapping import CustomerRules, Mapping
from deploy.imports.sentences import sentence_of
from deploy.imports.source_tables import SourceRow
from deploy.imports.subscriptions import Place, PreparedSubscription, prepare_subscription
from deploy.imports.values import CellProblem, Rule, born, value_of

NOT_YET = UUID(int=0)
"""Stands for the id of a branch until the branches are made."""


class PreparedRow(BaseModel):
    """A row, ready to be written; the branch is known by its code."""

    model_config = ConfigDict(frozen=True)

    number: int
    branch: str
    customer: CustomerRow
    subscriptions: tuple[PreparedSubscription, ...]


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
            found = prepare_subscription(
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
            if name == "date_of_birth" and values[name] and rule.has_short_year():
                values[name] = born(date.fromisoformat(values[name]), today()).isoformat()
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
