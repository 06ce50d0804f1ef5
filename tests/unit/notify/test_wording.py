from datetime import date

import pytest

from contracts.money import Money
from notify.domain.wording import amount_text, day_text, language_of, month_text


@pytest.mark.parametrize(
    ("locale", "month", "amount"),
    [
        ("en", "May 2026", "₹12,34,567.89"),
        ("fr", "mai 2026", "1 234 567,89 ₹"),
        ("id", "Mei 2026", "Rs1.234.567,89"),
        ("pl", "maj 2026", "1 234 567,89 INR"),
        ("zh_Hant", "2026年5月", "₹1,234,567.89"),
        ("fa", "مه 2026", "\u200e₹ 1,234,567.89"),
    ],
)
def test_months_and_amounts_are_written_as_readers_write_them(locale: str, month: str, amount: str) -> None:
    assert month_text("2026-05", locale) == month
    found = amount_text(Money.of(123456789, "INR"), locale)
    assert found.replace("\u202f", " ").replace("\u00a0", " ") == amount


def test_amounts_have_the_decimals_of_their_currency() -> None:
    assert amount_text(Money.of(1200, "JPY"), "en") == "¥1,200"
    assert amount_text(Money.of(1, "KWD"), "en").endswith("0.001")


def test_the_largest_amount_is_exact() -> None:
    assert amount_text(Money.of(99999999999999999, "USD"), "en") == "$999,999,999,999,999.99"


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-IN", "en"),
        ("zh_TW", "zh_Hant"),
        ("zh-Hans-CN", "zh_Hant"),
        ("PL", "pl"),
        ("sw", "en"),
        ("", "en"),
        ("../..", "en"),
    ],
)
def test_every_locale_leads_to_a_language_of_ours(locale: str, language: str) -> None:
    assert language_of(locale) == language
    assert day_text(date(2026, 5, 12), locale)
