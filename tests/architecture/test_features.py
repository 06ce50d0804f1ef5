"""docs/features.md keeps every number once, and the tests that it names are there."""

import re

from tests.architecture.source_files import ROOT

ROW = re.compile(r"^\| (C\d\d) .*\| (done|screen|API|-) \|(.*)\|(.*)\|$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs" / "features.md").read_text())


def names_of_tests() -> set[str]:
    modules = [path.read_text() for path in (ROOT / "tests").rglob("*.py")]
    return {name for module in modules for name in re.findall(r"^ *def (test_\w+)", module, re.MULTILINE)}


def test_every_item_of_ctvms_stands_there_once() -> None:
    assert [number for number, *_ in ROWS] == [f"C{number:02}" for number in range(1, 65)]


def test_every_test_that_is_named_is_there() -> None:
    named = {name for *_, shown_by in ROWS for name in re.findall(r"`(\w+)`", shown_by)}
    assert named - names_of_tests() == set()


def test_what_is_there_has_a_place_and_a_test() -> None:
    assert [number for number, state, _, shown_by in ROWS if (state == "-") == bool(shown_by.strip())] == []


def test_the_places_are_there() -> None:
    places = {place for _, _, where, _ in ROWS for place in re.findall(r"`([\w/.]+/[\w/.]+)`", where)}
    assert sorted(place for place in places if not (ROOT / place).exists()) == []
