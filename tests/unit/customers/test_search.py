"""Searching: any part, accent, case and script; numbers first."""

import sqlite3
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.actor import Role
from contracts.cards import CustomerState
from contracts.errors import Forbidden
from customers.domain.refusals import UnknownCursor
from customers.domain.search import fold, mobile_ending, patterns, search_text
from tests.unit.customers.builders import Operator, admin, staff_of, the_customer

names = st.text(
    st.characters(categories=("L", "M", "N", "Zs", "P"), max_codepoint=0x2FFFF), min_size=1, max_size=40
)


def like(text: str, pattern: str) -> bool:
    return bool(sqlite3.connect(":memory:").execute("SELECT ? LIKE ?", (text, pattern)).fetchone()[0])


@given(names)
def test_folding_twice_is_folding_once(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(names)
def test_folded_text_holds_no_wildcard(name: str) -> None:
    assert not set("%_\\") & set(search_text(name))


@given(names)
def test_a_whole_name_always_finds_itself(name: str) -> None:
    assert all(like(search_text(name), pattern) for pattern in patterns(name))


@given(st.text("王小明李華陳大文林志玲", min_size=2, max_size=6), st.data())
def test_any_two_neighbours_of_a_chinese_name_find_it(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 2))
    assert all(like(search_text(name), pattern) for pattern in patterns(name[start : start + 2]))


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Łukasz Żółć", "lukasz zolc"),
        ("Łukasz Żółć", "ŻÓŁ"),
        ("O'Brien", "obrien"),
        ("Straße", "STRASSE"),
        ("王小明", "小明"),
        ("王小明", "明"),
        ("王小明", "王小明"),
        ("علي كريمي", "کریمی"),
        ("رضا محمدی", "محم"),
        ("Ａｎｎａ", "anna"),
        ("Jean-Pierre", "pierre jean"),
        ("ΣΟΦΙΑ", "σοφια"),
        ("Nguyễn Văn", "nguyen"),
        ("മനോജ്", "മനോ"),
    ],
)
def test_a_name_is_found_in_any_accent_case_and_script(operator: Operator, name: str, typed: str) -> None:
    operator.customer(name)
    operator.customer("Somebody Else")
    assert operator.found(typed) == [name]


def test_short_parts_match_beginnings_of_words_only(operator: Operator) -> None:
    operator.customer("Deepa Kumar")
    assert operator.found("ku") == ["Deepa Kumar"]
    assert operator.found("um") == []
    assert operator.found("uma") == ["Deepa Kumar"]


def test_every_part_must_match(operator: Operator) -> None:
    operator.customer("Deepa Kumar")
    operator.customer("Deepa Nair")
    assert operator.found("kumar dee") == ["Deepa Kumar"]


def test_an_exact_crf_number_comes_before_numbers_that_begin_with_it(operator: Operator) -> None:
    operator.customer("Abel", crf="1010")
    operator.customer("Zita", crf="101")
    assert operator.found("101") == ["Zita", "Abel"]


@pytest.mark.parametrize("typed", ["9000000101", "+91 90000-00101", "09000000101", "000101", "+9190000"])
def test_a_mobile_is_found_with_or_without_country_code(operator: Operator, typed: str) -> None:
    operator.customer("Deepa", mobile="+919000000101")
    operator.customer("Other", mobile="+48555666777")
    assert operator.found(typed) == ["Deepa"]


def test_a_mobile_kept_without_country_code_is_found_by_the_full_number(operator: Operator) -> None:
    operator.customer("Deepa", mobile="9000000101")
    assert operator.found("+91 90000 00101") == ["Deepa"]


def test_five_digits_are_no_ending_of_a_mobile() -> None:
    assert mobile_ending("00101") == ""


@pytest.mark.parametrize("typed", ["%", "_", "\\", "100%", "'; DROP TABLE customers;--", "\x00", "ﷺ" * 60])
def test_wildcards_and_quotes_are_only_text(operator: Operator, typed: str) -> None:
    operator.customer("Deepa")
    assert operator.found(typed) == []


def test_pages_show_everybody_once_in_the_order_of_names(operator: Operator) -> None:
    made = sorted(f"Kumar {number:02d}" for number in range(7))
    for number, name in enumerate(reversed(made)):
        operator.customer(name, crf="kumar" if number == 3 else None)
    shown, cursor = [], None
    while True:
        page = operator.search("kumar", limit=2, cursor=cursor)
        shown += [customer.name for customer in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert shown[0] == made[3]  # whose CRF number is exactly what was typed
    assert sorted(shown) == made and shown[1:] == sorted(shown[1:])


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "!!!!", "A" * 400, "éé"])
def test_a_made_up_cursor_is_refused(operator: Operator, cursor: str) -> None:
    with pytest.raises(UnknownCursor):
        operator.search("", cursor=cursor)


def test_staff_find_only_customers_of_their_branches(operator: Operator) -> None:
    other = operator.branch("EAST")
    operator.customer("Main Kumar")
    operator.customer("East Kumar", branch_id=other.id)
    assert operator.found("kumar", staff_of(other.id)) == ["East Kumar"]
    assert operator.found("", staff_of()) == []


def test_a_customer_finds_only_themself(operator: Operator) -> None:
    operator.customer("Other Kumar")
    own = operator.customer("Own Kumar")
    assert operator.found("", the_customer(own)) == ["Own Kumar"]
    assert operator.found("1001", the_customer(own)) == []


def test_technicians_list_no_customers(operator: Operator) -> None:
    with pytest.raises(Forbidden):
        operator.search("", staff_of(operator.main.id, role=Role.TECHNICIAN))


def test_the_list_can_be_narrowed_by_branch_and_status(operator: Operator) -> None:
    other = operator.branch("EAST")
    operator.customer("Main Kumar")
    operator.customer("East Kumar", branch_id=other.id)
    here = operator.search("", admin(), branch_id=other.id)
    assert [customer.name for customer in here.items] == ["East Kumar"]
    assert operator.search("", status=CustomerState.DEACTIVATED).items == ()


def test_a_list_is_sorted_as_asked_and_goes_on_from_page_to_page(operator: Operator) -> None:
    for crf, name in (("30", "Asha"), ("10", "Chitra"), ("20", "Bala")):
        operator.clock.at += timedelta(minutes=1)
        operator.customer(name, crf=crf)

    def names(order: str) -> list[str]:
        found, cursor = [], None
        while True:
            page = operator.search("", order=order, limit=1, cursor=cursor)
            found += [customer.name for customer in page.items]
            if (cursor := page.next) is None:
                return found

    assert names("name") == ["Asha", "Bala", "Chitra"]
    assert names("crf") == ["Chitra", "Bala", "Asha"]
    assert names("newest") == ["Bala", "Chitra", "Asha"]


def test_a_list_can_be_of_one_area(operator: Operator) -> None:
    operator.customer("Asha", area="Vijayanagar")
    operator.customer("Bala", area="Kuvempunagar")
    assert [found.name for found in operator.search("", area="Vijayanagar").items] == ["Asha"]
