"""Headend as docker-compose.yml starts it, under a project name and on ports of its own; all gone afterwards."""

import os
import signal
import ssl
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx

from contracts.topology import SERVICES
from deploy.verify.databases import Databases
from tests.compose.docker import ROOT, docker
from tests.compose.mailpit import Mailpit
from tests.ports import free_port
from tests.stack.api import Api
from tests.stack.processes import clean_environment, wait_until

SECRETS = ROOT / "deploy/compose/secrets-to-try"
TRYING = ROOT / ".env"


class Stack:
    """The whole stack to try, from nothing. A context manager that starts and removes it."""

    def __init__(self, compose: list[str], home: Path, *overrides: Path, **settings: str) -> None:
        """`overrides`: further compose files; `settings` without HEADEND_, in place of those of `.env`."""
        self.project = f"headend-test-{os.getpid()}"
        self.https, mailpit = free_port(), free_port()
        self.address = f"https://localhost:{self.https}"
        self.mailpit = Mailpit(mailpit)
        ours = {
            "https_port": str(self.https), "http_port": str(free_port()), "mailpit_port": str(mailpit),
            "public_url": self.address, "version": "test", "schedule": "off", "repair_seconds": "5",
            "mail_per_minute": "100000", "call_seconds": "20",  # the machine may be busy with much else
            "requests_per_minute": "1000000", **settings,
        }  # fmt: skip
        env_file = home / "stack.env"
        lines = [TRYING.read_text(), *(f"HEADEND_{name.upper()}={value}" for name, value in ours.items())]
        env_file.write_text("\n".join(lines) + "\n")
        files = [part for path in (ROOT / "docker-compose.yml", *overrides) for part in ("-f", str(path))]
        self._compose = [
            *compose, "--env-file", str(env_file), "-p", self.project,
            "--project-directory", str(ROOT), *files,
        ]  # fmt: skip

    def __enter__(self) -> "Stack":
        try:
            self.compose("build", seconds=2400)
            self.up()
            self.trust = ssl.create_default_context(cadata=self.inside("nginx", "cat", "/tls/fullchain.pem"))
            wait_until("the stack answers", self.answers, 120)
        except BaseException:
            print(self.logs())
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.compose("down", "-v", "--remove-orphans", "--timeout", "2", seconds=300)

    def attempt(
        self, *arguments: str, seconds: float = 300.0, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        """One compose command, whatever comes of it; `settings` without HEADEND_ hold for it alone."""
        return subprocess.run(
            [*self._compose, *arguments], env=clean_environment(**settings), cwd=ROOT, capture_output=True,
            text=True, timeout=seconds,
        )  # fmt: skip

    def compose(self, *arguments: str, seconds: float = 300.0) -> str:
        """One compose command. Raises AssertionError with what it said when it fails."""
        done = self.attempt(*arguments, seconds=seconds)
        assert done.returncode == 0, f"{' '.join(arguments)}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def up(self, **replicas: int) -> None:
        """`up`, with so many replicas of the services named."""
        scale = [part for name, count in replicas.items() for part in ("--scale", f"{name}={count}")]
        self.compose("up", "-d", *scale, seconds=600)

    def containers(self, service: str) -> list[str]:
        """The ids of a service's containers that run."""
        return docker(
            "ps", "-q", "--no-trunc", "--filter", f"label=com.docker.compose.project={self.project}",
            "--filter", f"label=com.docker.compose.service={service}",
        ).split()  # fmt: skip

    def running(self) -> dict[str, str]:
        """Every container that runs: its id and its service."""
        shown = docker(
            "ps", "--no-trunc", "--filter", f"label=com.docker.compose.project={self.project}",
            "--format", '{{.ID}} {{.Label "com.docker.compose.service"}}',
        )  # fmt: skip
        return dict(line.split() for line in shown.splitlines())

    def inside(self, service: str, *command: str) -> str:
        """What a command prints in a service's first container. Raises CalledProcessError."""
        return docker("exec", self.containers(service)[0], *command)

    def restart(self, service: str) -> None:
        """Stop a service in order, and start it."""
        self.compose("restart", service)

    def kill(self, container: str) -> None:
        """SIGKILL to its main process from outside: a crash, after which Docker starts it anew."""
        os.kill(int(docker("inspect", "-f", "{{.State.Pid}}", container)), signal.SIGKILL)

    def healthy(self, service: str) -> bool:
        """Whether every container of the service is."""
        states = [
            docker("inspect", "-f", "{{.State.Health.Status}}", one) for one in self.containers(service)
        ]
        return bool(states) and set(states) == {"healthy"}

    def secret(self, name: str) -> str:
        """What lies among the secrets under this name."""
        return (SECRETS / name).read_text().strip()

    def admin(self) -> Api:
        """The administrator, signed in from outside."""
        return Api(self.address, trust=self.trust).sign_in("admin", self.secret("admin_password"))

    def answers(self) -> bool:
        """Whether the API answers through all services."""
        try:
            admin = self.admin()
            return all(admin.request("GET", path).is_success for path in ("/plans", "/messages", "/reports"))
        except (httpx.HTTPError, AssertionError):
            return False

    def database_urls(self) -> Mapping[str, str]:
        """Each service's database with its own role, reached from this machine over Docker's bridge."""
        host = self.host_of("postgres", "data")
        return {
            name: f"postgresql://{name}:{quote(self.secret(f'{name}_database_password'))}@{host}:5432/{name}"
            for name in SERVICES
        }

    def databases(self) -> Databases:
        """The services' databases, to look into."""
        return Databases(self.database_urls())

    def host_of(self, service: str, network: str) -> str:
        """The address of a service's first container in a network."""
        shown = f'{{{{(index .NetworkSettings.Networks "{self.project}_{network}").IPAddress}}}}'
        return docker("inspect", "-f", shown, self.containers(service)[0])

    def inspect(self, container: str, what: str) -> str:
        """A part of what Docker knows of a container."""
        return docker("inspect", "-f", f"{{{{json {what}}}}}", container)

    def logs(self) -> str:
        """The end of what every container printed, for a failure's message."""
        try:
            return self.compose("logs", "--no-color", "--tail", "25")
        except (AssertionError, subprocess.SubprocessError) as error:
            return f"no logs: {error}"

    def stop_seconds(self, *services: str) -> float:
        """Stop services as compose does; how long it took."""
        began = time.monotonic()
        self.compose("stop", *services)
        return time.monotonic() - began

    def exit_codes(self, service: str) -> list[Any]:
        """How the containers of a service that stand still ended."""
        found = docker(
            "ps", "-aq", "--filter", f"label=com.docker.compose.project={self.project}",
            "--filter", f"label=com.docker.compose.service={service}", "--filter", "status=exited",
        ).split()  # fmt: skip
        return [int(docker("inspect", "-f", "{{.State.ExitCode}}", one)) for one in found]
