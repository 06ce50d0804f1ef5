from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.domain.report import RowsDiffer
from reports.renderers.report_pdf import page_count, render_report_pdf
from tests.unit.reports.renderers.paper_builders import header, pages_of, row, rows

LANGUAGES = ("en", "fr", "id", "pl", "zh_Hant", "fa")


def test_a_row_prints_all_that_is_known_of_it(tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    render_report_pdf(header(1), [row()], file)
    (page,) = pages_of(file.read_bytes())
    for part in (
        *(
            "Unpaid — Cable TV — May 2026",
            "Main",
            "31 May 2026, 08:30 (UTC)",
            "CRF-1",
            "Customer 1",
            "+919847012345",
        ),
        *(
            "Pattom",
            "Basic 120",
            "250.00",
            "100.50",
            "149.50",
            "2026-05-12",
            "Cash",
            "MAIN-2026-000001",
            "Page 1 of 1",
        ),
    ):
        assert part in page


def test_totals_are_the_sums_of_the_rows(tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    totals = render_report_pdf(header(1_000), rows(1_000), file)
    assert totals.by_currency["INR"].amount_minor == 25_000_000
    last = pages_of(file.read_bytes())[-1]
    for part in ("1,000 rows", "2,50,000.00", "1,00,500.00", "1,49,500.00"):
        assert part in last


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 34, 35, 66, 67, 68, 69, 70, 101, 500])
def test_pages_are_numbered_up_to_the_last(tmp_path: Path, count: int) -> None:
    file = tmp_path / "report.pdf"
    render_report_pdf(header(count), rows(count), file)
    pages = pages_of(file.read_bytes())
    assert [f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, start=1)] == [
        True
    ] * len(pages)
    assert sum(page.count("CRF-") for page in pages) == count


@given(st.integers(min_value=0, max_value=10**6), st.integers(min_value=1, max_value=5))
def test_more_rows_never_take_fewer_pages(count: int, currencies: int) -> None:
    assert 1 <= page_count(count, currencies) <= page_count(count + 1, currencies)


def test_of_several_currencies_each_has_its_total_and_each_amount_its_code(tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    several = header(2, branch=None, currencies=("INR", "USD"))
    render_report_pdf(several, [row(1, branch="Main"), row(2, currency="USD", branch="North")], file)
    (page,) = pages_of(file.read_bytes())
    for part in ("All branches", "North", "250.00 USD", "250.00 INR", "Total INR", "Total USD"):
        assert part in page


def test_figures_that_were_not_caught_up_say_so(tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    render_report_pdf(header(0, caught_up=False), [], file)
    assert "later payments are not in it yet" in pages_of(file.read_bytes())[0]


@pytest.mark.parametrize("locale", LANGUAGES)
def test_names_of_any_script_print_in_every_language(tmp_path: Path, locale: str) -> None:
    file = tmp_path / "report.pdf"
    names = ["Zażółć Gęślą", "王小明", "علی رضایی", "Fish & Chips <Ltd"]
    render_report_pdf(header(4, locale=locale), [row(customer=name) for name in names], file)
    page = pages_of(file.read_bytes())[0]
    assert [name for name in names if name not in page] == []


def test_a_count_that_differs_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(RowsDiffer):
        render_report_pdf(header(3), rows(2), tmp_path / "report.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_currency_that_was_not_promised_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(RowsDiffer):
        render_report_pdf(header(1), [row(currency="USD")], tmp_path / "report.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_fails_keeps_the_file_that_was_there(tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    render_report_pdf(header(1), rows(1), file)
    before = file.read_bytes()
    with pytest.raises(RowsDiffer):
        render_report_pdf(header(1), rows(2), file)
    assert file.read_bytes() == before


def test_progress_is_told_every_thousand_rows_and_at_the_end(tmp_path: Path) -> None:
    heard: list[int] = []
    render_report_pdf(header(2_500), rows(2_500), tmp_path / "report.pdf", heard.append)
    assert heard == [1_000, 2_000, 2_500]
