"""Finds the programs of PostgreSQL, RabbitMQ and Prometheus on this machine, and installs them where that is allowed.

Installing happens only with HEADEND_TEST_INSTALL=1, as root, with apt-get; Debian is kept from starting
the services.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

HOW_TO_GET_THEM = (
    "apt-get install postgresql rabbitmq-server prometheus, or run with HEADEND_TEST_INSTALL=1, "
    "or name running servers by HEADEND_TEST_DATABASE_URL and HEADEND_TEST_AMQP_URI"
)


class ServerMissing(Exception):
    """A server that a test needs is neither named nor installed; the text says which and how to get it."""


def postgres_programs() -> Path:
    """The folder that holds initdb and postgres.

    Raises ServerMissing where PostgreSQL is not installed and may not be.
    """
    return _find_or_install("PostgreSQL", "postgresql", _postgres_folders, ("initdb", "postgres"))


def rabbitmq_programs() -> Path:
    """The folder that holds RabbitMQ's own scripts, not Debian's wrappers (they insist on the system's node).

    Raises ServerMissing where RabbitMQ is not installed and may not be.
    """
    return _find_or_install(
        "RabbitMQ", "rabbitmq-server", _rabbitmq_folders, ("rabbitmq-server", "rabbitmqctl")
    )


def prometheus_programs() -> Path:
    """The folder that holds prometheus and promtool.

    Raises ServerMissing where Prometheus is not installed and may not be.
    """
    return _find_or_install("Prometheus", "prometheus", _prometheus_folders, ("prometheus", "promtool"))


def epmd_program() -> str:
    """Erlang's port mapper, of which every private node gets its own."""
    found = shutil.which("epmd") or next(
        map(str, sorted(Path("/usr/lib/erlang").glob("erts-*/bin/epmd"))), None
    )
    if found is None:
        raise ServerMissing(f"Erlang's epmd is not installed: {HOW_TO_GET_THEM}")
    return found


def _postgres_folders() -> Iterator[Path]:
    def version(folder: Path) -> int:
        return int(folder.parent.name) if folder.parent.name.isdigit() else 0

    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True)
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent


def _prometheus_folders() -> Iterator[Path]:
    on_path = shutil.which("promtool")
    if on_path:
        yield Path(on_path).resolve().parent


def _rabbitmq_folders() -> Iterator[Path]:
    yield Path("/usr/lib/rabbitmq/bin")
    for root in ("/opt/rabbitmq/sbin", "/opt/homebrew/sbin", "/usr/local/sbin"):
        yield Path(root)


def _find_or_install(
    server: str, package: str, folders: Callable[[], Iterator[Path]], programs: tuple[str, ...]
) -> Path:
    found = _first_with(folders(), programs)
    if found is None and os.environ.get("HEADEND_TEST_INSTALL") == "1" and os.geteuid() == 0:
        _install(package)
        found = _first_with(folders(), programs)
    if found is None:
        raise ServerMissing(f"{server} is not installed: {HOW_TO_GET_THEM}")
    return found


def _first_with(folders: Iterator[Path], programs: tuple[str, ...]) -> Path | None:
    return next((folder for folder in folders if all((folder / name).exists() for name in programs)), None)


def _install(package: str) -> None:
    if shutil.which("apt-get") is None:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _services_kept_from_starting():
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", package]):
            done = subprocess.run(
                ["apt-get", "-qq", *arguments], env=environment, capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise ServerMissing(f"apt-get {' '.join(arguments)} failed: {done.stderr.strip()[-400:]}")


@contextlib.contextmanager
def _services_kept_from_starting() -> Iterator[None]:
    """Debian asks this script before it starts a service that was just installed; 101 means no."""
    policy = Path("/usr/sbin/policy-rc.d")
    if policy.exists():
        yield
        return
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink()
