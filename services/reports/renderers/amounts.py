"""Amounts, dates and months as a reader of that language writes them. Exact: integers in, text out, never a float."""

from datetime import date, datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, get_month_names
from babel.numbers import format_currency

from contracts.money import Money, decimals_of

SUPPORTED = ("en", "fr", "id", "pl", "zh_Hant", "fa")


@lru_cache(maxsize=256)
def paper_language(locale: str) -> str:
    """The supported language nearest to a locale such as "en-IN" or "zh_TW"; English where there is none."""
    parts = locale.replace("-", "_").split("_")
    if parts[0].lower() == "zh":
        return "zh_Hant"
    return next((language for language in SUPPORTED if language == parts[0].lower()), "en")


@lru_cache(maxsize=256)
def babel_locale(locale: str, currency: str = "") -> Locale:
    """The locale for numbers and dates: the one asked for if we speak its language; English rupees group by lakhs."""
    language = paper_language(locale)
    if language == "en" and currency == "INR":
        return Locale("en", "IN")
    try:
        asked = Locale.parse(locale.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale.parse(language)
    return (
        asked
        if paper_language(str(asked)) == language and asked.language == language[:2]
        else Locale.parse(language)
    )


def is_right_to_left(locale: str) -> bool:
    """Whether the paper is mirrored."""
    return paper_language(locale) == "fa"


@lru_cache(maxsize=16_384)
def amount_text(amount: Money, locale: str) -> str:
    """The amount with its currency: ₹250.00, 250,00 zł."""
    text: str = format_currency(
        amount.decimal(), amount.currency, locale=babel_locale(locale, amount.currency)
    )
    return text


def month_text(period: str, locale: str) -> str:
    """A period such as "2026-05" as May 2026."""
    return _month(period, str(babel_locale(locale)))


@lru_cache(maxsize=4_096)
def _month(period: str, locale: str) -> str:
    first = date(int(period[:4]), int(period[5:7]), 1)
    if locale.startswith("zh"):
        return format_date(first, "y年M月", locale=locale)
    if locale.startswith("fa"):
        return format_date(first, "LLLL y", locale=locale)
    name = get_month_names("wide", "stand-alone", locale=locale)[first.month]
    return f"{name} {first.year}"


def day_text(day: date, locale: str) -> str:
    """A date in words: 12 May 2026."""
    found = babel_locale(locale)
    return format_date(day, "d MMMM y" if found.language == "en" else "long", locale=found)


def moment_text(moment: datetime, locale: str) -> str:
    """A moment with the offset of its time zone: 12 May 2026, 14:05 (UTC+05:30)."""
    found = babel_locale(locale)
    time = format_datetime(moment, "HH:mm", locale=found)
    offset = moment.strftime("%z")
    zone = f"UTC{offset[:3]}:{offset[3:5]}" if offset and offset != "+0000" else "UTC"
    return f"{day_text(moment.date(), locale)}, {time} ({zone})"


class Grouped:
    """Amounts of one currency as numbers with separators, without the currency: for columns of many rows."""

    def __init__(self, locale: str, currency: str) -> None:
        found = babel_locale(locale, currency)
        symbols = found.number_symbols["latn"]
        self._group: str = symbols["group"]
        self._point: str = symbols["decimal"]
        self._places = decimals_of(currency)
        self._lakhs = found.decimal_formats[None].grouping == (3, 2)

    def text(self, minor: int) -> str:
        """1234567 of a currency with two decimals is 12,345.67."""
        digits = str(abs(minor)).rjust(self._places + 1, "0")
        whole, part = (digits[: -self._places], digits[-self._places :]) if self._places else (digits, "")
        return ("-" if minor < 0 else "") + self._grouped(whole) + (self._point + part if part else "")

    def whole(self, count: int) -> str:
        """A count: 5,174."""
        return self._grouped(str(count))

    def _grouped(self, digits: str) -> str:
        if len(digits) <= 3:
            return digits
        return self._by_lakhs(digits) if self._lakhs else f"{int(digits):,}".replace(",", self._group)

    def _by_lakhs(self, whole: str) -> str:
        head, tail = whole[:-3], whole[-3:]
        pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)]
        return self._group.join([*reversed(pairs), tail])
