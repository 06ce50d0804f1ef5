"""Hand some requests out, if the limit of this minute has any left."""

from math import ceil

from sqlalchemy import case, or_
from sqlalchemy.orm import Session

from chassis.audit import quiet
from chassis.clock import Clock
from chassis.database import is_sqlite
from contracts.calls.allowances import Allowance
from customers.domain.allowances import allowance, part_of, seconds_left, window_start
from customers.domain.sign_in_refusals import TooManyRequests
from customers.signin_tables import RequestCount


def take_allowance(session: Session, key: str, limit: int, clock: Clock) -> Allowance:
    """One statement counts and decides, so that replicas cannot both take the last part. Raises TooManyRequests."""
    quiet(session)
    if is_sqlite(session):
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]  # the same call on both dialects
    now, part = clock.now(), part_of(limit)
    adding = insert(RequestCount).values(key=key, window_at=window_start(now), count=part)
    # Clocks of replicas differ a little: one that is late counts towards the newer minute and never back.
    is_older = RequestCount.window_at < adding.excluded.window_at
    counted = adding.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "count": case((is_older, part), else_=RequestCount.count + part),
            "window_at": case((is_older, adding.excluded.window_at), else_=RequestCount.window_at),
        },
        where=or_(is_older, RequestCount.count + part <= limit),
    ).returning(RequestCount.count)
    if session.execute(counted).first() is None:
        wait = max(1, ceil(seconds_left(now)))
        refusal = TooManyRequests(f"More than {limit} requests in a minute; go on in {wait} seconds.")
        refusal.retry_after = wait
        raise refusal
    return allowance(limit, now)
