"""Answers made of nothing but their types, for tests to which any answer is as good as another."""

import enum
import types
from datetime import UTC, date, datetime
from typing import Annotated, Any, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from contracts.fields import period_text
from contracts.money import Money

_PLAIN: dict[Any, Any] = {
    UUID: UUID(int=3), date: date(2026, 11, 21), datetime: datetime(2026, 11, 21, 9, 30, tzinfo=UTC), bool: True,
    int: 1, float: 1.0, Money: Money.parse("250.00", "INR"), Any: "x", bytes: b"x", object: "x",
}  # fmt: skip
_NAMED = {
    "time_zone": "Asia/Kolkata", "currency": "INR",
    "locale": "en", "next": "more", "number": "MAIN-2026-000001", "payment_number": "MAIN-P2026-000001",
}  # fmt: skip
"""Texts that mean something, by the name of their field."""


def made_up(kind: type[BaseModel]) -> Any:
    """An answer of this kind, one item in each of its lists, nothing left out that may be there. Not validated."""
    values = {
        name: _value(
            Annotated[field.annotation, None, *field.metadata], name
        )  # None: something must stand there
        for name, field in kind.model_fields.items()
    }
    return kind.model_construct(**values)


def _value(kind: Any, name: str) -> Any:
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        is_period = any(getattr(rule, "func", None) is period_text for rule in inner)
        return "2026-11" if is_period else _value(inner[0], name)
    if name in _NAMED and kind in (str, UUID):
        return _NAMED[name]
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind is str:
        return "x"
    if origin in (Union, types.UnionType):
        return _value(next(one for one in inner if one is not type(None)), name)
    if origin is tuple or origin is list:
        return tuple(_value(one, name) for one in inner if one is not ...)
    if origin is dict:
        return {_value(inner[0], name): _value(inner[1], name)}
    if origin is not None:  # a Literal
        return inner[0]
    return next(iter(kind)) if issubclass(kind, enum.Enum) else made_up(kind)
