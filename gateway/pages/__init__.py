"""The web pages, by area; every area is a blueprint."""

from flask import Flask

from contracts.actor import Right
from contracts.money import Money
from gateway.pages import formats, languages, places
from gateway.pages.account.views import pages as account
from gateway.pages.cash.views import pages as cash
from gateway.pages.customers.views import pages as customers
from gateway.pages.home.views import pages as home
from gateway.pages.operations.views import pages as operations
from gateway.pages.payments.views import pages as payments
from gateway.pages.receipts.views import pages as receipts
from gateway.pages.years.views import pages as years

AREAS = (account, home, customers, payments, receipts, cash, operations, years)


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
        money_of=Money.of,
    )
    for area in AREAS:
        app.register_blueprint(area)
