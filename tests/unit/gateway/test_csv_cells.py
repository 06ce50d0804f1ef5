"""A cell of a CSV file is text wherever it is opened (TRUST, check 15)."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.pages.csv_files import _lines, cell

STARTS = "=+-@\t\r\n＝＋－＠"
TYPED = st.text(alphabet=st.sampled_from([*STARTS, *"a;, '\"1()!"]), max_size=12)


@given(TYPED)
def test_no_cell_begins_like_a_formula_whatever_separates_cells(typed: str) -> None:
    """A spreadsheet of a country with decimal commas parts cells at semicolons, others at tabs."""
    for part in re.split(r"[;\t]", cell(typed)):
        assert not part.startswith(tuple(STARTS)), typed


@pytest.mark.parametrize(
    "plain", ["Deepa Kumar", "a;b", "O'Neil", "5 - 3", "x=1", "Street 5; left side", "a|b"]
)
def test_ordinary_text_stays_as_it_is(plain: str) -> None:
    assert cell(plain) == plain


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("=1+1", "'=1+1"),
        ("Anna;=1+1", "Anna;'=1+1"),
        ("a\t@SUM(A1)", "a\t'@SUM(A1)"),
        ("＝1", "'＝1"),
        ("-5", "'-5"),
    ],
)
def test_what_begins_like_a_formula_is_marked_as_text(typed: str, written: str) -> None:
    assert cell(typed) == written


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_a_row_is_read_back_as_one_row(typed: list[str]) -> None:
    text = "".join(_lines([typed])).removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows == [[cell(one) for one in typed]] or rows == [[]]
