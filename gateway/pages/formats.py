"""Money, days and months as people of a language write them; filters of the templates."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_skeleton
from babel.numbers import format_currency, format_decimal
from flask import Flask
from flask_babel import get_locale, gettext

from contracts.actor import Role
from contracts.calls.online_payments import OnlineProvider, OnlineState
from contracts.cards import FeeCategory, PaymentMode, Service, SubscriptionStatus
from contracts.fields import period_start
from contracts.money import Money


def install(app: Flask) -> None:
    """Make the filters known to every template."""
    app.jinja_env.filters.update(
        money=money_text, day=day_text, moment=moment_text, month=month_text,
        month_name=month_name_text, service=service_text, mode=mode_text,
        status=status_text, category=category_text, role=role_text, count=count_text,
        online_state=online_state_text, provider=provider_text,
    )  # fmt: skip


def money_text(amount: Money) -> str:
    """An amount with its currency: ₹250.00."""
    return format_currency(amount.decimal(), amount.currency, locale=get_locale())


def day_text(day: date | datetime) -> str:
    """A day: 21 Nov 2026."""
    return format_date(day, "medium", locale=get_locale())


def moment_text(moment: datetime, time_zone: str = "UTC") -> str:
    """A moment on the wall clock of a time zone, the branch's where it is known: 21 Nov 2026, 14:05."""
    return format_datetime(moment, "medium", tzinfo=ZoneInfo(time_zone), locale=get_locale())


def count_text(number: int) -> str:
    """A number of things: 7,043."""
    return format_decimal(number, locale=get_locale())


def month_text(period: str) -> str:
    """A billing period: November 2026."""
    return format_skeleton("yMMMM", period_start(period), locale=get_locale())


def month_name_text(period: str) -> str:
    """The month's name alone, as it stands in a list to choose from: November."""
    return format_date(period_start(period), "LLLL", locale=get_locale())


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
    names: dict[FeeCategory, str] = {
        FeeCategory.USAGE: gettext("Usage"),
        FeeCategory.INSTALLATION: gettext("Installation"),
        FeeCategory.HANDLING: gettext("Handling"),
        FeeCategory.LABOUR_AND_MATERIAL: gettext("Labour and material"),
        FeeCategory.RELOCATION: gettext("Relocation"),
        FeeCategory.TRANSFER: gettext("Transfer"),
        FeeCategory.VOLUNTARY_STOP: gettext("Voluntary stop"),
        FeeCategory.REACTIVATION: gettext("Reactivation"),
        FeeCategory.MAINTENANCE: gettext("Maintenance"),
        FeeCategory.LATE: gettext("Late fee"),
        FeeCategory.OTHER: gettext("Other"),
    }
    return names[category]


def online_state_text(state: OnlineState) -> str:
    """What became of an online payment."""
    names: dict[OnlineState, str] = {
        OnlineState.STARTED: gettext("Not paid yet"),
        OnlineState.AWAITING: gettext("Waiting for confirmation"),
        OnlineState.SETTLED: gettext("Paid"),
        OnlineState.REFUSED: gettext("Refused"),
        OnlineState.UNALLOCATED: gettext("To be refunded"),
        OnlineState.REFUNDED: gettext("Refunded"),
    }
    return names[state]


def provider_text(provider: OnlineProvider) -> str:
    """A way to pay by oneself."""
    names: dict[OnlineProvider, str] = {
        OnlineProvider.MANUAL: gettext("Bank transfer or UPI app"),
        OnlineProvider.SIMULATED: gettext("Simulated provider"),
    }
    return names[provider]


def role_text(role: Role) -> str:
    """What somebody is to the operator."""
    names: dict[Role, str] = {
        Role.ADMIN: gettext("Operator admin"),
        Role.MANAGER: gettext("Manager"),
        Role.CASHIER: gettext("Cashier"),
        Role.SUPPORT: gettext("Support"),
        Role.TECHNICIAN: gettext("Technician"),
        Role.CUSTOMER: gettext("Customer"),
    }
    return names[role]
