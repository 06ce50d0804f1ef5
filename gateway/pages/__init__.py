"""The web pages, by area; every area is a blueprint."""

from flask import Flask

from contracts.actor import Right
from gateway.pages import formats, languages, places
from gateway.pages.account.reset import pages as password_reset
from gateway.pages.account.views import pages as account
from gateway.pages.customers.views import pages as customers
from gateway.pages.home.views import pages as home
from gateway.pages.my.details import pages as my_details
from gateway.pages.my.invoices import pages as my_invoices
from gateway.pages.my.pay import pages as my_pay
from gateway.pages.my.payments import pages as my_payments
from gateway.pages.online.views import pages as online_payments
from gateway.pages.payments.views import pages as payments
from gateway.pages.simulated.views import pages as simulated_provider

AREAS = (
    account,
    password_reset,
    home,
    customers,
    payments,
    my_details,
    my_pay,
    my_payments,
    my_invoices,
    online_payments,
    simulated_provider,
)


def install(app: Flask) -> None:
    """Register every area, and what their templates may ask for."""
    languages.install(app)
    formats.install(app)
    app.jinja_env.globals.update(
        places=places.places,
        customer_tabs=places.customer_tabs,
        href=places.href,
        may=places.may,
        Right=Right,
    )
    for area in AREAS:
        app.register_blueprint(area)
