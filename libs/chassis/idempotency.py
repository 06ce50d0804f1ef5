"""Idempotency keys: the same request with the same key is carried out once and answered alike (RULES, payments)."""

import hashlib
import json
from datetime import timedelta
from typing import TypeVar

from pydantic import BaseModel
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chassis.audit import quiet
from chassis.clock import Clock
from chassis.tables import IdempotencyRow
from chassis.upserts import Upsert
from contracts.errors import RuleBroken

Answer = TypeVar("Answer", bound=BaseModel)
REPLAY_FOR = timedelta(days=30)


class IdempotencyKeyReused(RuleBroken):
    """The key came before with another request."""

    code = "idempotency_key_reused"


def fingerprint(request: BaseModel, *apart: str) -> str:
    """A digest of everything that the request says, its key apart, and the fields that are named."""
    said = request.model_dump(mode="json", exclude={"idempotency_key", *apart})
    named = {"call": type(request).__name__, "said": said}
    return hashlib.sha256(json.dumps(named, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


_TAKE = Upsert(IdempotencyRow, lambda insert: insert.on_conflict_do_nothing().returning(IdempotencyRow.key))


def claim(
    session: Session, scope: str, key: str, request: BaseModel, answer: type[Answer], clock: Clock
) -> Answer | None:
    """Take the key for this unit of work; returns the earlier answer when it was used before with the same request.

    A second caller with the same key waits for the first one's transaction. Raises IdempotencyKeyReused.
    """
    row = {"scope": scope, "key": key, "fingerprint": fingerprint(request), "created_at": clock.now()}
    if _TAKE.run(session, [row]).first() is not None:
        return None
    quiet(session)
    earlier = session.execute(
        select(IdempotencyRow.fingerprint, IdempotencyRow.answer)
        .where(IdempotencyRow.scope == scope, IdempotencyRow.key == key)
    ).one()  # fmt: skip
    if earlier.fingerprint != row["fingerprint"]:
        raise IdempotencyKeyReused(
            "This Idempotency-Key was used before for another request; make a new key for a new request.",
            field="Idempotency-Key",
        )
    return answer.model_validate(earlier.answer)


def remember(session: Session, scope: str, key: str, answer: BaseModel) -> None:
    """Keep the answer for the key that this unit of work has claimed."""
    session.execute(
        update(IdempotencyRow)
        .where(IdempotencyRow.scope == scope, IdempotencyRow.key == key)
        .values(answer=answer)
    )


def forget_old(session: Session, clock: Clock) -> None:
    """Drop the answers that are too old to be given again; what the keys made stays unique where it is stored."""
    session.execute(delete(IdempotencyRow).where(IdempotencyRow.created_at < clock.now() - REPLAY_FOR))
