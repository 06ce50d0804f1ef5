"""The mapping: a YAML file that says which column of a table is what. docs/how-to/import.md shows one."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from contracts.calls.customers import AddBranch
from contracts.cards import Service
from contracts.fields import BranchCode, Name, PlanCode
from deploy.imports import limits
from deploy.imports.refusals import MappingRefused
from deploy.imports.source_tables import SourceTable
from deploy.imports.values import Rule, Value

_STRICT = ConfigDict(frozen=True, extra="forbid")


def _many(value: object) -> object:
    return [value] if isinstance(value, str) else value


class PlanToMake(BaseModel):
    """A plan that is made in every branch where a row needs it; the price is in the branch's currency."""

    model_config = _STRICT

    name: Name
    service: Service
    price: str


class Condition(BaseModel):
    """Holds for a row whose column has one of these texts (`is`), or none of those (`is_not`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    column: str
    any_of: Annotated[tuple[str, ...], BeforeValidator(_many), Field(alias="is")] = ()
    none_of: Annotated[tuple[str, ...], BeforeValidator(_many), Field(alias="is_not")] = ()

    @model_validator(mode="after")
    def _says_something(self) -> "Condition":
        if bool(self.any_of) == bool(self.none_of):
            raise ValueError("needs `is` or `is_not`")
        return self

    def holds(self, cells: dict[str, str]) -> bool:
        """Whether the row is meant."""
        text = cells.get(self.column, "")
        return text in self.any_of if self.any_of else text not in self.none_of


class CustomerRules(BaseModel):
    """Where each field of a customer comes from. What is not named stays empty."""

    model_config = _STRICT

    crf: Value
    name: Value
    branch: Value = Rule(constant="MAIN")
    username: Value | None = None
    email: Value | None = None
    mobile: Value | None = None
    date_of_birth: Value | None = None
    id_type: Value | None = None
    id_number: Value | None = None
    house_name: Value | None = None
    street: Value | None = None
    area: Value | None = None
    district: Value | None = None
    state: Value | None = None
    country: Value | None = None
    postal_code: Value | None = None
    locale: Value | None = None
    notes: Value | None = None


class SubscriptionRules(BaseModel):
    """A subscription of each customer for whom `when` holds."""

    model_config = _STRICT

    when: Condition | None = None
    plan: Value
    started_on: Value
    price: Value | None = None
    billed_from: Value | None = None
    status: Value = Rule(constant="open")
    closed_on: Value | None = None


class Mapping(BaseModel):
    """A whole mapping."""

    model_config = _STRICT

    sheet: str | None = None
    branches: Annotated[dict[BranchCode, AddBranch], Field(max_length=1000)] = {}
    plans: Annotated[dict[PlanCode, PlanToMake], Field(max_length=1000)] = {}
    customer: CustomerRules
    subscriptions: Annotated[tuple[SubscriptionRules, ...], Field(max_length=10)] = ()

    @model_validator(mode="before")
    @classmethod
    def _name_branches(cls, document: object) -> object:
        """A branch is described under its code; which row of the database it becomes is not known yet."""
        if not isinstance(document, dict) or not isinstance(document.get("branches"), dict):
            return document
        branches = {
            code: {**described, "code": code} if isinstance(described, dict) else described
            for code, described in document["branches"].items()
        }
        return {**document, "branches": branches}

    def fingerprint(self) -> str:
        """The same for two mappings that say the same, however they are written."""
        said = json.dumps(self.model_dump(mode="json", exclude_defaults=True), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()

    def columns(self) -> Iterator[tuple[str, str]]:
        """Every column that is read, with the place in the mapping that names it."""
        for name, rule in self.customer:
            yield from ((f"customer.{name}", column) for column in (rule.columns() if rule else ()))
        for number, rules in enumerate(self.subscriptions):
            if rules.when:
                yield f"subscriptions.{number}.when", rules.when.column
            for name, rule in rules:
                if isinstance(rule, Rule):
                    yield from ((f"subscriptions.{number}.{name}", column) for column in rule.columns())


def read_mapping(path: Path) -> Mapping:
    """Read a mapping. Raises MappingRefused with a sentence for each thing that is wrong."""
    if path.stat().st_size > limits.MAPPING_BYTES:
        raise MappingRefused(f"{path.name} is larger than {limits.MAPPING_BYTES:,} bytes; is it a mapping?")
    try:
        text = path.read_text(encoding="utf-8-sig")
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise MappingRefused(f"{path.name} uses YAML aliases (*name); write each value out.")
        # Every scalar stays text: `No` and `2026-11` are meant as they are written.
        document = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader makes only texts, lists and dicts
    except UnicodeDecodeError:
        raise MappingRefused(f"{path.name} is not UTF-8 text.") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise MappingRefused(f"{path.name} is not YAML: {' '.join(str(error).split())[:300]}") from None
    if not isinstance(document, dict):
        raise MappingRefused(
            f"{path.name} must hold `customer:` with the columns; see docs/how-to/import.md."
        )
    try:
        return Mapping.model_validate(document)
    except ValidationError as error:
        sentences = [_sentence(dict(problem)) for problem in error.errors()[:20]]
        raise MappingRefused(
            "\n".join([f"{path.name} is not a mapping that can be used:", *sentences])
        ) from None


def require_columns(mapping: Mapping, table: SourceTable, file: str) -> None:
    """Raises MappingRefused when the mapping names columns that the file does not have, or has twice."""
    problems = []
    for place, column in mapping.columns():
        if column not in table.columns:
            problems.append(
                f'  {place} names the column "{column[:60]}", which {file} does not have. '
                "(A fixed value is written {constant: ...}.)"
            )
        elif column in table.repeated:
            problems.append(f'  {place} names the column "{column[:60]}", which {file} has more than once.')
    if problems:
        have = ", ".join(name[:40] for name in table.columns[:40] if name)
        raise MappingRefused(
            "\n".join(["The mapping does not fit the file:", *problems, f"  It has: {have}."])
        )


def _sentence(problem: dict[str, object]) -> str:
    location = problem["loc"]
    place = ".".join(str(part) for part in location) if isinstance(location, tuple) else ""
    reasons = {"missing": "is missing", "extra_forbidden": "is nothing that a mapping has"}
    reason = reasons.get(str(problem["type"]), str(problem["msg"]).removeprefix("Value error, "))
    return f"  {place or 'the mapping'}: {reason}"
