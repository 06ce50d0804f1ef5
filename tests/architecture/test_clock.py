"""Time comes from chassis.clock alone, so that a test, a rehearsal or a replay decides what day it is."""

import ast

import pytest

from tests.architecture.source_files import SourceFile, product_files

_READS_THE_CLOCK = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
}  # fmt: skip
ALLOWED = {"libs/chassis/clock.py"}


def clock_reads(tree: ast.Module) -> list[int]:
    """Lines that ask the machine for the date or a datetime; time.time() measures deadlines and is fine."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = getattr(owner, "id", getattr(owner, "attr", ""))
            if (name, node.attr) in _READS_THE_CLOCK:
                found.append(node.lineno)
    return found


def where(files: tuple[SourceFile, ...]) -> list[str]:
    return [
        f"{file.name}:{line}" for file in files if file.name not in ALLOWED for line in clock_reads(file.tree)
    ]


def test_only_the_clock_reads_the_clock() -> None:
    assert where(product_files()) == []


@pytest.mark.parametrize(
    "line", ["datetime.now(UTC)", "datetime.datetime.utcnow()", "date.today()", "datetime.today()"]
)
def test_reading_the_clock_is_noticed(line: str) -> None:
    assert clock_reads(ast.parse(line)) == [1]


def test_the_clock_is_where_the_others_expect_it() -> None:
    assert {file.name for file in product_files()} >= ALLOWED
