"""The REST API under /api/v1: one module per resource."""

from flask_openapi.blueprint import APIBlueprint

from gateway.api import (
    branches,
    customers,
    dues,
    invoices,
    messages,
    online_payments,
    payments,
    plans,
    reports,
    runs,
    sessions,
    staff,
    subscriptions,
)

RESOURCES: tuple[APIBlueprint, ...] = (
    sessions.sign_in, sessions.sessions, sessions.me, branches.api, staff.api, plans.api, customers.api,
    subscriptions.api, dues.api, payments.api, online_payments.api,
    online_payments.callbacks, invoices.api, runs.api, messages.api, reports.api,
)  # fmt: skip
"""Every resource, in the order of the document."""
