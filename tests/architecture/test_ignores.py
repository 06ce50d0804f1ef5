"""An ignore without a reason cannot be judged by the next reader."""

import re

import pytest

from tests.architecture.source_files import all_files

_NOQA = re.compile(r"#\s*(?:ruff:\s*)?noqa\b(?P<rest>.*)$", re.IGNORECASE)
_NOQA_WITH_REASON = re.compile(r"^: ?[A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)*\s+(?:-|#)\s*\S.{4,}$")
_TYPE_IGNORE = re.compile(r"#\s*type:\s*ignore(?P<rest>.*)$")
_TYPE_IGNORE_WITH_REASON = re.compile(r"^\[[a-z-]+(?:, ?[a-z-]+)*\]\s*(?:#|-)\s*\S.{4,}$")
_SILENT_COVER = re.compile(r"#\s*(?:pragma:\s*no cover|mypy:\s*ignore-errors)")


def unreasoned(line: str) -> bool:
    """Whether the line silences a tool without a rule's name and a reason."""
    for form, reasoned in ((_NOQA, _NOQA_WITH_REASON), (_TYPE_IGNORE, _TYPE_IGNORE_WITH_REASON)):
        found = form.search(line)
        if found and not reasoned.match(found.group("rest").rstrip()):
            return True
    return bool(_SILENT_COVER.search(line))


def test_every_ignore_names_its_rule_and_its_reason() -> None:
    this_test = "tests/architecture/test_ignores.py"
    found = [
        f"{file.name}:{number}"
        for file in all_files()
        if file.name != this_test
        for number, line in enumerate(file.text.splitlines(), start=1)
        if unreasoned(line)
    ]
    assert not found, 'write "# noqa: RULE - reason" or "# type: ignore[rule]  # reason"'


@pytest.mark.parametrize(
    ("line", "silent"),
    [
        ("x = 1  # noqa", True),
        ("x = 1  # noqa: E501", True),
        ("x = 1  # noqa: E501 - a URL", False),
        ("x = 1  # noqa: BLE001, S110 - the caller is told", False),
        ("import x  # type: ignore", True),
        ("import x  # type: ignore[import-untyped]", True),
        ("import x  # type: ignore[import-untyped]  # ships no types", False),
        ("# mypy: ignore-errors", True),
        ("x = 1  # a comment", False),
    ],
)
def test_what_counts_as_a_reason(line: str, silent: bool) -> None:
    assert unreasoned(line) is silent
