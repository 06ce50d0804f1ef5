"""docs/security-checks.md keeps every number once, and the tests and places that it names are there."""

import re

from tests.architecture.source_files import ROOT
from tests.architecture.test_features import names_of_tests

ROW = re.compile(r"^\| (S\d\d) [^|]*\| (done|waits) \|([^|]*)\|([^|]*)\|([^|]*)\|$", re.MULTILINE)
PAGE = (ROOT / "docs" / "security-checks.md").read_text()
ROWS = ROW.findall(PAGE)


def test_every_check_stands_there_once() -> None:
    assert [number for number, *_ in ROWS] == [f"S{number:02}" for number in range(1, 26)]


def test_every_test_that_a_check_names_is_there() -> None:
    named = {name for *_, shown_by in ROWS for name in re.findall(r"`(\w+)`", shown_by)}
    assert len(named) > 100 and named - names_of_tests() == set()


def test_every_check_has_a_promise_a_place_and_a_test() -> None:
    assert [
        number
        for number, _, promise, where, shown in ROWS
        if not (promise.strip() and "`" in where and "`" in shown)
    ] == []


def test_the_places_of_the_checks_are_there() -> None:
    places = {place for *_, where, _ in ROWS for place in re.findall(r"`([\w/.]+)`", where)}
    assert len(places) > 15 and sorted(place for place in places if not (ROOT / place).exists()) == []


def test_what_waits_says_for_what() -> None:
    assert [
        number for number, state, promise, *_ in ROWS if (state == "waits") != ("Waits: " in promise)
    ] == []
