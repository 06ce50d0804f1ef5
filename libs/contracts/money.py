"""Money as an integer of minor units with a currency (docs/money.md). Nothing here or behind it is a float."""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache, total_ordering

from babel.numbers import UnknownCurrencyError, get_currency_precision, validate_currency
from pydantic import BaseModel, ConfigDict, field_validator

from contracts.errors import FieldError, Invalid

_DECIMAL = re.compile(r"^(-?)(\d{1,15})(?:\.(\d{1,6}))?$", re.ASCII)


class NotAnAmount(Invalid):
    """The text is no decimal number, or has more decimals than the currency."""

    code = "not_an_amount"


@lru_cache(maxsize=256)
def decimals_of(currency: str) -> int:
    """How many decimals the currency's amounts have (ISO 4217 as CLDR keeps it): INR 2, JPY 0, KWD 3."""
    return int(get_currency_precision(currency))


@total_ordering
class Money(BaseModel):
    """An amount of one currency, `minor` in its smallest unit: 250 rupees are Money(minor=25000, currency="INR")."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    minor: int
    currency: str

    @field_validator("currency")
    @classmethod
    def _known(cls, currency: str) -> str:
        known_currency(currency)
        return currency

    @classmethod
    def of(cls, minor: int, currency: str) -> "Money":
        """The fast way to an amount whose parts were checked before (rows of the database)."""
        return cls.model_construct(minor=minor, currency=currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, in that currency."""
        return cls.of(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str, *, field: str = "amount") -> "Money":
        """Read a decimal string such as "250.00".

        Raises NotAnAmount when it is no plain decimal number or has more decimals than the currency.
        """
        match = _DECIMAL.match(text)
        places = decimals_of(currency)
        if match is None:
            raise _not_an_amount(f'"{text[:40]}" is not an amount; write it like "250.00".', field)
        sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
        if len(fraction) > places:
            raise _not_an_amount(f"{currency} has {places} decimals; {text} has {len(fraction)}.", field)
        minor = int(whole) * 10**places + int(fraction.ljust(places, "0") or "0")
        return cls.of(-minor if sign else minor, currency)

    def decimal_text(self) -> str:
        """The decimal string that the API shows: "250.00", "-0.05", "1200" for yen."""
        places = decimals_of(self.currency)
        sign, digits = ("-" if self.minor < 0 else ""), str(abs(self.minor)).rjust(places + 1, "0")
        return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"

    def decimal(self) -> Decimal:
        """The exact decimal value, for formatting and workbooks."""
        return Decimal(self.minor).scaleb(-decimals_of(self.currency))

    def __str__(self) -> str:
        return f"{self.decimal_text()} {self.currency}"

    def __add__(self, other: "Money") -> "Money":
        return Money.of(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money.of(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money.of(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be put together")
        return other.minor


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts of one currency; zero of it when there are none."""
    return sum(amounts, start=Money.zero(currency))


@lru_cache(maxsize=256)
def known_currency(currency: str) -> str:
    """The code itself when ISO 4217 knows it; raises ValueError otherwise."""
    try:
        validate_currency(currency)
    except UnknownCurrencyError:
        raise ValueError(f'"{currency}" is not an ISO 4217 currency code such as "INR"') from None
    return currency


def _not_an_amount(message: str, field: str) -> NotAnAmount:
    return NotAnAmount(message, errors=[FieldError(field=field, code=NotAnAmount.code, message=message)])
