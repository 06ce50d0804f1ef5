"""Running services in this process: containers, loops, health, and an end that finishes what is in hand.

The caller must have called `patch_first` before it imports anything that opens sockets.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

import eventlet
from eventlet import wsgi
from eventlet.patcher import original
from nameko.containers import ServiceContainer

from chassis import metrics
from chassis.audit import NOTARY, doing
from chassis.audit_chain import Notary
from chassis.bus import is_memory
from chassis.clock import Clock
from chassis.collector import spare_collector
from chassis.health import Health, loop_check, wsgi_door
from chassis.inbox import INBOX, INBOX_MORE, InboxWorker
from chassis.listener import Listener
from chassis.logs import logger
from chassis.loops import Loop
from chassis.measuring import EVERY as MEASURE_EVERY
from chassis.measuring import Measuring, compare_clocks
from chassis.migrations import check, migrate, migrations_of
from chassis.outbox import RELAY
from chassis.platform import Platform
from chassis.relay import Relay
from chassis.repair import Repair
from chassis.rpc_client import RpcClient
from chassis.rpc_server import DrainingQueueConsumer
from chassis.service import Service
from chassis.settings import Settings
from contracts.actor import service_actor
from contracts.topology import LISTENERS

log = logger(__name__)


def open_service(
    service: type[Service], settings: Settings, client: RpcClient, *, clock: Clock | None = None
) -> Platform:
    """The service's platform with its database checked, or, embedded, brought to the newest form; then prepared.

    Waits for a database that is away. Raises WrongSetting.
    """
    platform = Platform(service.name, settings, client, clock=clock)
    folder = migrations_of(service.__module__.partition(".")[0])
    wait_for(f"the database of {service.name}", lambda: platform.database.engine.connect().close())
    if settings.embedded:
        migrate(platform.database, folder, service.append_only)
    else:
        check(platform.database, folder, service.append_only)
    with platform.database.reading() as session:
        compare_clocks(session, platform.clock, service.name)
    service.prepare(platform)
    return platform


def wait_for(what: str, attempt: Callable[[], object], *, seconds: float = 600.0) -> None:
    """Try until it works, saying so; gives up after `seconds` by raising the last error."""
    pause, waited = 0.5, 0.0
    while True:
        try:
            attempt()
        except Exception as error:  # whatever keeps a server away at start, we wait for it
            if waited >= seconds:
                raise
            said = (str(error) or repr(error)).splitlines()[0][:200]
            log.warning(f"waiting for {what}", error=said, waited=waited)
            eventlet.sleep(pause)
            waited += pause
            pause = min(5.0, pause * 1.5)
        else:
            if waited:
                log.info(f"{what} is there")
            return


_GATHER = 0.05
"""Seconds in which events gather for the relay: they then share leases, commits and confirms, here and in every inbox
behind it."""


def loops_of(service: type[Service], platform: Platform) -> list[Loop]:
    """The background loops of a service: relay, listener, inbox workers, repair, measuring and its jobs."""
    relay = Relay(platform)
    loops = [Loop(platform, "relay", relay.step, idle=0.5, signal=RELAY, gather=_GATHER)]
    if LISTENERS[service.name]:
        listened = frozenset(LISTENERS[service.name])
        if service.reactions.events() != listened:
            raise RuntimeError(f"{service.name}: reactions and contracts.topology.LISTENERS differ")
        loops.append(Loop(platform, "listener", Listener(platform).step, idle=0.0))
        for number in range(1 if platform.database.is_sqlite else 2):
            worker = InboxWorker(platform, service.reactions)
            signal = INBOX_MORE if number else INBOX
            loops.append(Loop(platform, f"inbox-{number}", worker.step, idle=1.0, signal=signal))
        repair = Repair(platform)
        loops.append(Loop(platform, "repair", repair.step, idle=platform.settings.repair_seconds))
    measuring = Measuring(platform, service.measure)
    loops.append(Loop(platform, "measuring", measuring.step, idle=MEASURE_EVERY))
    notary = Notary(platform)
    loops.append(Loop(platform, "notary", notary.step, idle=5.0, signal=NOTARY, gather=1.0))
    for job in service.jobs:
        step = _job_step(platform, job.name, job.run)
        loops.append(Loop(platform, job.name, step, idle=job.every, signal=job.signal))
    return loops


def _job_step(platform: Platform, name: str, run: Callable[[Platform], bool]) -> Callable[[], bool]:
    service = platform.service
    done, failed = (metrics.JOBS.labels(service, name, outcome) for outcome in ("done", "failed"))

    def step() -> bool:
        began = time.perf_counter()
        try:
            with doing(f"job {name}", platform.clock, service_actor(platform.service)):
                more = run(platform)
        except Exception:
            failed.inc()
            raise
        done.inc()
        metrics.JOB_SECONDS.labels(service, name).observe(time.perf_counter() - began)
        metrics.JOB_SUCCEEDED.labels(service, name).set_to_current_time()
        return more

    return step


def container_of(service: type[Service], platform: Platform) -> ServiceContainer:
    """The nameko container of a service on its platform."""
    config: dict[str, Any] = {
        "AMQP_URI": platform.settings.amqp_uri,
        "max_workers": platform.settings.workers,
        "serializer": "json",
        "ACCEPT": ["json"],
        "platform": platform,
        "loops": loops_of(service, platform),
    }
    return ServiceContainer(service, config=config)


class Runner:
    """Runs services, and whatever HTTP doors are given, until a signal; ends hard when a container dies."""

    def __init__(self, settings: Settings, platforms: Sequence[tuple[type[Service], Platform]]) -> None:
        self._settings = settings
        self._platforms = [platform for _, platform in platforms]
        self._containers = [container_of(service, platform) for service, platform in platforms]
        self._stop = False
        self._died = False
        self.health = Health()
        for container in self._containers:
            for loop in container.config["loops"]:
                self.health.add_live(f"{container.service_name}.{loop.name}", loop_check(loop))
            for extension in container.subextensions:
                if isinstance(extension, DrainingQueueConsumer):
                    self.health.add_live(f"{container.service_name}.calls", loop_check(extension))
        for platform in self._platforms:
            self.health.add_ready(f"{platform.service}.database", _database_check(platform))
            self.health.add_ready("bus", _bus_check(platform))

    def start(self) -> None:
        """Start every container; waits for the bus when it is away."""
        if is_memory(self._settings.amqp_uri):
            help_memory_transport()
        else:
            wait_for("the message bus", lambda: _try_bus(self._settings))
        for container in self._containers:
            container.start()
            eventlet.spawn(self._watch, container)
        spare_collector()

    def serve(self, application: Any, host: str, port: int) -> None:
        """Serve a WSGI application from this process. Raises OSError when the port is taken."""
        listener = eventlet.listen((host, port), reuse_port=False)
        eventlet.spawn(wsgi.server, listener, application, log_output=False, keepalive=75,
                       max_size=512, debug=False)  # fmt: skip

    def serve_health(self) -> None:
        """Serve /health and /metrics where the settings name a port."""
        if self._settings.ops_port:
            self.serve(wsgi_door(self.health), "0.0.0.0", self._settings.ops_port)  # noqa: S104  # probes come from outside

    def run_until_stopped(self) -> int:
        """Wait for SIGTERM or SIGINT, then end; returns the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        while not self._stop:
            eventlet.sleep(0.1)
        self.stop()
        return 1 if self._died else 0

    def stop(self) -> None:
        """Finish what is in hand, at most `stop_seconds`; then end hard if something hangs."""
        self._stop = True
        watchdog = start_watchdog(self._settings.stop_seconds)
        pool = eventlet.GreenPool()
        for container in self._containers:
            pool.spawn(container.stop)
        pool.waitall()
        watchdog.cancel()
        for platform in self._platforms:
            platform.database.close()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stop = True  # only a flag: a signal may come in the hub, where nothing may wait

    def _watch(self, container: ServiceContainer) -> None:
        try:
            container.wait()
        except BaseException as error:  # noqa: BLE001  # however a container died, the process must not live on as a zombie
            log.error("service died", died=container.service_name, error=repr(error))
        if not self._stop:
            self._died = True
            _exit_hard()


def start_watchdog(seconds: float) -> threading.Timer:
    """End this process hard after some seconds, unless cancelled.

    A thread of the system: it also ends a process whose hub stands still, which no green thread can.
    """
    watchdog: threading.Timer = original("threading").Timer(seconds, _exit_hard)
    watchdog.daemon = True
    watchdog.start()
    return watchdog


def _exit_hard() -> None:
    """Leave at once; the supervisor starts the process anew (BUS, 7). Nothing here may wait."""
    os._exit(1)


def _database_check(platform: Platform) -> Callable[[], str | None]:
    def check_database() -> str | None:
        platform.database.engine.connect().close()
        return None

    return check_database


def _bus_check(platform: Platform) -> Callable[[], str | None]:
    return lambda: None if platform.client.connected() else "is away"


def _try_bus(settings: Settings) -> None:
    from chassis.bus import connection, declare_all, find_all

    with connection(settings.amqp_uri) as trial:
        trial.connect()
        prepare = declare_all if settings.bus_declare else find_all
        prepare(trial.channel(), settings.amqp_uri)


def help_memory_transport() -> None:
    """kombu's memory bus polls once a second unless told otherwise (DESIGN, 2)."""
    from kombu.transport.memory import Transport

    Transport.polling_interval = 0.01
