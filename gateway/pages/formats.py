"""Money, days and months as people of a language write them; filters of the templates."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format
from babel.numbers import format_currency, format_decimal
from flask import Flask
from flask_babel import get_locale, gettext

from contracts.actor import Role
from contracts.calls.customers import HistoryKind
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
        message_state=message_state_text, history_kind=history_kind_text, field_name=field_text,
        online_state=online_state_text, provider=provider_text, audit_detail=audit_detail_text,
    )  # fmt: skip


def _locale(currency: str = "") -> Locale:
    """How the page's language writes dates and numbers. English: the day first, and rupees grouped by lakhs."""
    chosen: Locale = get_locale()
    if chosen.language != "en":
        return chosen
    return Locale("en", "IN" if currency == "INR" else "GB")


def money_text(amount: Money) -> str:
    """An amount with its currency: ₹250.00, ₹1,00,000.00."""
    return format_currency(amount.decimal(), amount.currency, locale=_locale(amount.currency))


def day_text(day: date | datetime) -> str:
    """A day: 21 Nov 2026."""
    return format_date(day, "medium", locale=_locale())


def moment_text(moment: datetime, time_zone: str = "UTC") -> str:
    """A moment on the wall clock of a time zone, the branch's where it is known: 21 Nov 2026, 14:05."""
    locale, local = _locale(), moment.astimezone(ZoneInfo(time_zone))
    clock = format_time(local, "short", locale=locale)
    both = str(get_datetime_format("medium", locale=locale))
    return both.replace("{0}", clock).replace("{1}", format_date(local, "medium", locale=locale))


def count_text(number: int) -> str:
    """A number of things: 7,043."""
    return format_decimal(number, locale=_locale())


def month_text(period: str) -> str:
    """A billing period: November 2026."""
    return format_skeleton("yMMMM", period_start(period), locale=_locale())


def month_name_text(period: str) -> str:
    """The month's name alone, as it stands in a list to choose from: November."""
    return format_date(period_start(period), "LLLL", locale=_locale())


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


def audit_detail_text(detail: dict[str, Any]) -> str:
    """Details of an audit entry as one line: "fields: email, street; amount_minor: 25000"."""
    return "; ".join(
        f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in detail.items()
    )


MESSAGE_STATES = ("queued", "sending", "retry", "sent", "failed", "unknown")


def message_state_text(state: str) -> str:
    """How far a message got (contracts.calls.notify)."""
    names: dict[str, str] = {
        "queued": gettext("Waiting"),
        "sending": gettext("Being sent"),
        "retry": gettext("Tried, comes again"),
        "sent": gettext("Sent"),
        "failed": gettext("Failed"),
        "unknown": gettext("Perhaps sent"),
    }
    return names.get(state, state)


def history_kind_text(kind: HistoryKind) -> str:
    """What happened to a customer's record."""
    names: dict[HistoryKind, str] = {
        HistoryKind.REGISTERED: gettext("Added"),
        HistoryKind.CHANGED: gettext("Changed"),
        HistoryKind.DEACTIVATED: gettext("Deactivated"),
        HistoryKind.RESTORED: gettext("Restored"),
        HistoryKind.ERASED: gettext("Personal data erased"),
    }
    return names[kind]


def field_text(field: str) -> str:
    """A field of a customer's record, as its form names it."""
    names: dict[str, str] = {
        "name": gettext("Name"), "email": gettext("E-mail"), "mobile": gettext("Mobile"),
        "date_of_birth": gettext("Date of birth"), "id_type": gettext("Kind of identity document"),
        "id_number": gettext("Number of the document"), "house_name": gettext("House"), "street": gettext("Street"),
        "area": gettext("Area"), "district": gettext("District"), "state": gettext("State or province"),
        "country": gettext("Country"), "postal_code": gettext("Postal code"),
        "locale": gettext("Language of e-mails and invoices"), "notes": gettext("Notes"),
        "branch_id": gettext("Branch"),
    }  # fmt: skip
    return names.get(field, field)
