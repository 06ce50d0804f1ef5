"""Everything is checked before anything is written; each wrong row is named with what to do."""

import csv
from pathlib import Path

import pytest

from deploy.imports.refusals import FileRefused, MappingRefused, RowsRefused
from tests.integration.imports import tables
from tests.integration.imports.homes import Home


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"crf": ""}, "Row 3: crf is missing."),
        ({"crf": "7 8"}, 'Row 3: crf "7 8" must be 1 to 40 letters'),
        ({"crf": "6"}, 'Row 3: crf "6" stands in row 2 already'),
        ({"name": ""}, "Row 3: name is missing."),
        ({"name": "x" * 1_000_000}, "Row 3: name has 1,000,000 characters; at most 200 are kept."),
        ({"name": "Ann\x07Bell"}, 'Row 3: name "Ann\\x07Bell" must be one line of text'),
        ({"name": "Ann\nBell"}, 'Row 3: name "Ann\\nBell" must be one line of text'),
        ({"email": "a@example.com, b@example.com"}, "must be one e-mail address"),
        ({"email": "nobody"}, 'Row 3: email "nobody" must be one e-mail address'),
        ({"mobile": "call me"}, 'Row 3: mobile "call me" must be a telephone number'),
        ({"born": "28/02/1990"}, 'Row 3: date_of_birth "28/02/1990" is no date such as 2026-11-21'),
        ({"born": "2099-01-01"}, "Row 3: date_of_birth 2099-01-01 lies in the future."),
        ({"branch": "NORTH"}, 'Row 3: there is no branch "NORTH"'),
        ({"plan": "RADIO"}, 'Row 3: plan "RADIO" is not in the branch'),
        ({"since": ""}, "Row 3: started_on is missing."),
        ({"since": "2026-02-30"}, 'Row 3: started_on "2026-02-30" is no date'),
        ({"price": "1,50"}, 'Row 3: price: "1,50" is not an amount'),
        ({"price": "-1"}, "Row 3: price -1.00 INR is below zero."),
        ({"price": "1.505"}, "Row 3: price: INR has 2 decimals; 1.505 has 3."),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_written(
    home: Home, tmp_path: Path, row: dict[str, str], sentence: str
) -> None:
    before = home.everything()
    file = tables.table(tmp_path, {"crf": "6"}, row)
    with pytest.raises(RowsRefused, match=r"Nothing was imported: 1 of 2 rows of people\.csv are wrong"):
        home.bring(file, tables.mapping(tmp_path))
    assert sentence in "\n".join(home.said)
    assert home.everything() == before


def test_all_that_is_wrong_with_a_row_is_said_at_once(home: Home, tmp_path: Path) -> None:
    file = tables.table(tmp_path, {"name": "", "email": "x", "since": "soon", "price": "much"})
    with pytest.raises(RowsRefused):
        home.bring(file, tables.mapping(tmp_path))
    assert [sentence.split(" ")[2].rstrip(":") for sentence in home.said] == [
        "name",
        "email",
        "started_on",
        "price",
    ]


def test_a_name_with_markup_is_a_name(home: Home, tmp_path: Path) -> None:
    home.bring(tables.table(tmp_path, {"name": "Fish & Chips <Ltd"}), tables.mapping(tmp_path))
    assert home.value("customers", "SELECT name FROM customers") == "Fish & Chips <Ltd"


def test_a_crf_of_a_customer_who_is_here_is_wrong(home: Home, tmp_path: Path) -> None:
    home.bring(tables.table(tmp_path, {"crf": "a7"}), tables.mapping(tmp_path))
    other = tables.table(tmp_path, {"crf": "A7"}, {"crf": "8"}, name="others.csv")
    with pytest.raises(RowsRefused, match="1 of 2 rows"):
        home.bring(other, tables.mapping(tmp_path))
    assert home.said[-1] == 'Row 2: crf "A7" belongs to a customer who is here already.'


def test_only_the_first_bad_rows_are_printed(home: Home, tmp_path: Path) -> None:
    file = tables.table(tmp_path, *({"crf": str(number), "name": ""} for number in range(120)))
    with pytest.raises(RowsRefused, match="120 of 120"):
        home.bring(file, tables.mapping(tmp_path))
    assert len(home.said) == 51
    assert home.said[-1] == "... and 70 more rows."


def test_bad_rows_go_into_a_file_that_can_be_corrected_and_imported(home: Home, tmp_path: Path) -> None:
    file = tables.table(tmp_path, {"crf": "1"}, {"crf": "2", "email": "x"}, {"crf": "3"})
    bad, mapping = tmp_path / "bad.csv", tables.mapping(tmp_path)
    outcome = home.bring(file, mapping, skip_bad=bad)
    assert (outcome.rows, outcome.bad, outcome.added) == (3, 1, 2)
    (row,) = csv.DictReader(bad.open(encoding="utf-8", newline=""))
    assert (row["crf"], row["headend_row"]) == ("2", "3")
    assert row["headend_problem"].startswith('email "x" must be one e-mail address')
    corrected = bad.read_text(encoding="utf-8").replace("2,Zoë Kowalska,x,", "2,Zoë Kowalska,x@example.com,")
    bad.write_text(corrected, encoding="utf-8")
    assert home.bring(bad, mapping).added == 1
    assert home.rows("customers", "SELECT crf FROM customers ORDER BY crf") == [("1",), ("2",), ("3",)]


def test_a_file_without_bad_rows_leaves_no_file_of_them(home: Home, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    home.bring(tables.table(tmp_path, {}), tables.mapping(tmp_path), skip_bad=bad)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "mapping.yaml", "people.csv"]


def test_the_source_is_never_overwritten_by_its_bad_rows(home: Home, tmp_path: Path) -> None:
    file = tables.table(tmp_path, {})
    with pytest.raises(FileRefused, match="would be overwritten"):
        home.bring(file, tables.mapping(tmp_path), skip_bad=file)


def test_a_file_with_a_header_alone_is_refused(home: Home, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="has a header but no rows"):
        home.bring(tables.table(tmp_path), tables.mapping(tmp_path))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("currency: INR", "currency: XXY", "branches.SOUTH"),
        ("Asia/Kolkata", "Asia/Nowhere", '"Asia/Nowhere" is not a time zone'),
        ('"100.00"', '"1e5"', "branches.SOUTH"),
        ('"200.00"', '"2.005"', "plans.TV.price in SOUTH: INR has 2 decimals"),
        ("SOUTH: {", "MAIN: {name: M, currency: USD, time_zone: UTC}\n  SOUTH: {", "here already, with INR"),
    ],
)
def test_what_a_mapping_describes_wrongly_is_refused_before_anything_is_written(
    home: Home, tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    before = home.everything()
    assert old in tables.MAPPING
    mapping = tables.mapping(tmp_path, tables.MAPPING.replace(old, new))
    with pytest.raises(MappingRefused, match=sentence):
        home.bring(tables.table(tmp_path, {}), mapping)
    assert home.everything() == before


def test_a_plan_of_another_service_is_not_taken_for_this_one(home: Home, tmp_path: Path) -> None:
    home.bring(tables.table(tmp_path, {}), tables.mapping(tmp_path))
    mapping = tables.mapping(tmp_path, tables.MAPPING.replace("cable_tv", "broadband"))
    with pytest.raises(MappingRefused, match="SOUTH has this plan already, for cable_tv"):
        home.bring(tables.table(tmp_path, {"crf": "8"}, name="more.csv"), mapping)
