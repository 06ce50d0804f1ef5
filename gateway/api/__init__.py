"""The REST API under /api/v1: one module per resource."""

from flask_openapi.blueprint import APIBlueprint

from gateway.api import (
    api_tokens,
    audit,
    branches,
    cash,
    complaints,
    customers,
    dashboard,
    dues,
    invoices,
    letters,
    messages,
    online_payments,
    own_sessions,
    payments,
    plans,
    reminders,
    reports,
    runs,
    sessions,
    staff,
    subscriptions,
    two_step,
    years,
)

RESOURCES: tuple[APIBlueprint, ...] = (
    sessions.sign_in, sessions.sessions, sessions.me, branches.api, staff.api, plans.api, customers.api,
    subscriptions.api, dues.api, payments.api, invoices.api, runs.api, messages.api, reports.api,
    complaints.api,
    dashboard.api,
    years.api,
    letters.api,
    reminders.api,
    online_payments.api,
    online_payments.callbacks,
    cash.api,
    own_sessions.api,
    api_tokens.api,
    api_tokens.of_staff,
    two_step.api,
    two_step.of_staff,
    audit.api,
)  # fmt: skip
"""Every resource, in the order of the document."""
