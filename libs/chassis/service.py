"""The base of the four nameko services, and `call`: a typed door that decodes, knows the caller, and answers."""

import functools
import inspect
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ClassVar, TypeVar, cast

from nameko.extensions import DependencyProvider
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from chassis import metrics
from chassis.audit import NOTARY, Deed, doing, write_refusal
from chassis.audit_list import list_audit
from chassis.clock import Clock
from chassis.database import wake_after_commit
from chassis.feed import list_heads, read_events
from chassis.jobs import Job
from chassis.logs import logger, tracing
from chassis.operations import operations_of
from chassis.platform import Platform
from chassis.reactions import Reactions
from chassis.rpc_client import RpcClient
from chassis.rpc_server import SafeRpc
from chassis.settings import Settings
from chassis.triggers import AppendOnly
from contracts.actor import Actor, Right, Role
from contracts.calls import Call
from contracts.calls.audit import AuditList, ListAudit
from contracts.calls.feed import EventBodies, EventHeads, ListEventHeads, ReadEvents
from contracts.calls.operations import GetOperations, OperationsView, TroubledJob
from contracts.errors import Failed, FieldError, Forbidden, Invalid, Refusal, Unauthenticated, Unavailable

log = logger(__name__)
Door = TypeVar("Door", bound=Callable[..., Any])


class DatabaseAway(Unavailable):
    """The database does not answer; nothing was changed."""

    code = "database_away"


class PlatformProvider(DependencyProvider):  # type: ignore[misc]  # nameko ships no types
    """Gives each worker the platform, and runs the service's background loops while the container lives."""

    def start(self) -> None:
        """Start the loops (chassis.runner made them)."""
        self._threads = [
            self.container.spawn_managed_thread(loop.run, identifier=loop.name)
            for loop in self.container.config["loops"]
        ]

    def stop(self) -> None:
        """Let the loops end what they have in hand; the container kills those that take too long."""
        self.platform.stop()
        until = time.monotonic() + self.platform.settings.stop_seconds / 2
        while time.monotonic() < until and any(not thread.dead for thread in self._threads):
            time.sleep(0.02)

    def get_dependency(self, worker_ctx: Any) -> Platform:
        """The platform of this process and service."""
        return self.platform

    @property
    def platform(self) -> Platform:
        """The platform that the runner put into the container's configuration."""
        return cast(Platform, self.container.config["platform"])


def call(door: Door) -> Door:
    """Make a method of a Service a call: `def get_branch(self, request: GetBranch, actor: Actor) -> BranchCard`.

    The method's name is the contract's; a method without an `actor` parameter is open to callers who are not signed in.
    """
    parameters = inspect.signature(door).parameters
    with_actor = "actor" in parameters

    @functools.wraps(door)
    def answer(self: "Service", envelope: dict[str, Any]) -> dict[str, Any]:
        model = cast(type[Call[Any]], parameters["request"].annotation)
        started = time.perf_counter()
        with tracing(str(envelope.get("trace", ""))[:80]):
            result = _answer(self, door, model, envelope, with_actor)
        outcome = result.get("refusal", {}).get("code", "ok")
        metrics.CALLS.labels(self.name, door.__name__, outcome).inc()
        metrics.CALL_SECONDS.labels(self.name, door.__name__).observe(time.perf_counter() - started)
        return result

    del answer.__wrapped__  # nameko checks a call against this signature, not the door's
    return cast(Door, SafeRpc.decorator(answer))


def _answer(service: "Service", door: Callable[..., BaseModel], model: type[Call[Any]], envelope: dict[str, Any],
            with_actor: bool) -> dict[str, Any]:  # fmt: skip
    refusal: Refusal
    deed: Deed | None = None
    try:
        if float(envelope.get("deadline", 0)) < service.clock.now().timestamp():
            raise Unavailable("The caller gave up waiting; nothing was done.")
        request = _read(model, envelope.get("request"))
        arguments = {"actor": service.actor_of(envelope).for_call(reads=model.reads)} if with_actor else {}
        with doing(door.__name__, service.clock, arguments.get("actor"), request) as deed:
            return {"answer": door(service, request, **arguments).model_dump(mode="json")}
    except (Forbidden, Unauthenticated) as error:
        refusal = error
        _keep_refusal(service, deed, error)
    except Refusal as error:
        refusal = error
    except (DBAPIError, PoolTimeout) as error:
        if isinstance(error, DBAPIError) and not (error.connection_invalidated or _is_operational(error)):
            return _failed(door.__name__, error)
        log.error("database away", call=door.__name__, error=repr(error)[:500])
        refusal = DatabaseAway("The database does not answer; nothing was changed. Try again in a moment.")
    except Exception as error:  # noqa: BLE001 - logged there, and answered as an error of ours
        return _failed(door.__name__, error)
    return {"refusal": refusal.envelope().model_dump(mode="json")}


