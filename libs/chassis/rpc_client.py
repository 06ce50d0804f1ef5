"""The caller's side of a call: thread-safe, every wait with a time-out, for gateway and services (BUS, 2.2)."""

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import uuid4

import kombu
from pydantic import BaseModel

from chassis.asked import Asked
from chassis.bus import connection, discard, read_ahead, rpc_exchange
from chassis.clock import Clock, SystemClock
from chassis.logs import current_trace, logger
from chassis.rpc_publisher import Publisher, ServiceAway
from contracts.calls import Call
from contracts.errors import Failed, Refusal, RefusalEnvelope, refusal_from

Answer = TypeVar("Answer", bound=BaseModel)
log = logger(__name__)


class RpcClient:
    """Calls services over the bus. One reply queue per client, a few publishing connections, safe for threads.

    Make it after a fork, never before.
    """

    def __init__(self, uri: str, *, name: str, seconds: float = 5.0, publishers: int = 4, declare: bool = True,
                 clock: Clock | None = None, follows_answers: bool = False) -> None:  # fmt: skip
        """`declare`: whether the exchange of calls is declared before it is used. `clock` tells deadlines;
        `follows_answers`: it goes by the time that answers carry, where there is no database to go by.
        """
        self._clock, self._follows_answers = clock or SystemClock(), follows_answers
        self._uri, self._name, self._seconds = uri, name, seconds
        self._exchange = rpc_exchange(declare=declare)
        self._reply_key = ""
        self._pending: dict[str, Future[dict[str, Any]]] = {}
        self._listening = threading.Event()
        self._stopping = threading.Event()
        self._free: queue.LifoQueue[Publisher] = queue.LifoQueue()
        for _ in range(publishers):
            self._free.put(Publisher(uri, self._exchange))
        self._starting = threading.Lock()
        self._listener: threading.Thread | None = None

    def call(self, request: Call[Answer], *, actor_token: str = "", service: str | None = None,
             timeout: float | None = None) -> Answer:  # fmt: skip
        """Carry out a call and return its answer.

        Raises the Refusal that the service raised, or ServiceAway when none came in time. `service` addresses calls
        that every service answers; `timeout` is in seconds.
        """
        asked = self._ask(request, actor_token, service or request.service, timeout or self._seconds)
        return _answer_to(request, asked, self._wait(asked))

    def call_together(self, requests: Sequence[Call[Any]], *, actor_token: str = "") -> list[Any]:
        """Carry out calls that do not need each other's answers, all at once; the answers in the same order.

        Raises what the first refused one in that order raised; the others are carried out all the same.
        """
        asked = [self._ask(request, actor_token, request.service, self._seconds) for request in requests]
        replies = [self._wait(one) for one in asked]
        return [
            _answer_to(request, one, reply)
            for request, one, reply in zip(requests, asked, replies, strict=True)
        ]

    def call_each(self, requests: Sequence[tuple[str, Call[Any]]], *, actor_token: str = "",
                  timeout: float | None = None) -> list[Any]:  # fmt: skip
        """Carry out addressed calls all at once, each for itself: its answer, or the Refusal that came instead."""
        asked: list[Asked | Refusal] = []
        for service, request in requests:
            try:
                asked.append(self._ask(request, actor_token, service, timeout or self._seconds))
            except Refusal as refusal:
                asked.append(refusal)
        return [self._each(request, one) for (_, request), one in zip(requests, asked, strict=True)]

    def _each(self, request: Call[Any], asked: Asked | Refusal) -> Any:
        if isinstance(asked, Refusal):
            return asked
        try:
            return _answer_to(request, asked, self._wait(asked))
        except Refusal as refusal:
            return refusal

    def connected(self) -> bool:
        """Whether answers can reach this client now; begins to connect when it has not begun yet."""
        self._start()
        return self._listening.is_set()

    def close(self) -> None:
        """Stop listening and close the connections."""
        self._stopping.set()
        while True:
            try:
                self._free.get_nowait().drop()
            except queue.Empty:
                break

    def _ask(self, request: Call[Any], actor_token: str, service: str, seconds: float) -> Asked:
        """Send the request. Raises ServiceAway."""
        began = time.monotonic()
        asked = Asked(self._name, service, request.method, uuid4().hex, Future(), began, began + seconds)
        try:
            self._send(request, actor_token, asked, seconds)
        except Refusal as away:
            asked.measure()
            asked.count(away)
            raise
        return asked

    def _send(self, request: Call[Any], actor_token: str, asked: Asked, seconds: float) -> None:
        self._start()
        if not self._listening.wait(min(seconds, 3.0)):
            raise ServiceAway("The message bus is away; try again in a moment.")
        self._pending[asked.correlation] = asked.future
        envelope = {  # what was not given is not sent: "change what is given" needs to tell null from nothing
            "request": request.model_dump(mode="json", exclude_unset=True), "actor": actor_token,
            "trace": current_trace(), "deadline": self._clock.now().timestamp() + seconds,
        }  # fmt: skip
        try:
            with self._publisher(asked.deadline) as publisher:
                publisher.publish(
                    {"args": [], "kwargs": {"envelope": envelope}}, routing_key=f"{asked.service}.{asked.method}",
                    reply_to=self._reply_key, correlation_id=asked.correlation, deadline=asked.deadline,
                )  # fmt: skip
        except BaseException:
            self._pending.pop(asked.correlation, None)
            raise
        asked.future.add_done_callback(asked.measure)

    def _wait(self, asked: Asked) -> dict[str, Any]:
        try:
            return asked.future.result(max(0.01, asked.deadline - time.monotonic()))
        except FutureTimeout:
            asked.measure()
            late = ServiceAway(f"The {asked.service} service did not answer in time; try again in a moment.")
            asked.count(late)
            raise late from None
        except ServiceAway as away:
            asked.count(away)
            raise
        finally:
            self._pending.pop(asked.correlation, None)

    @contextmanager
    def _publisher(self, deadline: float) -> Iterator["Publisher"]:
        try:
            publisher = self._free.get(timeout=max(0.01, deadline - time.monotonic()))
        except queue.Empty:
            raise ServiceAway("The message bus is slow; try again in a moment.") from None
        try:
            yield publisher
        finally:
            self._free.put(publisher)

    def _start(self) -> None:
        if self._listener is None:
            with self._starting:
                if self._listener is None:
                    self._listener = threading.Thread(target=self._listen, daemon=True, name="rpc-replies")
                    self._listener.start()

    def _listen(self) -> None:
        while not self._stopping.is_set():
            replies = connection(self._uri, heartbeat=10)
            try:
                self._take_replies(replies)
            except Exception as error:  # noqa: BLE001 - any failure of the reply connection is answered by connecting anew
                log.warning("reply connection lost", error=repr(error))
            finally:
                self._listening.clear()
                self._fail_pending()
                discard(replies)
            self._stopping.wait(0.5)

    def _take_replies(self, replies: kombu.Connection) -> None:
        replies.connect()
        read_ahead(replies)
        channel = replies.channel()
        # A new name each time: the broker may still hold the old queue for a connection that it believes to be alive.
        self._reply_key = f"{self._name}-{uuid4()}"
        reply_queue = kombu.Queue(
            f"rpc.reply-{self._reply_key}", exchange=self._exchange, routing_key=self._reply_key,
            exclusive=True, auto_delete=True, durable=False,
        )  # fmt: skip
        with kombu.Consumer(channel, [reply_queue], callbacks=[self._on_reply], accept=["json"], no_ack=True):
            self._listening.set()
            while not self._stopping.is_set():
                with suppress(TimeoutError):
                    replies.drain_events(timeout=1.0)
                if replies.heartbeat:
                    replies.heartbeat_check()

    def _on_reply(self, body: dict[str, Any], message: Any) -> None:
        if self._follows_answers and "now" in body:
            self._clock.compare(datetime.fromtimestamp(body["now"], UTC), self._clock.now())
        future = self._pending.pop(str(message.properties.get("correlation_id")), None)
        if future is not None:
            future.set_result(body)

    def _fail_pending(self) -> None:
        for correlation in list(self._pending):
            future = self._pending.pop(correlation, None)
            if future is not None and not future.done():
                future.set_exception(
                    ServiceAway(
                        "The message bus went away before the answer came; it may still have been done."
                    )
                )


def _answer_to(request: Call[Answer], asked: Asked, reply: dict[str, Any]) -> Answer:
    """The answer in a reply. Raises the Refusal that the service raised."""
    try:
        answer = _read_answer(request, reply)
    except Refusal as refusal:
        asked.count(refusal)
        raise
    asked.count()
    return answer


def _read_answer(request: Call[Answer], reply: dict[str, Any]) -> Answer:
    if reply.get("error"):
        log.error("call failed", call=request.method, error=reply["error"])
        if reply["error"].get("exc_type") == "MethodNotFound":  # a replica of an older version, in an upgrade
            raise ServiceAway("The service is being brought to a newer version; try again in a moment.")
        raise Failed("The service met an error; try again, and tell the operator if it stays.")
    result = reply["result"]
    if "refusal" in result:
        raise refusal_from(RefusalEnvelope.model_validate(result["refusal"]))
    return type(request).answer.model_validate(result["answer"])  # type: ignore[return-value]  # Call[Answer] says so
