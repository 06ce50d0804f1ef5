"""A start that cannot succeed ends at once: one sentence, exit code 1, no stack trace, nothing half made."""

import contextlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.stack.processes import HEADEND, clean_environment

pytestmark = pytest.mark.slow

REAL = {"mode": "real", "amqp_uri": "amqp://ada:s3cret@127.0.0.1:1/headend"}
DATABASES = {
    f"{service}_database_url": f"postgresql://ada:s3cret@127.0.0.1:1/{service}"
    for service in ("customers", "billing", "notify", "reports")
}


def said_by(command: Sequence[str], settings: Mapping[str, str]) -> str:
    """The sentence with which a command ends. Raises AssertionError when it is not one, or shows a secret."""
    environment = clean_environment(**settings)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1 and "Traceback" not in done.stdout, (done.stdout, done.stderr)
    said = done.stderr.strip()
    assert said.startswith("headend: ") and said.endswith("."), said
    assert "\n" not in said and "Traceback" not in said and "s3cret" not in said, said
    return said


def refusal(arguments: list[str], **settings: str) -> str:
    """The sentence with which `headend` ends."""
    return said_by([*HEADEND, *arguments], settings)


@contextlib.contextmanager
def somebody_listening() -> Iterator[int]:
    """A port that is in use."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    return {"home": str(tmp_path / "home"), "port": str(free_port()), "sample": "off"}


def test_a_port_in_use_is_named(settings: dict[str, str]) -> None:
    with somebody_listening() as port:
        taken = {**settings, "port": str(port)}
        assert f"Port {port} of 127.0.0.1 is in use" in refusal(["run"], **taken)
        assert "HEADEND_PORT" in refusal(["gateway"], **REAL, **taken)
        keys = subprocess.run(
            [*HEADEND, "keys"], env=clean_environment(**REAL, **settings), capture_output=True, check=False
        )
        assert keys.returncode == 0
        ops = {**settings, **DATABASES, "ops_port": str(port)}
        assert "HEADEND_OPS_PORT" in refusal(["serve", "billing"], **REAL, **ops)


@pytest.mark.parametrize("host", ["203.0.113.5", "no-such-host.invalid"])
def test_an_address_that_is_not_ours_is_named(settings: dict[str, str], host: str) -> None:
    assert host in refusal(["run"], **{**settings, "host": host})


def test_a_home_that_is_no_folder_is_named(settings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for home in (tmp_path / "file", tmp_path / "file" / "below"):
        assert "HEADEND_HOME" in refusal(["run"], **{**settings, "home": str(home)})
    assert "HEADEND_KEYS" in refusal(["run"], **settings, keys=str(tmp_path / "file" / "keys"))
    assert "HEADEND_KEYS" in refusal(["keys"], **settings, keys=str(tmp_path / "file" / "keys"))
    assert "HEADEND_KEYS" in refusal(["gateway"], **REAL, **settings, keys=str(tmp_path / "file" / "keys"))


def without_roots_privilege() -> tuple[str, ...]:
    """What to put before a command, so that a folder's mode counts for root too."""
    if os.geteuid() != 0:
        return ()
    before = ("setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search")
    if shutil.which(before[0]) is None:
        pytest.skip("root may write everywhere, and there is no setpriv to take that away")
    return before


def test_a_folder_that_may_not_be_written_is_named(settings: dict[str, str], tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(0o555)
    for home in (locked, locked / "below"):
        sentence = said_by([*without_roots_privilege(), *HEADEND, "run"], {**settings, "home": str(home)})
        assert "not writable" in sentence and "HEADEND_HOME" in sentence
    assert list(locked.iterdir()) == []


# Every other setting is tried in tests/unit/chassis/test_settings.py.
WRONG = [
    ({"port": "80000"}, "HEADEND_PORT"),
    ({"admin_password": "short"}, "HEADEND_ADMIN_PASSWORD"),
    ({"billing_database_url": "mysql://ada:s3cret@db/x"}, "HEADEND_BILLING_DATABASE_URL"),
    ({"mode": "real"}, "HEADEND_AMQP_URI"),
]


@pytest.mark.parametrize(("wrong", "named"), WRONG, ids=lambda value: str(value)[:40])
def test_a_wrong_setting_is_named(settings: dict[str, str], wrong: dict[str, str], named: str) -> None:
    assert named in refusal(["run"], **{**settings, **wrong})


def test_a_command_of_the_other_mode_says_so(settings: dict[str, str]) -> None:
    assert "embedded mode" in refusal(["run"], **REAL, **settings)
    for command in (["serve", "billing"], ["gateway"]):
        assert "real mode" in refusal(command, **settings)


def test_what_real_mode_lacks_is_named(settings: dict[str, str]) -> None:
    assert "HEADEND_KEYS" in refusal(["serve", "billing"], **REAL, **DATABASES, **settings)
    assert "HEADEND_CUSTOMERS_DATABASE_URL" in refusal(["migrate"], **REAL, **settings)
    assert "PostgreSQL" in refusal(
        ["migrate"], **REAL, **settings, billing_database_url="sqlite:////tmp/x.db"
    )


@pytest.mark.parametrize("command", [["admin", "reset-password"], ["events", "list"]], ids=" ".join)
def test_upkeep_of_what_was_never_started_says_so(settings: dict[str, str], command: list[str]) -> None:
    assert "database" in refusal(command, **settings)
