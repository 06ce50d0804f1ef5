"""The audit log: who did what, about whom, written in the transaction that does it (decision 0016).

Every call that writes leaves a row, without a word in its use case; a use case says more by `about` and `within`. Jobs
leave a row where a use case says so. Rows hold ids, names of fields, amounts and numbers of papers; nothing that would
have to be blanked when a person is erased. `chassis.audit_chain` makes rows that were altered or removed stand out.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Connection, Engine, Insert, Table, event, insert
from sqlalchemy.orm import Session

from chassis.clock import Clock
from chassis.logs import current_trace
from chassis.tables import AuditRow
from contracts.actor import Actor

INSERT = insert(cast(Table, AuditRow.__table__))
DONE = "done"
NOTARY = "notary"
"""The signal that wakes the loop which chains new rows."""
_SAID, _WROTE = "audit", "headend_wrote"
_NOT_TOLD = frozenset(
    {
        "idempotency_key", "expected_version", "seen", "address", "session_token", "version", "token", "code",
        "password", "user_agent",
    }
)  # fmt: skip
"""Fields of requests that change nothing, or only prove who asks."""


@dataclass
class Deed:
    """What this process is doing for somebody: a call, with its request, or a job, with none."""

    name: str
    clock: Clock
    actor: Actor | None = None
    request: BaseModel | None = None
    wrote: bool = False
    """Whether a unit of work that may write was opened for it."""


@dataclass
class _About:
    kind: str
    object_id: str
    branch_id: UUID | None
    customer_id: UUID | None
    detail: dict[str, Any]


@dataclass
class _Said:
    """What a unit of work said of itself so far."""

    branch_id: UUID | None = None
    customer_id: UUID | None = None
    what: tuple[str, object] | None = None
    actor: Actor | None = None
    abouts: list[_About] = field(default_factory=list)
    told: bool = False
    is_quiet: bool = False


_deed: ContextVar[Deed | None] = ContextVar("deed", default=None)


@contextmanager
def doing(
    name: str, clock: Clock, actor: Actor | None = None, request: BaseModel | None = None
) -> Iterator[Deed]:
    """Units of work inside are done for this call (with its request), or this job."""
    deed = Deed(name, clock, actor, request)
    token = _deed.set(deed)
    try:
        yield deed
    finally:
        _deed.reset(token)


def within(
    session: Session,
    *,
    branch_id: UUID | None = None,
    customer_id: UUID | None = None,
    what: tuple[str, object] | None = None,
) -> None:
    """Whose record, in which branch and at which thing this unit of work is, should it change anything.

    What finds a thing for use cases says so.
    """
    said = _said(session)
    said.branch_id, said.customer_id = branch_id or said.branch_id, customer_id or said.customer_id
    said.what = what or said.what


def about(
    session: Session, kind: str, object_id: object, *, branch_id: UUID | None = None, **detail: Any
) -> None:
    """This unit of work changes such a thing; each is a row of its own. `detail`: numbers, amounts, names of fields."""
    said = _said(session)
    said.abouts.append(_About(kind, str(object_id), branch_id or said.branch_id, said.customer_id, detail))


def by(session: Session, actor: Actor) -> None:
    """Who it turned out to be, in a call that is open to everybody."""
    _said(session).actor = actor


def quiet(session: Session) -> None:
    """This unit of work counts, copies or touches: no row is needed unless it says what it is about."""
    _said(session).is_quiet = True


def rows_said(session: Session) -> tuple[Insert, list[dict[str, Any]]]:
    """The statement and the rows of what was said so far, for who writes much in one trip (chassis.writes)."""
    deed, said = _deed.get(), _said(session)
    if deed is None or not said.abouts:
        return INSERT, []
    abouts, said.abouts, said.told = said.abouts, [], True
    return INSERT, [_row(deed, said.actor or deed.actor, one, DONE) for one in abouts]


def begin_unit(session: Session) -> None:
    """A unit of work that may write begins."""
    deed = _deed.get()
    if deed is not None:
        deed.wrote = True
        session.info[_SAID] = _Said()


def end_unit(session: Session) -> bool:
    """A unit of work is about to commit: write the rows that it owes. True when there were some, now or before."""
    deed = _deed.get()
    if deed is None:
        return False
    session.flush()
    said = _said(session)
    if not said.abouts and _owes_a_row(session, said, deed):
        said.abouts = [_of_request(said, deed)]
    statement, rows = rows_said(session)
    for row in rows:
        session.connection().execute(statement, row)
    return said.told


def write_refusal(session: Session, deed: Deed, code: str) -> None:
    """The row of a call that would have changed something and was refused."""
    session.connection().execute(INSERT, _row(deed, deed.actor, _of_request(_Said(), deed), code))


def watch_writes(engine: Engine) -> None:
    """Let the connections of an engine remember whether they have written something since they began."""

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.info.pop(_WROTE, None)

    @event.listens_for(engine, "after_cursor_execute")
    def note(
        connection: Connection, _cursor: Any, _statement: str, _parameters: Any, context: Any, _many: bool
    ) -> None:
        if context.isinsert or context.isupdate or context.isdelete:
            connection.info[_WROTE] = True


def note_written(connection: Connection) -> None:
    """For a statement that writes and does not look like it."""
    connection.info[_WROTE] = True


def _said(session: Session) -> _Said:
    found: _Said = session.info.setdefault(_SAID, _Said())
    return found


def _owes_a_row(session: Session, said: _Said, deed: Deed) -> bool:
    if deed.request is None or said.told or said.is_quiet:
        return False
    return bool(session.connection().info.get(_WROTE))


def _of_request(said: _Said, deed: Deed) -> _About:
    """What the request itself tells: the first id in it is what it is about."""
    given = (
        {name: getattr(deed.request, name) for name in sorted(deed.request.model_fields_set)}
        if deed.request
        else {}
    )
    ids = {name.removesuffix("_id"): value for name, value in given.items() if name.endswith("_id") and value}
    kind, object_id = said.what or next(iter(ids.items()), ("", ""))
    fields = [name for name in given if not name.endswith("_id") and name not in _NOT_TOLD]
    return _About(
        kind, str(object_id), said.branch_id or _uuid(ids.get("branch")),
        said.customer_id or _uuid(ids.get("customer")), {"fields": fields} if fields else {},
    )  # fmt: skip


def _uuid(value: object) -> UUID | None:
    return value if isinstance(value, UUID) else None


def _row(deed: Deed, actor: Actor | None, about: _About, outcome: str) -> dict[str, Any]:
    customer_id = about.customer_id or (actor.customer_id if actor else None)
    return {
        "at": deed.clock.now(), "trace": current_trace(), "subject": actor.subject if actor else "",
        "role": actor.role.value if actor else "", "via": getattr(actor, "via", "") or "", "call": deed.name,
        "kind": about.kind, "object_id": about.object_id[:80], "customer_id": customer_id,
        "branch_id": about.branch_id, "outcome": outcome, "detail": about.detail,
    }  # fmt: skip
