"""Amounts, months and dates as a reader of that language writes them. Exact: integers in, text out, never a float."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, get_month_names
from babel.numbers import format_currency

from contracts.fields import period_start
from contracts.money import Money

LANGUAGES = ("en", "fr", "id", "pl", "zh_Hant", "fa")
"""The languages of our mails; the first one is spoken where we do not know the reader's."""

_BEFORE_TIME = {"fa": "، ", "zh_Hant": " "}


@lru_cache(maxsize=256)
def language_of(locale: str) -> str:
    """The language of ours nearest to a locale such as "en-IN" or "zh_TW"; English where there is none."""
    first = locale.replace("-", "_").split("_")[0].lower()
    if first == "zh":
        return "zh_Hant"
    return first if first in LANGUAGES else LANGUAGES[0]


@lru_cache(maxsize=256)
def babel_locale(locale: str, currency: str = "") -> Locale:
    """The locale for numbers and dates: the one asked for if we speak it; English rupees group by lakhs."""
    language = language_of(locale)
    if language == "en" and currency == "INR":
        return Locale("en", "IN")
    try:
        asked = Locale.parse(locale.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        asked = Locale.parse(language)
    return (
        asked
        if asked.language == language.partition("_")[0] and language != "zh_Hant"
        else Locale.parse(language)
    )


def direction(locale: str) -> str:
    """How lines run: "rtl" for Persian, else "ltr"."""
    return "rtl" if language_of(locale) == "fa" else "ltr"


@lru_cache(maxsize=4096)
def amount_text(amount: Money, locale: str) -> str:
    """The amount with its currency: ₹250.00, 250,00 zł."""
    found = babel_locale(locale, amount.currency)
    return str(format_currency(amount.decimal(), amount.currency, locale=found))


@lru_cache(maxsize=4096)
def month_text(period: str, locale: str) -> str:
    """A period such as "2026-05" as May 2026."""
    first, found = period_start(period), babel_locale(locale)
    if found.language == "zh":
        return str(format_date(first, "y年M月", locale=found))
    if found.language == "fa":
        return str(format_date(first, "LLLL y", locale=found))
    return f"{get_month_names('wide', 'stand-alone', locale=found)[first.month]} {first.year}"


def day_text(day: date, locale: str) -> str:
    """A date in words: 12 May 2026."""
    found = babel_locale(locale)
    return str(format_date(day, "d MMMM y" if found.language == "en" else "long", locale=found))


def moment_text(moment: datetime, time_zone: str, locale: str) -> str:
    """A moment on the reader's wall clock: 12 May 2026, 14:05."""
    local = moment.astimezone(ZoneInfo(time_zone))
    time = format_datetime(local, "HH:mm", locale=babel_locale(locale))
    return f"{day_text(local.date(), locale)}{_BEFORE_TIME.get(language_of(locale), ', ')}{time}"
