"""The rules of complaints: numbers, age, who may reopen until when, and the kinds of other programs."""

import re
from datetime import date, timedelta

from contracts.cards import ComplaintKind, Service

MOST_OPEN = 10
"""Complaints that a customer may have open by filing themself; each one mails, so there is an end to it."""

# Words in the kinds of older programs, in the order of looking: "BROADBAND SPEED" is about speed.
_WORDS: tuple[tuple[str, ComplaintKind], ...] = (
    ("signal", ComplaintKind.NO_SIGNAL),
    ("set-top", ComplaintKind.SET_TOP_BOX),
    ("set top", ComplaintKind.SET_TOP_BOX),
    ("speed", ComplaintKind.SPEED),
    ("billing", ComplaintKind.BILLING),
    ("broadband", ComplaintKind.BROADBAND),
)


def number_text(branch_code: str, year: int, count: int) -> str:
    """MAIN-C2026-000001: the C tells it from a payment's and an invoice's number."""
    return f"{branch_code}-C{year:04d}-{count:06d}"


def imported_number(source: str, number: str) -> str:
    """The number of a complaint of another program, which holds the one that the customer knows: CTVMS-MAIN-1000."""
    return re.sub(r"[^A-Za-z0-9]+", "-", f"{source} {number}").strip("-")


def kind_of(named: str) -> ComplaintKind:
    """Our kind for the words of another program; what none of ours fits is `other`."""
    folded = named.casefold()
    return next((kind for word, kind in _WORDS if word in folded), ComplaintKind.OTHER)


def service_of(kind: ComplaintKind) -> Service | None:
    """The service that a kind is about by itself; None where it may be either."""
    services = {
        ComplaintKind.NO_SIGNAL: Service.CABLE_TV, ComplaintKind.SET_TOP_BOX: Service.CABLE_TV,
        ComplaintKind.BROADBAND: Service.BROADBAND, ComplaintKind.SPEED: Service.BROADBAND,
    }  # fmt: skip
    return services.get(kind)


def age_days(filed_on: date, until: date) -> int:
    """Whole days since the day of filing; never negative, as a branch's time zone may be changed."""
    return max(0, (until - filed_on).days)


def reopen_until(resolved_on: date, days: int) -> date:
    """The last day on which the customer may reopen it."""
    return resolved_on + timedelta(days=days)
