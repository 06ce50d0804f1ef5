"""Who listens to what and who calls whom: every queue and binding of the bus, so that each process can declare all
before it publishes, and each user of the bus be given no more than that."""

from functools import cache

from contracts.events import (
    BranchChanged,
    ChargesRaised,
    ComplaintReceived,
    ComplaintResolved,
    CustomerChanged,
    CustomerDeactivated,
    CustomerErased,
    CustomerRegistered,
    DuesOutstanding,
    EmailChangeRequested,
    Event,
    PasswordCodeIssued,
    PasswordLinkIssued,
    PaymentMade,
    PaymentVoided,
    ReportReady,
    SubscriptionChanged,
)

SERVICES = ("customers", "billing", "notify", "reports")

LISTENERS: dict[str, tuple[type[Event], ...]] = {
    "customers": (),
    "billing": (
        BranchChanged,
        CustomerRegistered,
        CustomerChanged,
        CustomerDeactivated,
        CustomerErased,
    ),
    "notify": (
        BranchChanged,
        CustomerRegistered,
        CustomerChanged,
        CustomerDeactivated,
        CustomerErased,
        PasswordLinkIssued,
        PasswordCodeIssued,
        EmailChangeRequested,
        ComplaintReceived,
        ComplaintResolved,
        PaymentMade,
        PaymentVoided,
        DuesOutstanding,
        ReportReady,
    ),
    "reports": (
        BranchChanged,
        CustomerRegistered,
        CustomerChanged,
        CustomerDeactivated,
        CustomerErased,
        SubscriptionChanged,
        ChargesRaised,
        PaymentMade,
        PaymentVoided,
    ),
}

CALLS: dict[str, tuple[str, ...]] = {
    "customers": (),
    "billing": ("customers",),
    "notify": ("customers", "reports"),
    "reports": ("customers",),
    "gateway": SERVICES,
}
"""Whom each process calls by itself; besides, a listener asks its producers for events that were lost."""


@cache
def has_listener(event_type: str) -> bool:
    """Whether some service of ours listens; events without one are for an operator's own listeners."""
    return any(event_type == listened.type_name() for types in LISTENERS.values() for listened in types)


def producers_for(service: str) -> dict[str, tuple[str, ...]]:
    """The producers that a service listens to, each with the event types taken from it."""
    found: dict[str, list[str]] = {}
    for event in LISTENERS[service]:
        found.setdefault(event.producer, []).append(event.type_name())
    return {producer: tuple(types) for producer, types in found.items()}


def called_by(caller: str) -> tuple[str, ...]:
    """The services that a service, or the gateway, may call."""
    producers = producers_for(caller) if caller in LISTENERS else {}
    return tuple(service for service in SERVICES if service in CALLS[caller] or service in producers)


def callers_of(service: str) -> tuple[str, ...]:
    """Who may call a service, and waits for its answers."""
    return tuple(caller for caller in CALLS if service in called_by(caller))
