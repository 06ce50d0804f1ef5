"""A RabbitMQ broker for tests: the one named by HEADEND_TEST_AMQP_URI, else a private throw-away node."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from urllib.parse import quote, unquote, urlsplit

import amqp

from tests.ports import free_port
from tests.real_servers.binaries import ServerMissing, epmd_program, rabbitmq_programs
from tests.real_servers.private_folder import end_tree, make_folder, remove_folder

_START_SECONDS = 120


class RabbitServer:
    """A broker that answers at `uri` (its given vhost), where vhosts can be made."""

    def __init__(self, uri: str) -> None:
        self.uri = uri

    @contextlib.contextmanager
    def vhost(self) -> Iterator[str]:
        """A vhost of its own, gone at the end; gives its URI.

        On a named broker that rabbitmqctl cannot steer (it runs on another machine, say) this is the vhost
        that was named; give one there that nothing else uses.
        """
        name = f"headend_{secrets.token_hex(4)}"
        own = self._uri_of(name)
        try:
            try:
                self.make_vhost(own)
                usable = _answers(own)
            except (OSError, ServerMissing, subprocess.SubprocessError):
                usable = False
            yield own if usable else self.uri
        finally:
            with contextlib.suppress(OSError, ServerMissing, subprocess.SubprocessError):
                self.control("delete_vhost", name)

    def make_vhost(self, uri: str) -> None:
        """Make the empty vhost that `uri` names."""
        name = unquote(urlsplit(uri).path[1:])
        self.control("add_vhost", name)
        self.control("set_permissions", "-p", name, urlsplit(self.uri).username or "guest", ".*", ".*", ".*")

    def control(self, *arguments: str) -> str:
        """Run rabbitmqctl and give what it printed; raises subprocess.SubprocessError where it fails."""
        program = shutil.which("rabbitmqctl") or str(rabbitmq_programs() / "rabbitmqctl")
        return self._run(program, *arguments)

    def queue_lengths(self, uri: str) -> dict[str, int]:
        """How many messages (ready or unacknowledged) lie in each queue of the vhost that `uri` names."""
        vhost = unquote(urlsplit(uri).path[1:]) or "/"
        rows = self.control("-q", "list_queues", "-p", vhost, "name", "messages", "--no-table-headers")
        return {
            name: int(count) for name, count in (row.split("\t") for row in rows.splitlines() if "\t" in row)
        }

    def consumers(self, uri: str) -> dict[str, int]:
        """How many consumers each durable queue of the vhost that `uri` names has."""
        vhost = unquote(urlsplit(uri).path[1:]) or "/"
        rows = self.control(
            "-q", "list_queues", "-p", vhost, "name", "consumers", "durable", "--no-table-headers"
        )
        found = (row.split("\t") for row in rows.splitlines() if row.count("\t") == 2)
        return {name: int(count) for name, count, durable in found if durable == "true"}

    def _run(
        self,
        program: str,
        *arguments: str,
        environment: dict[str, str] | None = None,
        typed: str | None = None,
    ) -> str:
        done = subprocess.run(
            [program, *arguments],
            env=environment, input=typed, capture_output=True, text=True, check=True, timeout=180,
        )  # fmt: skip
        return done.stdout

    def _uri_of(self, vhost: str) -> str:
        parts = urlsplit(self.uri)
        return parts._replace(path="/" + quote(vhost, safe="")).geturl()


class PrivateRabbit(RabbitServer):
    """A node of our own: own folder, ports, port mapper and cookie, so it meets no other node here."""

    def __init__(
        self, *, metrics: bool = False, settings: str = "", login: str = "guest:guest", vhost: str = "/"
    ) -> None:
        """`metrics` turns on RabbitMQ's own figures for Prometheus, at `metrics_address`.

        `settings` are further lines of rabbitmq.conf; where they load definitions, `login` and `vhost` are of these.
        """
        self._settings = settings
        self._programs = rabbitmq_programs()
        self._plugins = "[rabbitmq_prometheus]" if metrics else "[]"
        self._metrics_port = free_port() if metrics else 0
        self.metrics_address = f"http://127.0.0.1:{self._metrics_port}"
        self._epmd_program = epmd_program()
        self._folder = make_folder("rabbitmq")
        self._port = free_port()
        self._epmd_port = free_port()
        self._dist_port = free_port()
        self._node = f"headend-{self._folder.name[-8:]}@localhost"
        self._epmd: subprocess.Popen[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        super().__init__(f"amqp://{login}@127.0.0.1:{self._port}/{vhost}")
        self._write_settings()

    @property
    def running(self) -> bool:
        """Whether the node's process is there."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The node's process number; raises RuntimeError while it is stopped."""
        if self._process is None:
            raise RuntimeError("the broker is stopped")
        return self._process.pid

    def start(self) -> None:
        """Start the node (what it stored before is there again) and wait until it answers."""
        with (self._folder / "log").open("ab") as log:
            if self._epmd is None:
                self._epmd = subprocess.Popen(
                    [self._epmd_program, "-port", str(self._epmd_port), "-address", "127.0.0.1"],
                    stdout=log, stderr=log, start_new_session=True, cwd=self._folder, env=self._environment(),
                )  # fmt: skip
            self._process = subprocess.Popen(
                [str(self._programs / "rabbitmq-server")],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, cwd=self._folder,
                env=self._environment(),
            )  # fmt: skip
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Shut the node down in order; durable queues and persistent messages stay."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL to the node, as a crash would; what it confirmed stays."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start; the same port, the same vhosts."""
        self.stop()
        self.start()

    def wipe(self) -> None:
        """Remove all that the stopped node had stored: vhosts, queues, messages."""
        shutil.rmtree(self._folder / "mnesia", ignore_errors=True)

    def remove(self) -> None:
        """Stop the node and remove all it wrote."""
        self.kill()
        if self._epmd is not None:
            end_tree(self._epmd.pid)
            self._epmd.wait()
            self._epmd = None
        remove_folder(self._folder)

    def control(self, *arguments: str, typed: str | None = None) -> str:
        """Run rabbitmqctl against this node, `typed` into it, and give what it printed."""
        program = str(self._programs / "rabbitmqctl")
        return self._run(program, *arguments, environment=self._environment(), typed=typed)

    def _end(self, sign: signal.Signals) -> None:
        if self._process is None:
            return
        if sign is signal.SIGTERM:
            self._process.send_signal(sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=60)
        end_tree(self._process.pid)
        self._process.wait()
        self._process = None

    def _write_settings(self) -> None:
        (self._folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self._port}\n"
            "disk_free_limit.absolute = 50MB\n"
            "vm_memory_high_watermark.relative = 0.4\n"
            + (
                f"prometheus.tcp.ip = 127.0.0.1\nprometheus.tcp.port = {self._metrics_port}\n"
                * bool(self._metrics_port)
            )
            + self._settings
        )
        (self._folder / "enabled_plugins").write_text(f"{self._plugins}.\n")
        (self._folder / "rabbitmq-env.conf").write_text("")
        cookie = self._folder / ".erlang.cookie"
        cookie.write_text(secrets.token_hex(16))
        cookie.chmod(0o400)

    def _environment(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("RABBITMQ_", "ERL_"))
        }
        folder = self._folder
        return {
            **inherited,
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_FLAGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_NODENAME": self._node,
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "RABBITMQ_BASE": str(folder),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "logs"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            # The start script then becomes the node itself instead of a shell that waits for it.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(self.uri):
            stopped = self._process is None or self._process.poll() is not None
            if stopped or time.monotonic() > deadline:
                log = (self._folder / "log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"RabbitMQ did not start\n{log}")
            time.sleep(0.2)


def _answers(uri: str) -> bool:
    parts = urlsplit(uri)
    try:
        with amqp.Connection(
            host=f"{parts.hostname}:{parts.port or 5672}",
            userid=parts.username or "guest",
            password=parts.password or "guest",
            virtual_host=unquote(parts.path[1:]) or "/",
            connect_timeout=3,
            read_timeout=5,
        ) as connection:
            connection.connect()
            return True
    except (OSError, amqp.exceptions.AMQPError):
        return False


@contextlib.contextmanager
def rabbitmq_server() -> Iterator[RabbitServer]:
    """The broker named by HEADEND_TEST_AMQP_URI, else a private node that is gone afterwards.

    Raises ServerMissing where there is neither.
    """
    named = os.environ.get("HEADEND_TEST_AMQP_URI")
    if named:
        yield RabbitServer(named)
        return
    with private_rabbitmq() as server:
        yield server


@contextlib.contextmanager
def private_rabbitmq(
    *, metrics: bool = False, settings: str = "", login: str = "guest:guest", vhost: str = "/"
) -> Iterator[PrivateRabbit]:
    """A node of our own even where one is named: for tests that stop, kill or configure it, or read its own figures."""
    server = PrivateRabbit(metrics=metrics, settings=settings, login=login, vhost=vhost)
    try:
        server.start()
        yield server
    finally:
        server.remove()
