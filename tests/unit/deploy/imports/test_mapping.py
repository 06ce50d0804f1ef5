"""A mapping says which column is what; whatever it says wrong is named before a file is opened."""

from pathlib import Path

import pytest

from deploy.imports.mapping import Mapping, read_mapping, require_columns
from deploy.imports.refusals import MappingRefused
from deploy.imports.source_tables import SourceTable

SMALL = "customer: {crf: id, name: who}\n"


def mapping(folder: Path, text: str) -> Mapping:
    path = folder / "m.yaml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path)


def test_yes_no_and_months_stay_the_texts_that_they_are(tmp_path: Path) -> None:
    found = mapping(
        tmp_path,
        SMALL + "subscriptions:\n  - {plan: p, started_on: {column: x, map: {No: 2026-11, Yes: 1_0}}}\n",
    )
    assert found.subscriptions[0].started_on.map == {"No": "2026-11", "Yes": "1_0"}


def test_two_mappings_that_say_the_same_have_one_fingerprint(tmp_path: Path) -> None:
    first = mapping(tmp_path, SMALL)
    second = mapping(tmp_path, "# the same\ncustomer:\n  name: {column: who}\n  crf: id\n")
    other = mapping(tmp_path, "customer: {crf: id, name: {column: whom}}\n")
    assert first.fingerprint() == second.fingerprint() != other.fingerprint()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "must hold `customer:`"),
        ("customer: [", "is not YAML"),
        ("customer: {crf: id}", "customer.name: is missing"),
        (SMALL + "colour: red", "colour: is nothing that a mapping has"),
        (SMALL + "branches: {south: {name: South}}", "branches.south"),
        (SMALL + "plans: {TV: {name: TV, service: radio, price: '1'}}", "plans.TV.service"),
        ("customer: {crf: {eval: 1}, name: who}", "customer.crf.eval"),
        ("customer: &a {crf: id, name: who}\nsubscriptions: [*a, *a]", "aliases"),
        ("customer: !!python/object/apply:os.system [ls]", "customer"),
        (SMALL + "subscriptions: [{plan: a, started_on: b, when: {column: c}}]", "needs `is` or `is_not`"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_place(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(MappingRefused, match=sentence):
        mapping(tmp_path, text)


def test_a_mapping_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_bytes("customer: {crf: Zoë}".encode("latin-1"))
    with pytest.raises(MappingRefused, match="not UTF-8"):
        read_mapping(path)


def test_columns_that_the_file_lacks_or_repeats_are_named(tmp_path: Path) -> None:
    found = mapping(tmp_path, "customer: {crf: id, name: {template: '{first} {last}'}, branch: MAIN}\n")
    table = SourceTable(("id", "first", "id"), iter(()), frozenset({"id"}))
    with pytest.raises(MappingRefused) as refused:
        require_columns(found, table, "file.csv")
    for sentence in (
        'customer.crf names the column "id", which file.csv has more than once',
        'customer.name names the column "last", which file.csv does not have',
        'customer.branch names the column "MAIN", which file.csv does not have',
        "It has: id, first, id.",
    ):
        assert sentence in refused.value.message
