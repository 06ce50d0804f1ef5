"""Operators find a pod in which every command of Headend works, the night makes a backup, and databases are closed."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from pyrage import x25519

from chassis.keys import KeyFolder
from chassis.settings import Settings
from tests.integration.kubernetes.manifests import (
    OVERLAYS,
    ROOT,
    SERVICES,
    Manifest,
    built,
    container,
    of_kind,
    pod_template,
)
from tests.integration.kubernetes.test_pods import environment
from tests.real_servers.servers import PostgresServer

each_overlay = pytest.mark.parametrize("overlay", OVERLAYS)
OWN = {"KEEP_DAYS", "ENCRYPT_FOR"}
"""Variables of the backup that are none of Headend's."""


def tools_of(overlay: str) -> Manifest:
    return of_kind(overlay, "Deployment")["tools"]


def backup_of(overlay: str) -> Manifest:
    return of_kind(overlay, "CronJob")["backup"]


def script_of(workload: Manifest, folder: Path) -> list[str]:
    """The command of a pod, with its places in a folder of the test."""
    (script,) = container(workload)["args"]
    return ["sh", "-ec", re.sub(r"/(?=given-keys|keys|backups)", f"{folder}/", script)]


@each_overlay
def test_there_is_no_pod_of_tools_until_somebody_wants_one(overlay: str) -> None:
    assert tools_of(overlay)["spec"]["replicas"] == 0


@each_overlay
@pytest.mark.parametrize("name", ["tools", "backup"])
def test_every_database_can_be_reached_and_production_takes_the_settings(
    overlay: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = environment(overlay, tools_of(overlay) if name == "tools" else backup_of(overlay))
    assert set(given) - OWN <= {f"HEADEND_{known.upper()}" for known in Settings.model_fields}
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    settings = Settings()
    assert settings.profile == "production" and not settings.embedded and not settings.bus_declare
    assert settings.keys_folder == Path("/keys")
    for service in SERVICES:
        assert settings.database_url(service).startswith(f"postgresql://{service}:")


@each_overlay
def test_the_doctor_is_told_of_bus_gateway_and_mail_server(
    overlay: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in environment(overlay, tools_of(overlay)).items():
        monkeypatch.setenv(variable, value)
    settings = Settings()
    assert settings.amqp_uri.startswith("amqp://tools:")
    assert settings.public_url == f"http://{of_kind(overlay, 'Service')['gateway']['metadata']['name']}"
    assert settings.smtp_host and settings.smtp_username and settings.smtp_password


@each_overlay
def test_a_backup_knows_no_secret_of_bus_and_mail_server(overlay: str) -> None:
    env = container(backup_of(overlay))["env"]
    named = {one["valueFrom"]["secretKeyRef"]["name"] for one in env if "valueFrom" in one}
    assert named == {*SERVICES, "backup"}


@each_overlay
def test_one_backup_a_night_goes_where_the_tools_find_it(overlay: str) -> None:
    backup, claims = backup_of(overlay)["spec"], of_kind(overlay, "PersistentVolumeClaim")
    assert backup["concurrencyPolicy"] == "Forbid" and re.fullmatch(r"\d+ \d+ \* \* \*", backup["schedule"])
    for workload in (tools_of(overlay), backup_of(overlay)):
        (volume,) = [one for one in pod_template(workload)["spec"]["volumes"] if one["name"] == "backups"]
        assert set(claims) == {volume["persistentVolumeClaim"]["claimName"]}
        assert {"name": "backups", "mountPath": "/backups"} in container(workload)["volumeMounts"]


@each_overlay
def test_postgresql_is_no_newer_than_the_programs_of_the_tools(overlay: str) -> None:
    (cluster,) = [made for made in built(f"overlays/{overlay}/servers") if made["kind"] == "Cluster"]
    debian = re.search(
        r"^ARG PYTHON_IMAGE=\S+-(\w+)$", (ROOT / "deploy/Dockerfile").read_text(), re.MULTILINE
    )
    newest = {"bookworm": 15, "trixie": 17}  # Debian's postgresql-client
    major = re.search(r":(\d+)", cluster["spec"]["imageName"])
    assert debian and major and int(major[1]) <= newest[debian[1]]


@pytest.fixture
def mounted(tmp_path: Path) -> Path:
    """The places of a pod: keys as a Secret's volume shows them, by links, an old backup, and a young one."""
    given = tmp_path / "given-keys"
    real = given / "..2026_11_22"
    KeyFolder(real).make_missing(SERVICES)
    for key in real.iterdir():
        key.chmod(0o440)
        (given / key.name).symlink_to(key)
    (tmp_path / "keys").mkdir()
    for name, age in (("headend-old", 20), ("headend-young", 3), ("other", 20)):
        folder = tmp_path / "backups" / name
        folder.mkdir(parents=True)
        moment = folder.stat().st_mtime - age * 86_400
        os.utime(folder, (moment, moment))
    return tmp_path


def test_the_pod_of_tools_has_keys_of_its_own_and_ends_at_once(mounted: Path) -> None:
    pod = subprocess.Popen(script_of(tools_of("one-node"), mounted))
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            pod.wait(1)
        assert {file.stat().st_mode & 0o777 for file in (mounted / "keys").iterdir()} == {0o600}
        assert [KeyFolder(mounted / "keys").private(service) for service in SERVICES]
    finally:
        pod.terminate()
    assert pod.wait(5) == 0


@pytest.mark.parametrize(
    ("ended", "left"), [(0, {"headend-young", "other"}), (1, {"headend-old", "headend-young", "other"})]
)
def test_old_backups_go_when_a_new_one_is_whole(mounted: Path, ended: int, left: set[str]) -> None:
    """With a `headend` that only notes what it is told."""
    command = mounted / "bin/headend"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\necho "$@" >"{mounted}/told"\nexit {ended}\n')
    command.chmod(0o755)
    public = str(x25519.Identity.generate().to_public())
    done = subprocess.run(
        script_of(backup_of("one-node"), mounted),
        env={"PATH": f"{command.parent}:{os.environ['PATH']}", "ENCRYPT_FOR": public, "KEEP_DAYS": "14"},
        check=False,
    )
    assert done.returncode == ended
    assert (mounted / "told").read_text() == f"backup {mounted}/backups --encrypt-for {public}\n"
    assert {folder.name for folder in (mounted / "backups").iterdir()} == left


@pytest.mark.slow
def test_no_role_opens_the_database_of_another(
    postgres: PostgresServer, service_databases: dict[str, str], tmp_path: Path
) -> None:
    jobs = {job["metadata"]["name"]: job for job in built("overlays/one-node/migrations")}
    urls = {service.upper(): url for service, url in service_databases.items()}
    names = [url.rpartition("/")[2] for url in service_databases.values()]

    def open_to_all(right: str) -> set[str]:
        rows = postgres.execute(
            f"SELECT datname FROM pg_database WHERE has_database_privilege('public', oid, '{right}')"
        )
        return {row[0] for row in rows} & set(names)

    for name in names:
        postgres.execute(f'GRANT CONNECT, TEMPORARY ON DATABASE "{name}" TO PUBLIC')
    assert open_to_all("CONNECT") == open_to_all("TEMPORARY") == set(names)
    for _ in range(2):  # as at every upgrade
        subprocess.run(
            script_of(jobs["close-databases"], tmp_path), env={"PATH": os.environ["PATH"], **urls}, check=True
        )
    assert open_to_all("CONNECT") == open_to_all("TEMPORARY") == set()
