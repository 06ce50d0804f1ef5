"""make_keys.sh gives each process the keys that it needs, and the same ones when it is run again."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import yaml

from chassis.keys import KeyFolder
from gateway.secret_key import cookie_key
from tests.integration.kubernetes.manifests import KUBERNETES, SERVICES, kubectl

PUBLIC = {f"{service}.pub" for service in SERVICES}
OWN = {
    "customers-keys": {"customers.key", "sealing.key"},
    "billing-keys": {"billing.key", "simulated-provider.key"},
    "notify-keys": {"notify.key", "sealing.key"},
    "reports-keys": {"reports.key"},
    "gateway-keys": {"gateway-cookies.key", "simulated-provider.key"},
}


def made(folder: Path) -> dict[str, dict[str, bytes]]:
    """The content of every Secret that the script prints."""
    path = f"{Path(sys.executable).parent}:{Path(kubectl()).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", str(KUBERNETES / "make_keys.sh"), str(folder)],
        env={"PATH": path}, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    secrets = [one for one in yaml.safe_load_all(done.stdout) if one]
    return {
        one["metadata"]["name"]: {name: base64.b64decode(value) for name, value in one["data"].items()}
        for one in secrets
    }


def test_each_process_gets_its_own_keys_and_everybodys_public_ones_and_keeps_them(tmp_path: Path) -> None:
    first = made(tmp_path / "keys")
    assert {name: set(files) - PUBLIC for name, files in first.items()} == OWN
    assert all(set(files) >= PUBLIC for files in first.values())
    assert made(tmp_path / "keys") == first


def test_headend_can_read_what_a_pod_is_given(tmp_path: Path) -> None:
    for secret, files in made(tmp_path / "keys").items():
        process = secret.removesuffix("-keys")
        mounted = tmp_path / process
        mounted.mkdir()
        for name, content in files.items():
            (mounted / name).write_bytes(content)
        if process == "gateway":
            assert len(cookie_key(mounted)) >= 32
        else:
            KeyFolder(mounted).private(process)
