"""Long lists to choose from: time zones, currencies, languages, as the reader's language names them."""

from datetime import date
from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies
from flask_babel import get_locale

from gateway.pages.languages import LANGUAGES

_REGIONS = (
    "Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip
_AS_OF = date(2026, 1, 1)
"""Currencies that went out of use before are not offered."""


@lru_cache(maxsize=1)
def time_zones() -> dict[str, list[tuple[str, str]]]:
    """Every time zone that is a place, by region, and UTC."""
    found: dict[str, list[tuple[str, str]]] = {region: [] for region in _REGIONS}
    for name in sorted(available_timezones()):
        region, _, _ = name.partition("/")
        if region in found:
            found[region].append((name, name.replace("_", " ")))
    return {"UTC": [("UTC", "UTC")], **{region: places for region, places in found.items() if places}}


def currencies() -> list[tuple[str, str]]:
    """Every currency in use by its code, with its name."""
    return _currencies(str(get_locale()))


@lru_cache(maxsize=16)
def _currencies(language: str) -> list[tuple[str, str]]:
    names = Locale.parse(language).currencies
    return [(code, f"{code} · {names.get(code, code)}") for code in sorted(_in_use())]


@lru_cache(maxsize=1)
def _in_use() -> frozenset[str]:
    """Those that some country pays with."""
    places = get_global("territory_currencies")
    return frozenset(code for place in places for code in get_territory_currencies(place, _AS_OF))


def languages() -> list[tuple[str, str]]:
    """The languages of pages, e-mails and paper, each by its own name."""
    return list(LANGUAGES.items())
