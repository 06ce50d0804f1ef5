"""Count CRF numbers for customers who bring none."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from customers.tables import Counter, Customer

COUNTER = "crf"
FIRST = 1001
_LOOK_AHEAD = 500


def count_crf(session: Session) -> str:
    """The next number that no customer has; the counter is locked until the transaction ends."""
    value = session.scalar(
        update(Counter)
        .where(Counter.name == COUNTER)
        .values(value=Counter.value + 1)
        .returning(Counter.value)
    )
    if value is None:
        raise RuntimeError("the CRF counter is missing; bootstrap makes it")
    free = _first_free(session, value)
    if free != value:
        session.execute(update(Counter).where(Counter.name == COUNTER).values(value=free))
    return str(free)


def _first_free(session: Session, start: int) -> int:
    while True:
        candidates = range(start, start + _LOOK_AHEAD)
        names = [str(number) for number in candidates]
        taken = set(session.scalars(select(Customer.crf_key).where(Customer.crf_key.in_(names))))
        for number in candidates:
            if str(number) not in taken:
                return number
        start += _LOOK_AHEAD
