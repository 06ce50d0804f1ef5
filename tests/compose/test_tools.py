"""The image of tools: a backup of the running stack, restored into it, and what looks at all databases."""

import subprocess
from pathlib import Path

import pytest

from tests.compose.stack import Stack
from tests.compose.town import PATIENCE, owing, payer_of, settle
from tests.scenarios.payers import History, pay
from tests.stack.builders import add_plan
from tests.stack.processes import wait_until

SERVICES = ("customers", "billing", "notify", "reports", "gateway")


@pytest.fixture
def safe(tmp_path: Path) -> Path:
    """A folder of this machine that the tools' ordinary user writes to."""
    tmp_path.chmod(0o777)
    for above in tmp_path.parents[:2]:
        above.chmod(0o755)
    return tmp_path


def tools(stack: Stack, safe: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return stack.attempt("run", "--rm", "-T", "-v", f"{safe}:/safe", "tools", *command)


def done(stack: Stack, safe: Path, *command: str) -> str:
    ended = tools(stack, safe, *command)
    assert ended.returncode == 0, f"{command}: {ended.stdout[-2000:]} {ended.stderr[-2000:]}"
    return ended.stdout


def test_a_backup_of_the_stack_is_restored_into_it_whole(stack: Stack, safe: Path, history: History) -> None:
    api = stack.admin()
    for subscriber in owing(api, add_plan(api, "TV-BACKUP"), 3):
        pay(api, payer_of(subscriber), history, PATIENCE)
    assert settle(stack, history).problems == []

    public = done(stack, safe, "backup-key", "/safe/headend.key").split("age1")[1].split()[0]
    done(stack, safe, "backup", "/safe", "--encrypt-for", f"age1{public}")
    (backup,) = (path.name for path in safe.iterdir() if path.is_dir())
    stack.compose("stop", *SERVICES)
    done(
        stack,
        safe,
        "restore",
        f"/safe/{backup}",
        "--key-file",
        "/safe/headend.key",
        "--replace",
        "--nothing-since",
    )
    stack.up()

    wait_until("the stack answers", stack.answers, 120)
    assert settle(stack, history).problems == []
    assert "Everything holds." in done(stack, safe, "verify", "--settled")


def test_the_doctor_sees_that_each_queue_of_the_stack_has_its_listener(stack: Stack, safe: Path) -> None:
    doctor = tools(stack, safe, "doctor")
    assert "mail server" not in doctor.stdout and "gateway" not in doctor.stdout, doctor.stdout
    assert "RabbitMQ" not in doctor.stdout and "Nobody listens" not in doctor.stdout, doctor.stdout
    assert "does not answer" not in doctor.stdout, doctor.stdout
    stack.compose("stop", "notify")
    assert "Nobody listens to the queue rpc-notify" in tools(stack, safe, "doctor").stdout
    stack.compose("start", "notify")
