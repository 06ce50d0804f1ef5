"""Where a value comes from: columns, constants and a few derivations that are the same on every machine."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from deploy.imports.values import CellProblem, Rule, born, date_written, value_of

CELLS = {
    "id": "7590-VHVEG",
    "tenure": "34",
    "net": "DSL",
    "price": "1.234,50",
    "since": "31.01.2023",
    "blank": "",
}


def read(**rule: Any) -> str:
    return value_of(Rule.model_validate(rule), CELLS, lambda: date(2026, 11, 21))


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ({"column": "id"}, "7590-VHVEG"),
        ({"column": "blank"}, ""),
        ({"column": "blank", "default": "none"}, "none"),
        ({"constant": "INR"}, "INR"),
        ({"template": "cust-{id}@example.com", "case": "lower"}, "cust-7590-vhveg@example.com"),
        ({"template": "{id.__class__} {0}"}, ""),
        ({"column": "net", "map": {"No": "cable_tv", "default": "broadband"}}, "broadband"),
        ({"column": "net", "map": {"DSL": "x", "default": "y"}}, "x"),
        ({"months_before": "tenure"}, "2024-01-01"),
        ({"business_month": 0}, "2026-11"),
        ({"business_month": "-11"}, "2025-12"),
        ({"business_month": 1}, "2026-12"),
        ({"column": "price", "decimal": "comma"}, "1234.50"),
        ({"column": "since", "date": "DD.MM.YYYY"}, "2023-01-31"),
    ],
)
def test_a_value_comes_from_where_its_rule_says(rule: dict[str, Any], value: str) -> None:
    assert read(**rule) == value


def test_a_hash_is_the_same_for_ever() -> None:
    """Changing it would move the customers of an import that is half done to other branches."""
    assert read(hash_modulo="id", of=["A", "B", "C"]) == "C"
    assert read(digits_of_hash="id", length=10, prefix="+1") == "+17979448224"


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"column": "net", "map": {"No": "cable_tv"}}, 'is "DSL", which the mapping does not know'),
        ({"months_before": "net"}, "must be a whole number"),
        ({"column": "id", "date": "YYYY-MM-DD"}, "no date written YYYY-MM-DD"),
    ],
)
def test_a_cell_that_a_rule_cannot_read_is_named(rule: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CellProblem, match=sentence):
        read(**rule)


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"column": "a", "constant": "b"},
        {"hash_modulo": "a"},
        {"column": "a", "of": ["x"]},
        {"column": "a", "date": "%Y-%m-%d"},
        {"column": "a", "eval": "1"},
        {"business_month": 2},
    ],
)
def test_a_rule_has_one_source_and_only_what_it_needs(rule: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Rule.model_validate(rule)


@pytest.mark.parametrize(
    ("text", "form", "day"),
    [
        ("01/31/23 00:00:00", "MM/DD/YY", date(2023, 1, 31)),
        ("01/31/23", "MM/DD/YY", date(2023, 1, 31)),
        ("01/01/90 00:00:00", "MM/DD/YY", date(1990, 1, 1)),
        ("01/01/68", "MM/DD/YY", date(2068, 1, 1)),
        ("20240229", "YYYYMMDD", date(2024, 2, 29)),
    ],
)
def test_a_date_is_read_as_it_is_written(text: str, form: str, day: date) -> None:
    assert date_written(text, form) == day


@pytest.mark.parametrize("text", ["02/30/23", "31/01/23", "01/31/23 12:00:00", "1/1/23", "०१/३१/२३", ""])
def test_what_is_no_day_is_no_date(text: str) -> None:
    with pytest.raises(CellProblem):
        date_written(text, "MM/DD/YY")


def test_nobody_was_born_after_today() -> None:
    assert born(date(2045, 5, 1), date(2026, 11, 21)) == date(1945, 5, 1)
    assert born(date(1990, 5, 1), date(2026, 11, 21)) == date(1990, 5, 1)
