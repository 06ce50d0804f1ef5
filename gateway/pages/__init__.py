"""The web pages, by area; every area is a blueprint."""

from flask import Flask

from contracts.actor import Right
from contracts.money import Money
from gateway.pages import formats, languages, places
from gateway.pages.account.changes import change_text, in_fours
from gateway.pages.account.overview import pages as account_overview
from gateway.pages.account.reset import pages as password_reset
from gateway.pages.account.token_form import scope_text
from gateway.pages.account.tokens import pages as api_tokens
from gateway.pages.account.two_step import pages as two_step
from gateway.pages.account.views import pages as account
from gateway.pages.cash.views import pages as cash
from gateway.pages.complaints.forms import kind_text
from gateway.pages.complaints.views import pages as complaints
from gateway.pages.customers.record import pages as record
from gateway.pages.customers.tabs import pages as tabs
from gateway.pages.customers.views import pages as customers
from gateway.pages.home.views import pages as home
from gateway.pages.messages.views import pages as messages
from gateway.pages.my.details import pages as my_details
from gateway.pages.my.invoices import pages as my_invoices
from gateway.pages.my.pay import pages as my_pay
from gateway.pages.my.payments import pages as my_payments
from gateway.pages.online.views import pages as online_payments
from gateway.pages.operations.views import pages as operations
from gateway.pages.payments.views import pages as payments
from gateway.pages.receipts.views import pages as receipts
from gateway.pages.refusals import sentence_of
from gateway.pages.reminders.forms import stage_text
from gateway.pages.reminders.views import pages as reminders
from gateway.pages.reports.views import pages as reports
from gateway.pages.settings.views import pages as settings
from gateway.pages.simulated.views import pages as simulated_provider
from gateway.pages.subscriptions.views import pages as subscriptions
from gateway.pages.years.views import pages as years

AREAS = (
    account,
    password_reset,
    account_overview,
    api_tokens,
    two_step,
    home,
    customers,
    record,
    tabs,
    subscriptions,
    payments,
    receipts,
    years,
    cash,
    online_payments,
    complaints,
    reminders,
    messages,
    reports,
    settings,
    operations,
    my_details,
    my_pay,
    my_payments,
    my_invoices,
    simulated_provider,
)


def install(app: Flask) -> None:
    """Register every area, and what their templates may ask for."""
    languages.install(app)
    formats.install(app)
    app.jinja_env.filters.update(
        complaint_kind=kind_text, reminder_stage=stage_text, sign_in_change=change_text, groups=in_fours
    )
    app.jinja_env.filters["scope"] = scope_text
    app.jinja_env.globals.update(
        places=places.places,
        customer_tabs=places.customer_tabs,
        settings_sections=places.settings_sections,
        href=places.href,
        is_current=places.is_current,
        may=places.may,
        Right=Right,
        money_of=Money.of,
        sentence_of=sentence_of,
    )
    for area in AREAS:
        app.register_blueprint(area)
