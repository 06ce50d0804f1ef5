"""How a mapping says where a value comes from: a column, a constant, or one of a few derivations. Nothing is executed.

docs/how-to/import.md explains each form.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from billing.domain.periods import add_months
from contracts.fields import period_of

_PLACE = re.compile(r"\{([^{}]+)\}")
_DATE_PART = re.compile(r"YYYY|YY|MM|DD")
_SHORT_YEARS_FROM = 69
"""Two-digit years as POSIX reads them: 68 is 2068, 69 is 1969."""
_SOURCES = (
    "column", "constant", "template", "hash_modulo", "digits_of_hash", "months_before", "business_month",
)  # fmt: skip
MOST_MONTHS = 1200


class CellProblem(Exception):
    """A cell does not hold what its rule needs. The text continues a sentence that begins with the field."""


class Rule(BaseModel):
    """Where one value comes from (exactly one source), and what is done with it: map, case, date, decimal, in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str | None = None
    constant: str | None = None
    template: Annotated[str | None, Field(max_length=500)] = None
    hash_modulo: str | None = None
    digits_of_hash: str | None = None
    months_before: str | None = None
    business_month: Annotated[int | None, Field(ge=-MOST_MONTHS, le=1)] = None
    of: Annotated[tuple[str, ...], Field(max_length=1000)] = ()
    length: Annotated[int, Field(ge=1, le=18)] = 10
    prefix: Annotated[str, Field(max_length=20)] = ""
    map: dict[str, str] | None = None
    case: Literal["lower", "upper"] | None = None
    date: Annotated[str | None, Field(max_length=30)] = None
    decimal: Literal["comma"] | None = None
    default: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "Rule":
        given = [name for name in _SOURCES if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"needs exactly one of {', '.join(_SOURCES)}; it has {', '.join(given) or 'none'}"
            )
        if (self.hash_modulo is not None) != bool(self.of):
            raise ValueError("hash_modulo and the list `of` belong together")
        if self.date is not None and sorted(part[0] for part in _DATE_PART.findall(self.date)) != [
            "D",
            "M",
            "Y",
        ]:
            raise ValueError("date is written with DD, MM and YYYY (or YY), such as DD.MM.YYYY")
        return self

    def has_short_year(self) -> bool:
        """Whether a date comes with two digits of its year."""
        return self.date is not None and "YYYY" not in self.date

    def columns(self) -> Iterator[str]:
        """The columns that the rule reads."""
        for name in (self.column, self.hash_modulo, self.digits_of_hash, self.months_before):
            if name is not None:
                yield name
        yield from _PLACE.findall(self.template or "")


def _column_alone(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


Value = Annotated[Rule, BeforeValidator(_column_alone)]
"""A rule; in the mapping a text alone names a column."""


def value_of(rule: Rule, cells: dict[str, str], business_date: Callable[[], date]) -> str:
    """The value for a row; "" when there is none. `business_date` is asked only by rules that need it.

    Raises CellProblem.
    """
    text = _source(rule, cells, business_date)
    if not text:
        return rule.default or ""
    if rule.map is not None:
        text = _mapped(rule.map, text)
    if rule.case is not None:
        text = text.lower() if rule.case == "lower" else text.upper()
    if rule.date is not None:
        text = date_written(text, rule.date).isoformat()
    if rule.decimal == "comma":
        text = text.replace(".", "").replace("\u00a0", "").replace(" ", "").replace(",", ".")
    return text


def _source(rule: Rule, cells: dict[str, str], business_date: Callable[[], date]) -> str:
    if rule.column is not None:
        return cells.get(rule.column, "")
    if rule.constant is not None:
        return rule.constant
    if rule.template is not None:
        return _PLACE.sub(lambda place: cells.get(place.group(1), ""), rule.template).strip()
    if rule.hash_modulo is not None:
        return rule.of[_hash(cells.get(rule.hash_modulo, "")) % len(rule.of)]
    if rule.digits_of_hash is not None:
        number = _hash(cells.get(rule.digits_of_hash, "")) % 10**rule.length
        return f"{rule.prefix}{number:0{rule.length}d}"
    if rule.months_before is not None:
        return _months_before(cells.get(rule.months_before, ""), business_date())
    return add_months(period_of(business_date()), rule.business_month or 0)


def _hash(text: str) -> int:
    """The same number for the same text, on every machine and for ever."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())


def _months_before(text: str, today: date) -> str:
    if not text.isascii() or not text.isdigit() or int(text[:6]) > MOST_MONTHS:
        raise CellProblem(
            f'is counted back by "{text[:40]}" months; that must be a whole number up to {MOST_MONTHS}'
        )
    return f"{add_months(period_of(today), -int(text))}-01"


def _mapped(choices: dict[str, str], text: str) -> str:
    found = choices.get(text, choices.get("default"))
    if found is None:
        known = ", ".join(list(choices)[:12])
        raise CellProblem(
            f'is "{text[:40]}", which the mapping does not know (it knows {known}); correct it, or add it under map'
        )
    return found


def date_written(text: str, form: str) -> date:
    """The day in a text such as "01/31/23" (MM/DD/YY); a midnight behind it does not matter. Raises CellProblem."""
    pattern = _DATE_PART.sub(lambda part: rf"(?P<{part.group()}>\d{{{len(part.group())}}})", re.escape(form))
    found = re.match(f"^{pattern}(?:[ T]00:00(?::00)?)?$", text, re.ASCII)
    if found is None:
        raise CellProblem(f'is "{text[:40]}", which is no date written {form}')
    parts = {name: int(number) for name, number in found.groupdict().items()}
    year = parts.get("YYYY")
    if year is None:
        year = parts["YY"] + (1900 if parts["YY"] >= _SHORT_YEARS_FROM else 2000)
    try:
        return date(year, parts["MM"], parts["DD"])
    except ValueError:
        raise CellProblem(f'is "{text[:40]}", a day that the calendar does not have') from None


def born(day: date, today: date) -> date:
    """A date of birth written with two digits of the year: nobody was born after today."""
    return day.replace(year=day.year - 100) if day > today and (day.month, day.day) != (2, 29) else day
