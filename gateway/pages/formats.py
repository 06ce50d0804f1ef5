"""Money, days and months as people of a language write them; filters of the templates."""

from datetime import date, datetime

from babel import negotiate_locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_currency
from flask import Flask, g, request
from flask_babel import Babel, get_locale, gettext

from contracts.cards import FeeCategory, PaymentMode, Service, SubscriptionStatus
from contracts.fields import period_start
from contracts.money import Money

LANGUAGES = ("en",)
"""Languages that the pages are written in."""
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def install(app: Flask) -> None:
    """Choose each page's language, and make the filters known to every template."""
    Babel(app, default_locale=LANGUAGES[0], locale_selector=_language)
    app.jinja_env.globals.update(language=_language_tag, direction=_direction)
    app.jinja_env.filters.update(
        money=money_text, day=day_text, month=month_text, service=service_text, mode=mode_text,
        status=status_text, category=category_text,
    )  # fmt: skip


def _language() -> str:
    """The language of who is signed in, else the browser's; English where neither is ours."""
    caller = g.get("caller")
    wanted = negotiate_locale([caller.me.locale], LANGUAGES) if caller else None
    return wanted or request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def _language_tag() -> str:
    return str(get_locale()).replace("_", "-")


def _direction() -> str:
    return "rtl" if _language_tag().partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def money_text(amount: Money) -> str:
    """An amount with its currency: ₹250.00."""
    return format_currency(amount.decimal(), amount.currency, locale=get_locale())


def day_text(day: date | datetime) -> str:
    """A day: 21 Nov 2026."""
    return format_date(day, "medium", locale=get_locale())


def month_text(period: str) -> str:
    """A billing period: November 2026."""
    return format_skeleton("yMMMM", period_start(period), locale=get_locale())


def service_text(service: Service | None) -> str:
    """A service's name; fees may belong to none."""
    names: dict[Service, str] = {
        Service.CABLE_TV: gettext("Cable TV"),
        Service.BROADBAND: gettext("Broadband"),
    }
    return names[service] if service else gettext("Other")


def mode_text(mode: PaymentMode) -> str:
    """How money came."""
    names: dict[PaymentMode, str] = {
        PaymentMode.CASH: gettext("Cash"),
        PaymentMode.ONLINE: gettext("Online"),
        PaymentMode.OPENING: gettext("Paid before the import"),
    }
    return names[mode]


def status_text(status: SubscriptionStatus) -> str:
    """A subscription's status."""
    names: dict[SubscriptionStatus, str] = {
        SubscriptionStatus.APPLIED: gettext("Applied"),
        SubscriptionStatus.ACTIVE: gettext("Active"),
        SubscriptionStatus.INACTIVE: gettext("Inactive"),
        SubscriptionStatus.SUSPENDED: gettext("Suspended"),
        SubscriptionStatus.VOLUNTARY_STOP: gettext("Voluntary stop"),
        SubscriptionStatus.FORCED_STOP: gettext("Forced stop"),
        SubscriptionStatus.CLOSED: gettext("Closed"),
    }
    return names[status]


def category_text(category: FeeCategory) -> str:
    """What a charge is for."""
    return category.value.replace("_", " ").capitalize()
