"""What a branch may be set to."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from contracts.cards import BranchPolicy, Invoicing, ReminderStage, StageRule
from contracts.money import Money, known_currency
from customers.domain.refusals import (
    InvoicingNotOffered,
    NegativeMinimum,
    StagesOutOfOrder,
    UnknownCurrency,
    UnknownLocale,
    UnknownTimeZone,
)

LOCALES = ("en", "fr", "id", "pl", "zh_Hant", "fa")
"""The languages of screens, e-mails and paper (DESIGN, screens)."""
LONGEST_DUE_MONTHS = 60
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


def require_stages(stages: Sequence[StageRule] | None) -> list[dict[str, Any]] | None:
    """The stages as a branch keeps them, the mildest first. Raises StagesOutOfOrder."""
    if stages is None:
        return None
    rising = sorted(stages, key=lambda one: list(ReminderStage).index(one.stage))
    months = [one.from_months for one in rising]
    unlike = len({one.stage for one in rising}) == len(rising)
    if not unlike or months != sorted(set(months)) or not 0 <= months[0] <= months[-1] <= LONGEST_DUE_MONTHS:
        raise StagesOutOfOrder(
            "Name each stage once, each firmer one from more months than the one before it.",
            field="reminder_stages",
        )
    return [one.model_dump(mode="json") for one in rising]


def stages_of(kept: list[dict[str, Any]] | None) -> tuple[StageRule, ...]:
    """The stages that a branch keeps; one friendly stage when it keeps none."""
    return (
        BranchPolicy().reminder_stages
        if kept is None
        else tuple(StageRule.model_validate(one) for one in kept)
    )


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())
