"""Workbooks are read like CSV files; what would unpack without end is refused before it is unpacked."""

import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from deploy.imports import limits
from deploy.imports.refusals import FileRefused
from deploy.imports.source_tables import SourceRow, open_table
from deploy.imports.workbooks import cell_text


def workbook(path: Path, *rows: list[object], sheet: str = "Customers") -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def rows_of(path: Path, sheet: str | None = None) -> list[SourceRow]:
    with open_table(path, sheet) as table:
        return list(table.rows)


def rewritten(path: Path, part: str, content: bytes) -> Path:
    """The workbook with one part replaced or added."""
    target = path.with_name("rewritten.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            if name != part:
                made.writestr(name, source.read(name))
        made.writestr(part, content)
    return target


def test_a_workbook_is_read_like_a_csv_file(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "w.xlsx",
        ["crf", "mobile", "price", "since"],
        [7, 9000000101.0, 29.85, date(2026, 11, 1)],
        [],
        [8],
    )
    assert rows_of(path) == [
        SourceRow(2, {"crf": "7", "mobile": "9000000101", "price": "29.85", "since": "2026-11-01"}),
        SourceRow(4, {"crf": "8", "mobile": "", "price": "", "since": ""}),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (12, "12"),
        (12.0, "12"),
        (0.1, "0.1"),
        (True, "TRUE"),
        (datetime.fromisoformat("2026-11-21"), "2026-11-21"),
        (datetime.fromisoformat("2026-11-21 08:30"), "2026-11-21 08:30:00"),
        (" x ", " x "),
    ],
)
def test_a_cell_reads_as_people_see_it(value: object, text: str) -> None:
    assert cell_text(value) == text


def test_another_sheet_is_chosen_by_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "w.xlsx", ["crf"], ["7"], sheet="People")
    assert len(rows_of(path, "People")) == 1
    with pytest.raises(FileRefused, match='no sheet "Customers"; it has People'):
        rows_of(path, "Customers")


LAUGHS = (
    '<!DOCTYPE worksheet [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
)


@pytest.mark.parametrize(
    "part",
    [f"<!--{'x' * 5_000}-->{LAUGHS}".encode(), (" " * 5_000 + LAUGHS).encode(), LAUGHS.encode("utf-16"),
     LAUGHS.replace("DOCTYPE", "DOCTYPE\n").encode(), b" " * 100_000],
    ids=["behind a comment", "behind blanks", "in UTF-16", "in lines", "nothing at all"],
)  # fmt: skip
def test_entities_are_found_wherever_they_are_declared(tmp_path: Path, part: bytes) -> None:
    bomb = rewritten(workbook(tmp_path / "w.xlsx", ["crf"], ["7"]), "xl/worksheets/sheet1.xml", part)
    with pytest.raises(FileRefused, match="not read"):
        rows_of(bomb)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = workbook(tmp_path / "w.xlsx", ["crf"], ["7"])
    bomb = rewritten(path, "xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * 30_000_000)
    assert bomb.stat().st_size < 100_000
    with pytest.raises(FileRefused, match="not unpacked"):
        rows_of(bomb)


def test_a_part_that_lies_about_its_size_is_found_broken(tmp_path: Path) -> None:
    path = workbook(tmp_path / "w.xlsx", ["crf"], ["7"])
    bomb = rewritten(path, "xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * 30_000_000)
    content = bomb.read_bytes()
    lying = content.replace((30_000_011).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    assert lying != content
    bomb.write_bytes(lying)
    with pytest.raises(FileRefused, match="not a workbook that can be read"):
        rows_of(bomb)


def test_a_part_with_entity_declarations_is_not_parsed(tmp_path: Path) -> None:
    path = workbook(tmp_path / "w.xlsx", ["crf"], ["7"])
    evil = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><sst>&a;</sst>'
    with pytest.raises(FileRefused, match="XML declarations"):
        rows_of(rewritten(path, "xl/sharedStrings.xml", evil))


def test_a_zip_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "w.xlsx"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("readme.txt", "hello")
    with pytest.raises(FileRefused, match="a zip file, not a workbook"):
        rows_of(path)


def test_a_workbook_with_too_many_columns_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "w.xlsx", [f"c{number}" for number in range(limits.COLUMNS + 1)], [1])
    with pytest.raises(FileRefused, match="500 columns"):
        rows_of(path)


def test_a_row_number_of_a_thousand_million_makes_no_thousand_million_rows(tmp_path: Path) -> None:
    path = workbook(tmp_path / "w.xlsx", ["crf"], ["7"])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    far = sheet.replace(b'<row r="2">', b'<row r="1000000000">').replace(b'r="A2"', b'r="A1000000000"')
    assert far != sheet
    assert rows_of(rewritten(path, "xl/worksheets/sheet1.xml", far)) == []
