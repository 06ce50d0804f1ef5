"""Small rooms: a module of 300 lines and a function of 40 can be read in one go."""

import ast
from collections.abc import Iterator

from tests.architecture.source_files import SourceFile, all_files

MODULE_LINES = 300
FUNCTION_LINES = 40

# "path" for a module, "path::function" for a function, with the reason why it is better long.
_FLAT = "one flat list of declarations; a call's service is its module's name, so the list cannot be split"
EXCUSED: dict[str, str] = {
    "libs/contracts/calls/billing.py": _FLAT,
    "libs/contracts/calls/customers.py": _FLAT,
    "libs/contracts/events.py": _FLAT,
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def function_lines(function: Function) -> int:
    """Lines from `def` to the end, without the docstring: promises may be as long as they need to be."""
    first = function.body[0]
    promised = 0
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        promised = (first.end_lineno or first.lineno) - first.lineno + 1
    return (function.end_lineno or function.lineno) - function.lineno + 1 - promised


def too_long(file: SourceFile) -> Iterator[tuple[str, int]]:
    lines = file.text.count("\n")
    if lines > MODULE_LINES:
        yield file.name, lines
    for node in ast.walk(file.tree):
        if isinstance(node, Function) and function_lines(node) > FUNCTION_LINES:
            yield f"{file.name}::{node.name}", function_lines(node)


def all_too_long() -> dict[str, int]:
    return dict(found for file in all_files() if not file.is_migration for found in too_long(file))


def test_no_module_and_no_function_outgrows_its_reader() -> None:
    found = {place: lines for place, lines in all_too_long().items() if place not in EXCUSED}
    assert not found, "split these by what they are about, or excuse them in EXCUSED with a reason"


def test_an_excuse_ends_when_its_reason_is_gone() -> None:
    assert set(EXCUSED) <= set(all_too_long())
    assert all(len(reason) > 20 for reason in EXCUSED.values())


def test_a_docstring_does_not_count_as_length() -> None:
    body = "\n".join(f"    x{number} = {number}" for number in range(41))
    module = ast.parse(f'def long():\n    """Promise.\n\n    More.\n    """\n{body}\n')
    function = module.body[0]
    assert isinstance(function, ast.FunctionDef)
    assert function_lines(function) == 42
