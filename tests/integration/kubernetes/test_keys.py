"""make_keys.sh gives each process the keys that it needs, and the same ones when it is run again."""

from pathlib import Path

from chassis.clock import SystemClock
from chassis.keys import KeyFolder
from gateway.secret_key import cookie_key
from tests.integration.kubernetes.manifests import SERVICES, printed

PUBLIC = {f"{service}.pub" for service in SERVICES}
OWN = {
    "customers-keys": {"customers.key", "sealing.key", "fields-1.key"},
    "billing-keys": {"billing.key", "simulated-provider.key"},
    "notify-keys": {"notify.key", "sealing.key"},
    "reports-keys": {"reports.key"},
    "gateway-keys": {"gateway-cookies.key", "simulated-provider.key"},
}
OWN["tools-keys"] = set().union(*OWN.values())


def made(folder: Path) -> dict[str, dict[str, bytes]]:
    """The content of every Secret that the script prints."""
    return printed("make_keys.sh", str(folder))


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
        elif process == "tools":
            assert [KeyFolder(mounted).private(service) for service in SERVICES]
        else:
            KeyFolder(mounted).private(process)
        if process in ("customers", "tools"):
            assert KeyFolder(mounted).field_keys(SystemClock()).newest() == 1


def test_a_new_field_key_is_given_to_customers_and_to_backups_alone(tmp_path: Path) -> None:
    made(tmp_path / "keys")
    KeyFolder(tmp_path / "keys").add_field_key(SystemClock())
    holders = {secret for secret, files in made(tmp_path / "keys").items() if "fields-2.key" in files}
    assert holders == {"customers-keys", "tools-keys"}
