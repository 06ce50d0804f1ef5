"""Amounts in words, as invoices carry them: exact for any amount, never through a float."""

from collections.abc import Callable
from functools import lru_cache

from babel.numbers import get_currency_name

from contracts.money import Money, decimals_of
from reports.renderers.amounts import paper_language

_LIMITS = {"fa": 10**18, "id": 10**36, "pl": 10**60, "zh_Hant": 10**32}
"""From where on there are no words: num2words stops, or goes silently wrong (Persian)."""
_LAKHS_LIMIT = 10**10
_CHINESE_DIGITS = "零壹貳參肆伍陸柒捌玖"
_CHINESE_TENS = ("", "拾", "佰", "仟")
_CHINESE_MYRIADS = ("", "萬", "億", "兆", "京", "垓", "秭", "穰")
_CHINESE_NAMES = {"TWD": "新臺幣", "CNY": "人民幣", "HKD": "港幣"}
_MINOR_NAMES = {
    "AUD": ("cent", "cents"),
    "BDT": ("poisha", "poisha"),
    "CAD": ("cent", "cents"),
    "EUR": ("cent", "cents"),
    "GBP": ("penny", "pence"),
    "INR": ("paisa", "paise"),
    "LKR": ("cent", "cents"),
    "NPR": ("paisa", "paise"),
    "PKR": ("paisa", "paise"),
    "USD": ("cent", "cents"),
}


@lru_cache(maxsize=4_096)
def amount_in_words(amount: Money, locale: str) -> str:
    """The amount in the language of the locale, English where we do not speak it or it has no words for so much.

    Rupees in English count by lakhs and crores. Where a currency's parts have no name they stand as a fraction:
    "and 50/100".
    """
    language = paper_language(locale)
    whole, part = divmod(abs(amount.minor), 10 ** decimals_of(amount.currency))
    if language in _LIMITS and whole >= _LIMITS[language]:
        language = "en"
    said = _SPEAKERS[language](whole, part, amount.currency)
    minus = _MINUS[language] if amount.minor < 0 else ""
    return _capitalised(f"{minus}{said}")


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cardinal(number: int, language: str) -> str:
    from num2words import num2words  # speaks thirty languages and loads them all: only when first needed

    words: str = num2words(number, lang=language)
    return words


def _currency(currency: str, count: int, language: str) -> str:
    """The currency's name in the grammatical number that the count asks for: "Indian rupees"."""
    return str(get_currency_name(currency, count=count, locale=language))


def _fraction(part: int, currency: str) -> str:
    places = decimals_of(currency)
    return f"{part:0{places}d}/{10**places}"


def _english(whole: int, part: int, currency: str) -> str:
    speaker = "en_IN" if currency == "INR" and whole < _LAKHS_LIMIT else "en"
    said = f"{_cardinal(whole, speaker)} {_currency(currency, whole, 'en')}".replace(",", "")
    if not part:
        return said
    if currency not in _MINOR_NAMES:
        return f"{said} and {_fraction(part, currency)}"
    singular, plural = _MINOR_NAMES[currency]
    return f"{said} and {_cardinal(part, speaker)} {singular if part == 1 else plural}"


def _french(whole: int, part: int, currency: str) -> str:
    words = _cardinal(whole, "fr")
    name = _currency(currency, whole, "fr")
    linked = "d’" if name[:1].lower() in "aeiouéêh" else "de "
    of = linked if whole and words.endswith(("million", "millions", "milliard", "milliards")) else ""
    said = f"{words} {of}{name}"
    if part and currency in ("EUR", "USD", "CAD", "AUD"):
        name = "centime" if currency == "EUR" else "cent"
        return f"{said} et {_cardinal(part, 'fr')} {name}{'s' if part > 1 else ''}"
    return f"{said} et {_fraction(part, currency)}" if part else said


def _indonesian(whole: int, part: int, currency: str) -> str:
    name = "rupiah" if currency == "IDR" else _currency(currency, whole, "id")
    said = f"{_cardinal(whole, 'id')} {name}"
    if part and currency in ("IDR", "USD", "EUR"):
        return f"{said} {_cardinal(part, 'id')} sen"
    return f"{said} dan {_fraction(part, currency)}" if part else said


def _polish(whole: int, part: int, currency: str) -> str:
    said = f"{_cardinal(whole, 'pl')} {_currency(currency, whole, 'pl')}"
    return f"{said} {_fraction(part, currency)}" if decimals_of(currency) else said  # 00/100 is customary


def _persian(whole: int, part: int, currency: str) -> str:
    said = f"{_cardinal(whole, 'fa')} {_currency(currency, whole, 'fa')}"
    return f"{said} و {_fraction(part, currency)}" if part else said


def _chinese(whole: int, part: int, currency: str) -> str:
    """The numerals of banks and invoices, with which no stroke turns one number into another."""
    name = _CHINESE_NAMES.get(currency) or _currency(currency, whole, "zh_Hant")
    said = f"{name}{chinese_numeral(whole)}元"
    if not part:
        return said + "整"
    if decimals_of(currency) != 2:
        return f"{said}又{_fraction(part, currency)}"
    tenths, hundredths = divmod(part, 10)
    ending = f"{_CHINESE_DIGITS[hundredths]}分" if hundredths else "整"
    return said + (f"{_CHINESE_DIGITS[tenths]}角" if tenths else "零") + ending


def chinese_numeral(number: int) -> str:
    """A whole number in financial numerals: 250 is 貳佰伍拾, 10,005 is 壹萬零伍."""
    if not number:
        return _CHINESE_DIGITS[0]
    said, place, gap = "", 0, False
    while number:
        number, four = divmod(number, 10_000)
        if four:
            group = _four_digits(four) + _CHINESE_MYRIADS[place]
            said = group + (_CHINESE_DIGITS[0] if gap and said else "") + said
        gap = 0 < four < 1000 or (not four and bool(said))
        place += 1
    return said


def _four_digits(number: int) -> str:
    said, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            said += (
                (_CHINESE_DIGITS[0] if gap and said else "") + _CHINESE_DIGITS[digit] + _CHINESE_TENS[place]
            )
            gap = False
        else:
            gap = True
    return said


_SPEAKERS: dict[str, Callable[[int, int, str], str]] = {
    "en": _english,
    "fr": _french,
    "id": _indonesian,
    "pl": _polish,
    "zh_Hant": _chinese,
    "fa": _persian,
}
_MINUS = {"en": "minus ", "fr": "moins ", "id": "minus ", "pl": "minus ", "zh_Hant": "負", "fa": "منفی "}
