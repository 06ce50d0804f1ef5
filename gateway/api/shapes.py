"""Shapes that all resources share: bodies, queries, amounts, days, pages of a list."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from contracts.fields import IdempotencyKey, Name, one_line
from contracts.money import Money

_DAY = re.compile(r"^\d{4}-\d\d-\d\d$", re.ASCII)


class Body(BaseModel):
    """A JSON body. Fields that it does not know are refused, so that a typing error is never silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    def given(self) -> dict[str, Any]:
        """The fields that the caller wrote, as they go into a call."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Parameters(BaseModel):
    """Parameters from outside the body; flask-openapi asks for their schema at every request, so it is made once."""

    @classmethod
    @lru_cache(maxsize=256)
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:  # type: ignore[override]  # cached
        """The JSON schema, from a cache."""
        return super().model_json_schema(*args, **kwargs)


class Query(Parameters):
    """Parameters of the query string; empty ones count as not given, unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, given: Any) -> Any:
        return (
            {name: value for name, value in given.items() if value != ""}
            if isinstance(given, dict)
            else given
        )

    def given(self) -> dict[str, Any]:
        """The parameters that the caller wrote, as they go into a call."""
        return {name: getattr(self, name) for name in self.model_fields_set}


Cursor = Annotated[str, Field(max_length=400), AfterValidator(one_line)]


class PageQuery(Query):
    """Where in a list, and how much of it."""

    cursor: Cursor | None = Field(None, description="`next` of the page before")
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class KeyHeader(Parameters):
    """The key that makes a write repeatable (RULES, payments)."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    key: IdempotencyKey = Field(
        alias="Idempotency-Key",
        description="A value of your own, such as a UUID. The same request sent again with it is carried out once.",
    )


class OptionalKeyHeader(Parameters):
    """The same key where it is not demanded."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    key: IdempotencyKey | None = Field(
        None,
        alias="Idempotency-Key",
        description="Sent again with the same key, the request is carried out once.",
    )


class CustomerPath(Parameters):
    """Which customer."""

    customer_id: UUID


def _amount_text(value: object) -> object:
    # Numbers were read by their text (json_body), so 250.5 is Decimal("250.5") here and was never a float.
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


Amount = Annotated[
    str,
    Field(max_length=30),
    AfterValidator(one_line),
    BeforeValidator(_amount_text),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "maxLength": 30}, {"type": "number"}],
            "description": 'A decimal string such as "250.00", in the currency of the branch. '
            "A JSON number is taken by its very digits; exponents are refused.",
            "example": "250.00",
        }
    ),
]
"""An amount as asked for; the service that owns the currency reads it."""


def _iso_day(value: object) -> object:
    if not isinstance(value, str) or not _DAY.match(value):
        raise ValueError('must be a day written like "2026-11-21"')
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value} is not a day of the calendar") from None


Day = Annotated[date, BeforeValidator(_iso_day), WithJsonSchema({"type": "string", "format": "date"})]
Whole = Annotated[int, Field(strict=True)]
YesNo = Annotated[bool, Field(strict=True)]
Search = Annotated[str, Field(max_length=200), AfterValidator(one_line)]
Locale = Annotated[str, Field(max_length=20), AfterValidator(one_line)]
FilledName = Annotated[Name, Field(description="Not empty, one line")]


def text_of(amount: Money | None) -> str | None:
    """An amount as the API shows it, its currency standing beside it in the resource."""
    return None if amount is None else amount.decimal_text()
