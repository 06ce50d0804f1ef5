"""What a branch may be set to."""

from functools import cache
from zoneinfo import available_timezones

from contracts.cards import Invoicing
from contracts.money import Money, known_currency
from customers.domain.refusals import (
    InvoicingNotOffered,
    NegativeMinimum,
    UnknownCurrency,
    UnknownLocale,
    UnknownTimeZone,
)

LOCALES = ("en", "fr", "id", "pl", "zh_Hant", "fa")
"""The languages of screens, e-mails and paper (DESIGN, screens)."""
DEFAULT_MINIMUM = "250"
"""The smallest payment unless a branch says otherwise (RULES, payments), in its own currency."""


def require_currency(currency: str) -> str:
    """The code itself; raises UnknownCurrency."""
    try:
        return known_currency(currency)
    except ValueError as error:
        raise UnknownCurrency(f"{error}.", field="currency") from None


def require_time_zone(name: str) -> str:
    """The name itself; raises UnknownTimeZone."""
    if name not in _time_zones():
        raise UnknownTimeZone(
            f'"{name}" is not a time zone; write one like "Asia/Kolkata".', field="time_zone"
        )
    return name


def require_locale(locale: str) -> str:
    """The locale itself; raises UnknownLocale."""
    if locale not in LOCALES:
        raise UnknownLocale(f'"{locale}" is not one of {", ".join(LOCALES)}.', field="locale")
    return locale


def require_invoicing(invoicing: Invoicing) -> Invoicing:
    """The policy itself; raises InvoicingNotOffered for invoices in advance, which come later."""
    if invoicing is not Invoicing.ON_PAYMENT:
        raise InvoicingNotOffered(
            "Invoicing in advance is not offered yet; choose on_payment: one invoice per payment.",
            field="invoicing",
        )
    return invoicing


def minimum_payment(text: str, currency: str) -> int:
    """The minimum payment in minor units; raises NotAnAmount, NegativeMinimum."""
    minimum = Money.parse(text, currency, field="minimum_payment")
    if minimum.minor < 0:
        raise NegativeMinimum("The minimum payment is zero or more.", field="minimum_payment")
    return minimum.minor


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())
