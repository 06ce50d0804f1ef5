"""Field types that every request shares: text without control characters, one e-mail address, periods, codes."""

import re
import unicodedata
from datetime import date
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

_PERIOD = re.compile(r"^((?:19|20)\d\d)-(0[1-9]|1[0-2])$", re.ASCII)
_UPI = re.compile(r"^[A-Za-z0-9._-]{2,64}@[A-Za-z][A-Za-z0-9.]{1,34}$", re.ASCII)
_IBAN = re.compile(r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$", re.ASCII)
_BIC = re.compile(r"^[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$", re.ASCII)
_MOBILE = re.compile(r"^\+?[0-9][0-9 ()-]{3,24}$", re.ASCII)


def one_line(text: str) -> str:
    """The text trimmed and NFC; raises ValueError for control characters, line breaks and stray surrogates."""
    text = unicodedata.normalize("NFC", text).strip()
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp"):
            raise ValueError("must be one line of text without control characters")
    return text


def many_lines(text: str) -> str:
    """Like one_line, but line breaks and tabs may stay."""
    for line in re.split(r"\r\n|\r|\n|\t", text):
        one_line(line)
    return unicodedata.normalize("NFC", text).strip()


def one_address(text: str) -> str:
    """Exactly one e-mail address (TRUST, check 16); raises ValueError otherwise."""
    try:
        found = validate_email(one_line(text), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError(f"must be one e-mail address such as name@example.com ({error})") from None
    return found.normalized


def mobile_number(text: str) -> str:
    """A telephone number as people write it, kept as digits with an optional leading +."""
    text = one_line(text)
    if not _MOBILE.match(text):
        raise ValueError("must be a telephone number: digits, optionally with + in front")
    return re.sub(r"[ ()-]", "", text)


def period_text(text: str) -> str:
    """A calendar month written "2026-11" (RULES, periods and charges)."""
    if not _PERIOD.match(text):
        raise ValueError('must be a month written like "2026-11"')
    return text


def upi_id(text: str) -> str:
    """A UPI id such as "cable.network@okbank"; empty for none."""
    text = one_line(text)
    if text and not _UPI.match(text):
        raise ValueError('must be a UPI id such as "cable.network@okbank"')
    return text


def iban_text(text: str) -> str:
    """An IBAN without blanks, its check digits verified (ISO 13616); empty for none."""
    text = re.sub(r"\s", "", one_line(text)).upper()
    if not text:
        return text
    if not _IBAN.match(text):
        raise ValueError("must be an IBAN: two letters, two digits, then letters and digits")
    digits = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    if int(digits) % 97 != 1:
        raise ValueError("is no IBAN: its check digits do not fit; look for a wrong or swapped digit")
    return text


def bic_text(text: str) -> str:
    """A BIC of eight or eleven characters; empty for none."""
    text = one_line(text).upper()
    if text and not _BIC.match(text):
        raise ValueError('must be a BIC such as "DEUTDEFF" or "DEUTDEFF500"')
    return text


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Line = Annotated[str, StringConstraints(max_length=200), AfterValidator(one_line)]
Name = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(one_line), Field(min_length=1)
]
Text = Annotated[str, StringConstraints(max_length=4000), AfterValidator(many_lines)]
Reason = Annotated[str, StringConstraints(min_length=3, max_length=500), AfterValidator(one_line)]
EmailAddress = Annotated[str, StringConstraints(max_length=254), AfterValidator(one_address)]
Mobile = Annotated[str, StringConstraints(max_length=30), AfterValidator(mobile_number)]
OptionalEmail = Annotated[EmailAddress | None, BeforeValidator(_blank_is_none)]
OptionalMobile = Annotated[Mobile | None, BeforeValidator(_blank_is_none)]
UpiId = Annotated[str, StringConstraints(max_length=100), AfterValidator(upi_id)]
Iban = Annotated[str, StringConstraints(max_length=60), AfterValidator(iban_text)]
Bic = Annotated[str, StringConstraints(max_length=20), AfterValidator(bic_text)]
AccountName = Annotated[str, StringConstraints(max_length=70), AfterValidator(one_line)]
Period = Annotated[str, AfterValidator(period_text)]
BranchCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,8}$")]
PlanCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
CrfNumber = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9/._-]{0,39}$")]
Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]{1,99}$")]
Password = Annotated[str, StringConstraints(min_length=10, max_length=200)]
IdempotencyKey = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")]


def period_of(day: date) -> str:
    """The period that a day lies in: 2026-11-21 -> "2026-11"."""
    return f"{day.year:04d}-{day.month:02d}"


def period_start(period: str) -> date:
    """The first day of a period."""
    return date(int(period[:4]), int(period[5:]), 1)