def _keep_refusal(service: "Service", deed: Deed | None, refusal: Refusal) -> None:
    """Who tried what they may not do is in the audit log too, where something would have been changed."""
    if deed is None or not deed.wrote:
        return
    try:
        with service.transaction() as session:
            write_refusal(session, deed, refusal.code)
            wake_after_commit(session, NOTARY)
    except (DBAPIError, PoolTimeout) as error:
        log.error("refusal not kept", call=deed.name, error=repr(error)[:500])


def _read(model: type[Call[Any]], said: Any) -> Call[Any]:
    """The request. Raises Invalid. What the door itself makes wrongly is no mistake of the caller, and not Invalid."""
    try:
        return model.model_validate(said)
    except ValidationError as error:
        raise Invalid(
            "The request is not complete or not of the right form.", errors=_field_errors(error)
        ) from None


def _failed(name: str, error: Exception) -> dict[str, Any]:
    log.error("call failed", call=name, error=repr(error)[:500], exc_info=error)
    failed = Failed(
        "The service met an error; nothing was changed. Try again, and tell the operator if it stays."
    )
    return {"refusal": failed.envelope().model_dump(mode="json")}


def _is_operational(error: DBAPIError) -> bool:
    return type(error).__name__ in {"OperationalError", "InterfaceError"}


def _field_errors(error: ValidationError) -> list[FieldError]:
    return [
        FieldError(
            field=".".join(str(part) for part in problem["loc"]), code=problem["type"], message=problem["msg"]
        )
        for problem in error.errors(include_url=False, include_context=False, include_input=False)
    ]


class Service:
    """One of the four services. Subclasses say their name and what they react to; their methods are doors."""

    name: ClassVar[str]
    reactions: ClassVar[Reactions] = Reactions({})
    jobs: ClassVar[tuple[Job, ...]] = ()
    append_only: ClassVar[tuple[AppendOnly, ...]] = ()

    platform: Platform = PlatformProvider()

    @classmethod
    def prepare(cls, platform: Platform) -> None:
        """What must be in the database before the first call; run at each start, by every replica."""

    @classmethod
    def measure(cls, session: Session, clock: Clock) -> None:
        """Set what only this service measures of its database; called every few seconds (chassis.measuring)."""

    def transaction(self) -> AbstractContextManager[Session]:
        """A unit of work on this service's database."""
        return self.platform.database.transaction()

    def reading(self) -> AbstractContextManager[Session]:
        """A read-only session."""
        return self.platform.database.reading()

    @property
    def clock(self) -> Clock:
        """The clock to hand to use cases."""
        return self.platform.clock

    @property
    def settings(self) -> Settings:
        """The process's settings."""
        return self.platform.settings

    @property
    def client(self) -> RpcClient:
        """Calls other services; never inside a transaction."""
        return self.platform.client

    def actor_of(self, envelope: dict[str, Any]) -> Actor:
        """The caller. Raises Unauthenticated."""
        token = envelope.get("actor")
        if not isinstance(token, str) or not token:
            raise Unauthenticated("Sign in first.")
        return self.platform.verifier.verify(token)

    def troubles(self, session: Session) -> tuple[TroubledJob, ...]:
        """What failed of the service's own work besides its jobs; for those who operate Headend."""
        return ()

    @call
    def get_operations(self, request: GetOperations, actor: Actor) -> OperationsView:
        """What is stuck in this service."""
        actor.require(Right.SEE_OPERATIONS)
        with self.reading() as session:
            found = operations_of(session, self.clock)
            return found.model_copy(update={"jobs": (*self.troubles(session), *found.jobs)})

    @call
    def list_audit(self, request: ListAudit, actor: Actor) -> AuditList:
        """This service's audit log."""
        with self.reading() as session:
            return list_audit(session, request, actor)

    @call
    def list_event_heads(self, request: ListEventHeads, actor: Actor) -> EventHeads:
        """Heads of this service's kept events, for repair."""
        _services_only(actor)
        with self.reading() as session:
            return list_heads(session, request)

    @call
    def read_events(self, request: ReadEvents, actor: Actor) -> EventBodies:
        """This service's kept events, for repair."""
        _services_only(actor)
        with self.reading() as session:
            return read_events(session, request, self.name)


def _services_only(actor: Actor) -> None:
    if actor.role is not Role.SERVICE:
        raise Forbidden("Only Headend's own services may do this.")
