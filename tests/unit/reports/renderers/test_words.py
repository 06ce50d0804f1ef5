from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.money import Money
from reports.renderers.amounts import Grouped, amount_text, day_text, month_text, paper_language
from reports.renderers.words import amount_in_words, chinese_numeral

SAID = [
    ("250.00", "INR", "en", "Two hundred and fifty Indian rupees"),
    (
        "1234567.89",
        "INR",
        "en",
        "Twelve lakh thirty-four thousand five hundred and sixty-seven Indian rupees and eighty-nine paise",
    ),
    (
        "1234567.00",
        "USD",
        "en",
        "One million two hundred and thirty-four thousand five hundred and sixty-seven US dollars",
    ),
    ("0.01", "USD", "en", "Zero US dollars and one cent"),
    ("1.05", "PLN", "en", "One Polish zloty and 05/100"),
    ("250", "JPY", "en", "Two hundred and fifty Japanese yen"),
    ("3.125", "KWD", "en", "Three Kuwaiti dinars and 125/1000"),
    ("2000000.00", "EUR", "fr", "Deux millions d’euros"),
    ("1.50", "EUR", "fr", "Un euro et cinquante centimes"),
    ("250.00", "PLN", "pl", "Dwieście pięćdziesiąt złotych polskich 00/100"),
    ("2.00", "PLN", "pl", "Dwa złote polskie 00/100"),
    ("100000.00", "IDR", "id", "Seratus ribu rupiah"),
    ("250.50", "TWD", "zh_Hant", "新臺幣貳佰伍拾元伍角整"),
    ("10005.05", "TWD", "zh_Hant", "新臺幣壹萬零伍元零伍分"),
    ("250", "IRR", "fa", "دویست و پنجاه ریال ایران"),
    ("250.00", "INR", "xx", "Two hundred and fifty Indian rupees"),
]


@pytest.mark.parametrize(("amount", "currency", "locale", "said"), SAID)
def test_an_amount_is_said_as_the_language_says_it(
    amount: str, currency: str, locale: str, said: str
) -> None:
    assert amount_in_words(Money.parse(amount, currency), locale) == said


@pytest.mark.parametrize("locale", ["en", "fr", "id", "pl", "zh_Hant", "fa"])
@given(minor=st.integers(min_value=0, max_value=2**63 - 1))
def test_every_amount_has_words_in_every_language(locale: str, minor: int) -> None:
    assert amount_in_words(Money.of(minor, "INR"), locale).strip()


def test_big_amounts_are_exact() -> None:
    said = amount_in_words(Money.of(9_007_199_254_740_993_00, "USD"), "en")
    assert said.startswith("Nine quadrillion")
    assert "nine hundred and ninety-three US dollars" in said


@given(st.integers(min_value=0, max_value=10**16))
def test_a_chinese_numeral_reads_back_as_the_number(number: int) -> None:
    assert _read_chinese(chinese_numeral(number)) == number


def _read_chinese(text: str) -> int:
    digits = {character: value for value, character in enumerate("零壹貳參肆伍陸柒捌玖")}
    tens, myriads = {"拾": 10, "佰": 100, "仟": 1000}, {"萬": 10**4, "億": 10**8, "兆": 10**12, "京": 10**16}
    total, group, digit = 0, 0, 0
    for character in text:
        if character in digits:
            digit = digits[character]
        elif character in tens:
            group, digit = group + digit * tens[character], 0
        else:
            total, group, digit = total + (group + digit) * myriads[character], 0, 0
    return total + group + digit


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_grouping_changes_no_digit(minor: int) -> None:
    for locale in ("en", "pl", "id"):
        shown = Grouped(locale, "INR").text(minor)
        digits = "".join(character for character in shown if character.isdigit())
        assert int(digits) == abs(minor)
        assert shown.startswith("-") == (minor < 0)


def test_rupees_group_by_lakhs_in_english_and_as_their_language_does_elsewhere() -> None:
    assert Grouped("en", "INR").text(123456789) == "12,34,567.89"
    assert Grouped("en", "USD").text(123456789) == "1,234,567.89"
    assert Grouped("id", "INR").text(123456789) == "1.234.567,89"


def test_amounts_days_and_months_are_written_as_the_reader_writes_them() -> None:
    amount = Money.parse("250.00", "INR")
    assert amount_text(amount, "en") == "₹250.00"
    assert month_text("2026-05", "pl") == "maj 2026"
    assert month_text("2026-05", "zh_Hant") == "2026年5月"
    assert day_text(date(2026, 5, 12), "fr") == "12 mai 2026"


def test_a_locale_finds_its_language_or_english() -> None:
    found = [
        paper_language(locale) for locale in ("en-IN", "zh_TW", "zh-Hant-TW", "fa_IR", "de", "", "nonsense")
    ]
    assert found == ["en", "zh_Hant", "zh_Hant", "fa", "en", "en", "en"]
