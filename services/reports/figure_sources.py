"""Where the dashboard's figures come from when they are counted anew: an INSERT ... SELECT for each kind."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    String,
    cast,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    union_all,
)

from contracts.cards import SubscriptionStatus
from reports.tables import (
    Charge,
    Figure,
    FigureKind,
    Payment,
    PaymentAllocation,
    PaymentVoid,
    SubscriptionCopy,
)

_NONE: ColumnElement[str] = literal_column("''", String)
_NOTHING: ColumnElement[int] = literal_column("0")


def _filled(
    kind: FigureKind,
    *,
    branch: Any,
    at: Any = _NONE,
    service: Any = _NONE,
    detail: Any = _NONE,
    currency: Any = _NONE,
    count: Any = _NOTHING,
    minor: Any = _NOTHING,
    where: tuple[ColumnElement[bool], ...] = (),
    joined: Any = None,
) -> Insert:
    key = {"branch_id": branch, "at": at, "service": service, "detail": detail, "currency": currency}
    found = select(literal(kind.value), *key.values(), count, minor).where(*where)
    if joined is not None:
        found = found.select_from(joined)
    found = found.group_by(*(column for column in key.values() if column is not _NONE))
    return insert(Figure).from_select(["kind", *key, "count", "minor"], found)


_stands = ~exists().where(PaymentVoid.payment_id == PaymentAllocation.payment_id)
_paid = PaymentAllocation.__table__.join(Payment, Payment.id == PaymentAllocation.payment_id)
_changes = union_all(
    select(
        Charge.branch_id, Charge.period, func.coalesce(Charge.service, _NONE).label("service"), Charge.currency,
        (Charge.amount_minor - Charge.settled_minor).label("minor"),
    ),
    select(
        Payment.branch_id, PaymentAllocation.period,
        func.coalesce(PaymentAllocation.service, _NONE).label("service"), Payment.currency,
        (-PaymentAllocation.amount_minor).label("minor"),
    ).select_from(_paid).where(_stands),
).subquery("changes")  # fmt: skip

SOURCES = (
    _filled(
        FigureKind.SUBSCRIPTIONS, branch=SubscriptionCopy.branch_id, service=SubscriptionCopy.service,
        detail=SubscriptionCopy.status, count=func.count(),
    ),
    _filled(
        FigureKind.RENEWALS, branch=SubscriptionCopy.branch_id, at=cast(SubscriptionCopy.expires_on, String(10)),
        service=SubscriptionCopy.service, count=func.count(),
        where=(SubscriptionCopy.status == SubscriptionStatus.ACTIVE.value,),
    ),
    _filled(
        FigureKind.TAKINGS, branch=Payment.branch_id, at=cast(Payment.paid_on, String(10)),
        service=func.coalesce(PaymentAllocation.service, _NONE), detail=Payment.mode, currency=Payment.currency,
        minor=func.sum(PaymentAllocation.amount_minor), where=(_stands,), joined=_paid,
    ),
    _filled(
        FigureKind.PENDING, branch=_changes.c.branch_id, at=_changes.c.period, service=_changes.c.service,
        currency=_changes.c.currency, minor=func.sum(_changes.c.minor),
    ),
)  # fmt: skip
"""One for each kind of figure."""
