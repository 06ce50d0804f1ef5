"""Asking services on behalf of the caller: who asks, for how long, and how many at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar, cast

from flask import current_app, g
from pydantic import BaseModel, ValidationError

from chassis.logs import logger
from contracts.calls import Call
from contracts.errors import Failed
from gateway.allowances import allowances, caller_address, taking
from gateway.bulkhead import Bulkhead

Answer = TypeVar("Answer", bound=BaseModel)
log = logger(__name__)


class Client(Protocol):
    """What the gateway needs of a bus client: chassis.rpc_client.RpcClient, or a stand-in in tests.

    The trace travels along by itself (chassis.logs.tracing).
    """

    def call(self, request: Call[Answer], *, actor_token: str = "", timeout: float | None = None) -> Answer:
        """Send the request and wait for its answer. Raises contracts.errors.Refusal."""

    def call_together(self, requests: Sequence[Call[Any]], *, actor_token: str = "") -> list[Any]:
        """Send several requests at once and wait for all answers. Raises contracts.errors.Refusal."""

    def call_each(
        self,
        requests: Sequence[tuple[str, Call[Any]]],
        *,
        actor_token: str = "",
        timeout: float | None = None,
    ) -> list[Any]:
        """Send addressed calls at once; each one's answer, or its Refusal as a value."""


class Calls:
    """The gateway's way to the services."""

    def __init__(self, client: Client, bulkhead: Bulkhead) -> None:
        self._client = client
        self._bulkhead = bulkhead

    def send(self, request: Call[Answer], actor_token: str = "", *, timeout: float | None = None) -> Answer:
        """Send a call within the bulkhead. Raises Refusal, among them Busy and Unavailable."""
        with self._place():
            return self._client.call(request, actor_token=actor_token, timeout=timeout)

    def send_together(self, requests: Sequence[Call[Any]], actor_token: str = "") -> list[Any]:
        """Send several calls within one place of the bulkhead; answers in the same order. Raises like `send`."""
        with self._place():
            return self._client.call_together(requests, actor_token=actor_token)

    def send_each(
        self,
        requests: Sequence[tuple[str, Call[Any]]],
        actor_token: str = "",
        *,
        timeout: float | None = None,
    ) -> list[Any]:
        """Send addressed calls within one place of the bulkhead; each one's answer, or the Refusal instead of it."""
        with self._place():
            return self._client.call_each(requests, actor_token=actor_token, timeout=timeout)

    @contextmanager
    def _place(self) -> Iterator[None]:
        with self._bulkhead.place():
            try:
                yield
            except ValidationError as error:
                # Not the caller's mistake: two versions that do not understand each other.
                log.error("answer not understood", call=error.title, error=str(error)[:500])
                raise Failed("The answer of a service was not understood; tell the operator.") from None


def calls() -> Calls:
    """This application's way to the services."""
    return cast(Calls, current_app.extensions["headend.calls"])


def ask(request: Call[Answer], *, timeout: float | None = None) -> Answer:
    """Send a call as the signed-in person. Raises Refusal."""
    return calls().send(request, g.caller.actor_token, timeout=timeout)


def ask_together(*requests: Call[Any]) -> list[Any]:
    """Send calls that do not need each other's answers as the signed-in person, all at once; answers in the same order.

    Raises what the first refused one raised.
    """
    return calls().send_together(requests, g.caller.actor_token)


def ask_each(*requests: Call[Any] | tuple[str, Call[Any]], timeout: float | None = None) -> list[Any]:
    """Send calls at once for a page that shows what it can: each one's answer, or the Refusal that came instead.

    A call that every service answers is addressed: ("billing", GetOperations()).
    """
    addressed = [one if isinstance(one, tuple) else (one.service, one) for one in requests]
    return calls().send_each(addressed, g.caller.actor_token, timeout=timeout)


def ask_anonymously(request: Call[Answer]) -> Answer:
    """Send one of the few calls that are open to everybody; it is counted by the caller's address. Raises Refusal."""
    spend_for_address()
    return calls().send(request)


def spend_for_address() -> None:
    """Count one request of somebody who is not signed in. Raises Throttled."""
    allowances().spend(caller_address(), taking(calls().send))
