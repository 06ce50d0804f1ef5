"""The web pages, by area; every area is a blueprint."""

from flask import Flask

from contracts.actor import Right
from gateway.pages import formats, languages, places
from gateway.pages.account.views import pages as account
from gateway.pages.customers.views import pages as customers
from gateway.pages.home.views import pages as home
from gateway.pages.payments.views import pages as payments
from gateway.pages.reports.views import pages as reports
from gateway.pages.settings.views import pages as settings

AREAS = (account, home, customers, payments, reports, settings)


def install(app: Flask) -> None:
    """Register every area, and what their templates may ask for."""
    languages.install(app)
    formats.install(app)
    app.jinja_env.globals.update(
        places=places.places,
        customer_tabs=places.customer_tabs,
        settings_sections=places.settings_sections,
        href=places.href,
        may=places.may,
        Right=Right,
    )
    for area in AREAS:
        app.register_blueprint(area)
