"""What customers keeps encrypted, and the jobs that see to it."""

from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from chassis.field_keys import FieldKeys
from chassis.platform import Platform
from chassis.resealing import SealedColumn
from chassis.resealing import reseal as reseal_columns
from customers.domain.masking import is_masked, masked
from customers.tables import Customer, HistoryEntry
from customers.two_step_tables import TwoStep

SEALED = (
    SealedColumn(cast(Table, Customer.__table__), "id_number_sealed", "customers.id_number"),
    SealedColumn(cast(Table, TwoStep.__table__), "secret", "customers.two_step"),
)
"""Every column of encrypted fields; a new key is brought to all of them."""

_CHUNK = 500


def reseal(platform: Platform) -> bool:
    """Encrypt anew what older keys have encrypted."""
    return reseal_columns(platform, SEALED)


def seal_plain(platform: Platform) -> bool:
    """Encrypt ID numbers that an older version of Headend wrote; True when there may be more."""
    plain = select(Customer.id).where(Customer.plain_id_number != "").limit(1)
    with platform.database.reading() as session:
        if session.scalar(plain) is None:
            return False
    with platform.database.transaction() as session:
        return seal_some(session, platform.field_keys) == _CHUNK


def seal_some(session: Session, keys: FieldKeys) -> int:
    """Encrypt the ID numbers of some customers, and mask them in their histories; how many they were."""
    rows = session.scalars(
        select(Customer)
        .where(Customer.plain_id_number != "")
        .order_by(Customer.id)
        .limit(_CHUNK)
        .with_for_update(skip_locked=True)
    ).all()
    for customer in rows:
        customer.set_id_number(customer.plain_id_number, keys)
    ids = [customer.id for customer in rows]
    for entry in session.scalars(select(HistoryEntry).where(HistoryEntry.customer_id.in_(ids))):
        if any(field == "id_number" for field, *_ in entry.changes):
            entry.changes = [_told(*change) for change in entry.changes]
    return len(ids)


def _told(field: str, *texts: str) -> list[str]:
    if field != "id_number":
        return [field, *texts]
    return [field, *(text if is_masked(text) else masked(text) for text in texts)]
