from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from contracts.cells import cell_text, looks_like_formula
from reports.domain.report import ReportHeader, ReportRow, RowsDiffer
from reports.renderers import report_xlsx
from reports.renderers.report_xlsx import render_report_xlsx
from tests.unit.reports.renderers.paper_builders import header, row, rows

HOSTILE = (
    '=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠A",
    "=1|'cmd'!A1",    "#N/A", "#DIV/0!", "TRUE", "1e5", "2026-05-12", "a\x00b", "\x1b[31m", "x" * 40_000,
)  # fmt: skip


def sheet_of(folder: Path, report: ReportHeader, *each: ReportRow) -> Any:
    file = folder / "report.xlsx"
    render_report_xlsx(report, each, file)
    return load_workbook(file).active


def test_a_row_holds_text_as_text_money_as_numbers_and_days_as_days(tmp_path: Path) -> None:
    cells = sheet_of(tmp_path, header(1), row())[5]
    assert [cell.value for cell in cells] == [
        *("CRF-1", "Customer 1", "+919847012345", "Pattom", "Basic 120", 250, 100.5, 149.5),
        *(datetime(2026, 5, 12), "Cash", "MAIN-2026-000001"),  # noqa: DTZ001 - a day in a workbook has no time zone
    ]
    assert [cell.data_type for cell in cells] == [*"sssssnnndss"]
    assert cells[5].number_format == '#,##0.00\\ "INR"'


def test_rows_after_the_first_are_typed_alike(tmp_path: Path) -> None:
    sheet = sheet_of(
        tmp_path, header(3), row(1), row(2, customer="=1"), row(3, last_paid_on=None, last_mode=None)
    )
    for number in (5, 6):
        assert [cell.data_type for cell in sheet[number]] == [*"sssssnnndss"]
    assert [cell.value for cell in sheet[7]][8:10] == [None, None]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula_or_a_number(tmp_path: Path, text: str) -> None:
    odd = row(crf=text, customer=text, mobile=text, area=text, plan=text, invoice_numbers=(text,))
    cells = sheet_of(tmp_path, header(1), odd)[5]
    for cell in (*cells[:5], cells[10]):
        assert cell.data_type == "s"
        assert cell.value == cell_text(text)


def test_text_that_looks_like_a_formula_stays_text_when_it_is_edited(tmp_path: Path) -> None:
    cells = sheet_of(tmp_path, header(1), row(customer="=1+1"))[5]
    assert [cell.quotePrefix for cell in cells[:3]] == [False, True, True]


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_cell_text_can_always_be_written_as_xml(text: str) -> None:
    kept = cell_text(text)
    assert kept.encode("utf-8").decode("utf-8") == kept
    assert not any(character < " " and character not in "\t\n" for character in kept)


def test_minus_and_plus_of_any_width_look_like_formulas() -> None:
    assert all(
        looks_like_formula(text)
        for text in ["=a", "+a", "-a", "@a", "\ta", "\ra", "＝a", "＋a", "－a", "＠a"]
    )
    assert not looks_like_formula("a=1")


def test_the_heading_is_frozen_filtered_and_wide_enough(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, header(2), row(1), row(2))
    assert sheet.freeze_panes == "A5"
    assert sheet.auto_filter.ref == "A4:K6"
    assert sheet.column_dimensions["B"].width == 32
    assert [cell.value for cell in sheet[4]][:2] == ["CRF", "Customer"]
    assert sheet["A1"].value == "Unpaid — Cable TV — May 2026"


def test_totals_stand_below_for_every_currency(tmp_path: Path) -> None:
    several = header(3, branch=None, currencies=("INR", "USD"))
    sheet = sheet_of(
        tmp_path, several, row(1, branch="A"), row(2, branch="B"), row(3, currency="USD", branch="B")
    )
    assert [[cell.value for cell in sheet[number]] for number in (8, 9)] == [
        ["Total INR", "2 rows", None, None, None, None, 500, 201, 299, None, None, None],
        ["Total USD", "1 rows", None, None, None, None, 250, 100.5, 149.5, None, None, None],
    ]


def test_amounts_are_written_digit_by_digit(tmp_path: Path) -> None:
    file = tmp_path / "report.xlsx"
    render_report_xlsx(header(1), [row(amount_minor=900719925474099301)], file)
    assert b"<v>9007199254740993.01</v>" in ZipFile(file).read("xl/worksheets/sheet1.xml")


def test_a_persian_workbook_runs_from_right_to_left(tmp_path: Path) -> None:
    assert sheet_of(tmp_path, header(1, locale="fa"), row()).sheet_view.rightToLeft


def test_more_rows_than_a_sheet_holds_go_on_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_xlsx, "ROWS_OF_A_SHEET", 10)
    render_report_xlsx(header(25), rows(25), tmp_path / "report.xlsx")
    book = load_workbook(tmp_path / "report.xlsx")
    assert [sheet.max_row for sheet in book] == [14, 14, 10]
    assert book.worksheets[2]["A10"].value == "Total INR"


def test_text_of_nothing_printable_leaves_its_cell_empty(tmp_path: Path) -> None:
    assert sheet_of(tmp_path, header(1), row(customer="\ufffe\x00"))["B5"].value is None


def test_a_count_that_differs_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(RowsDiffer):
        render_report_xlsx(header(3), rows(2), tmp_path / "report.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_every_thousand_rows_and_at_the_end(tmp_path: Path) -> None:
    heard: list[int] = []
    render_report_xlsx(header(2_500), rows(2_500), tmp_path / "report.xlsx", heard.append)
    assert heard == [1_000, 2_000, 2_500]
