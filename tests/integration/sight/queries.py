"""PromQL as the tests look at it."""

import re

_NAME = re.compile(r"\b(?:headend|rabbitmq|process|erlang)_[a-z0-9_]+|\bup\b")


def names_in(expression: str) -> set[str]:
    """The figures that a query speaks of."""
    without_strings = re.sub(r'"[^"]*"', '""', expression)
    return set(_NAME.findall(without_strings))
