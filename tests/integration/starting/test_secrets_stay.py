"""Secrets of the settings are in no log, whatever goes wrong and however much is logged (TRUST, check 21)."""

from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.ports import free_port
from tests.stack.processes import Process, clean_environment, wait_until
from tests.stack.real import SERVICES

pytestmark = pytest.mark.slow

SECRET = "seeded-Secret-93x"
COMMANDS = (["migrate"], ["gateway"], *(["serve", service] for service in SERVICES))


def real_mode(home: Path) -> dict[str, str]:
    """Settings with a secret wherever there is one, for servers that are not there."""
    away = free_port()
    databases = {
        f"{service}_database_url": f"postgresql://headend:{SECRET}@127.0.0.1:{away}/{service}"
        for service in SERVICES
    }
    return clean_environment(
        mode="real", home=str(home), log_level="DEBUG", port=str(free_port()), admin_password=SECRET, **databases,
        amqp_uri=f"amqp://headend:{SECRET}@127.0.0.1:{away}/headend", smtp_host="127.0.0.1", smtp_port=str(away),
        smtp_username="headend", smtp_password=SECRET,
    )  # fmt: skip


def gateway_is_not_ready(environment: dict[str, str]) -> bool:
    try:
        answer = httpx.get(f"http://127.0.0.1:{environment['HEADEND_PORT']}/health/ready", timeout=5)
    except httpx.HTTPError:
        return False
    assert SECRET not in answer.text
    return answer.status_code == 503


def says_so(process: Process) -> bool:
    return any(word in process.log() for word in ("waiting for", "is away", "connection lost"))


def test_no_secret_of_the_settings_is_logged(tmp_path: Path) -> None:
    """Every command of real mode, while everything that it reaches for with a password is away."""
    environment = real_mode(tmp_path)
    keys = Process("keys", ["keys"], environment, tmp_path / "keys.log")
    keys.start()
    assert keys.wait(60) == 0
    processes = [
        Process(" ".join(command), command, environment, tmp_path / f"{'-'.join(command)}.log")
        for command in COMMANDS
    ]
    for process in processes:
        process.start()
    try:
        wait_until("the gateway is asked and has no bus", lambda: gateway_is_not_ready(environment), 120)
        for process in processes:
            wait_until(f"{process.name} says what is away", partial(says_so, process), 120)
    finally:
        for process in processes:
            process.kill()
    told = [process.name for process in (keys, *processes) if SECRET in process.log()]
    assert told == []
