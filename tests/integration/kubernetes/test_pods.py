"""Every pod is probed, bounded, contained, and given settings that Headend knows; no object holds a secret."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from chassis.settings import Settings
from tests.integration.kubernetes.manifests import (
    KUBERNETES,
    OVERLAYS,
    SERVICES,
    Manifest,
    built,
    bus_secrets,
    container,
    everything,
    name_of,
    of_kind,
    pod_template,
    workloads,
)

PROCESSES = (*SERVICES, "gateway")
DEPLOYMENTS = [
    (overlay, made)
    for overlay in OVERLAYS
    for name, made in of_kind(overlay, "Deployment").items()
    if name in PROCESSES
]
each_workload = pytest.mark.parametrize(("folder", "workload"), workloads(), ids=name_of)
each_deployment = pytest.mark.parametrize(("overlay", "deployment"), DEPLOYMENTS, ids=name_of)
PLACEHOLDER = re.compile(r"REPLACE")


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_process_has_a_deployment_and_every_service_a_migration(overlay: str) -> None:
    assert set(of_kind(overlay, "Deployment")) == {*PROCESSES, "tools"}
    migrations = {made["metadata"]["name"] for made in built(f"overlays/{overlay}/migrations")}
    assert migrations == {"close-databases", *(f"migrate-{service}" for service in SERVICES)}


@each_workload
def test_no_pod_may_more_than_it_needs(folder: str, workload: Manifest) -> None:
    pod = pod_template(workload)["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True and pod["securityContext"]["runAsUser"] == 10001
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container(workload)["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip


@each_workload
def test_what_a_read_only_pod_writes_has_a_place(folder: str, workload: Manifest) -> None:
    places = {
        mount["mountPath"] for mount in container(workload)["volumeMounts"] if not mount.get("readOnly")
    }
    besides = {"/keys", "/backups"} if workload["metadata"]["name"] in ("tools", "backup") else set()
    assert places == {"/tmp", "/var/lib/headend"} | besides


@each_workload
def test_every_pod_says_what_it_takes_at_most(folder: str, workload: Manifest) -> None:
    resources = container(workload)["resources"]
    assert set(resources["requests"]) == set(resources["limits"]) == {"cpu", "memory"}


@each_workload
def test_every_image_is_of_a_named_version(folder: str, workload: Manifest) -> None:
    assert re.fullmatch(r"registry\.example\.com/headend/[a-z]+:\d+\.\d+\.\d+", container(workload)["image"])


@each_deployment
def test_every_process_is_probed_where_it_listens(overlay: str, deployment: Manifest) -> None:
    probed = container(deployment)
    paths = {name: probed[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "liveness", "readiness")}
    assert paths == {"startup": "/health/live", "liveness": "/health/live", "readiness": "/health/ready"}
    ports = {probed[f"{name}Probe"]["httpGet"]["port"] for name in paths}
    assert ports == {port["name"] for port in probed["ports"]}


@each_deployment
def test_a_start_may_wait_for_the_database_as_long_as_headend_does(
    overlay: str, deployment: Manifest
) -> None:
    startup = container(deployment)["startupProbe"]
    waits = startup["periodSeconds"] * startup["failureThreshold"]
    assert waits >= (120 if deployment["metadata"]["name"] == "gateway" else 600)


@each_deployment
def test_a_stop_has_the_time_that_headend_takes(overlay: str, deployment: Manifest) -> None:
    before = container(deployment).get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    grace = deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    assert grace > before + Settings.model_fields["stop_seconds"].default


@each_deployment
def test_the_new_version_serves_before_the_old_one_goes(overlay: str, deployment: Manifest) -> None:
    assert deployment["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


@each_deployment
def test_replicas_of_one_service_spread_over_nodes_and_zones(overlay: str, deployment: Manifest) -> None:
    spread = deployment["spec"]["template"]["spec"]["topologySpreadConstraints"]
    assert [rule["topologyKey"] for rule in spread] == [
        "kubernetes.io/hostname",
        "topology.kubernetes.io/zone",
    ]
    assert all(rule["matchLabelKeys"] == ["app.kubernetes.io/name"] for rule in spread)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_emptied_node_takes_one_replica_at_a_time(overlay: str) -> None:
    budgets = of_kind(overlay, "PodDisruptionBudget")
    assert {name: made["spec"]["maxUnavailable"] for name, made in budgets.items()} == dict.fromkeys(
        PROCESSES, 1
    )
    assert all(
        made["spec"]["selector"]["matchLabels"] == {"app.kubernetes.io/name": name}
        for name, made in budgets.items()
    )


@each_deployment
def test_headend_starts_with_the_settings_that_it_is_given(
    overlay: str, deployment: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in production, which refuses defaults and plain-text paths; a name that Headend lacks is found too."""
    given = environment(overlay, deployment)
    known = {f"HEADEND_{name.upper()}" for name in Settings.model_fields}
    assert set(given) <= known
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    ports = {port["containerPort"] for port in container(deployment)["ports"]}
    name = deployment["metadata"]["name"]
    assert settings.profile == "production" and not settings.embedded and not settings.bus_declare
    assert urlsplit(settings.amqp_uri).username == deployment["metadata"]["name"]
    assert ports == {settings.port if name == "gateway" else settings.ops_port}
    if name != "gateway":
        assert settings.database_url(name).startswith(f"postgresql://{name}:")


@pytest.mark.parametrize("folder", [f"{overlay}/migrations" for overlay in OVERLAYS])
@pytest.mark.parametrize("service", SERVICES)
def test_a_migration_refuses_what_production_refuses(
    folder: str, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No administrator with a password that everybody knows."""
    (job,) = [one for one in built(f"overlays/{folder}") if one["metadata"]["name"] == f"migrate-{service}"]
    for name, value in set_in(job).items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.profile == "production"
    assert settings.database_url(service).startswith(f"postgresql://{service}:")
    assert (settings.admin_password is not None) == (service == "customers")
    monkeypatch.setenv("HEADEND_ADMIN_PASSWORD", "admin")
    with pytest.raises(ValueError, match="HEADEND_ADMIN_PASSWORD is a default password"):
        Settings()


@each_deployment
def test_a_process_is_given_its_own_secrets_alone(overlay: str, deployment: Manifest) -> None:
    name = deployment["metadata"]["name"]
    named = {one["valueFrom"]["secretKeyRef"]["name"] for one in container(deployment)["env"]}
    volumes = deployment["spec"]["template"]["spec"]["volumes"]
    keys = {volume["secret"]["secretName"] for volume in volumes if "secret" in volume}
    own = {f"{name}-bus"} if name == "gateway" else {name, f"{name}-bus"}
    assert (named, keys) == (own, {f"{name}-keys"})


def test_no_object_holds_a_secret() -> None:
    for folder, made in everything():
        if made["kind"] == "Secret":
            assert folder == "secrets"
            for key, value in made["stringData"].items():
                assert PLACEHOLDER.search(value) or key == "username"


def test_every_secret_that_a_pod_reads_is_in_the_example_or_made_by_the_script() -> None:
    example = {
        made["metadata"]["name"]: set(made["stringData"])
        for folder, made in everything()
        if folder == "secrets"
    } | {name: set(files) for name, files in bus_secrets().items()}
    for _, workload in workloads():
        for one in container(workload)["env"]:
            if "valueFrom" in one:
                reference = one["valueFrom"]["secretKeyRef"]
                assert reference["key"] in example[reference["name"]]


def environment(overlay: str, deployment: Manifest) -> dict[str, str]:
    """All variables of a pod, those of its ConfigMaps too."""
    maps = of_kind(overlay, "ConfigMap")
    given: dict[str, str] = {}
    for source in container(deployment)["envFrom"]:
        given |= maps[source["configMapRef"]["name"]]["data"]
    return given | set_in(deployment)


def set_in(workload: Manifest) -> dict[str, str]:
    """The variables that a pod sets itself, with the example's secrets, filled in, and those of the bus."""
    secrets = {made["metadata"]["name"]: made["stringData"] for made in _example()} | {
        name: {key: value.decode() for key, value in files.items()} for name, files in bus_secrets().items()
    }
    given: dict[str, str] = {}
    for one in container(workload)["env"]:
        if "value" in one:
            given[one["name"]] = one["value"]
        else:
            reference = one["valueFrom"]["secretKeyRef"]
            given[one["name"]] = secrets[reference["name"]][reference["key"]].replace(
                "REPLACE", "qu1nce-tree"
            )
    return given


def _example() -> list[Manifest]:
    return list(yaml.safe_load_all(Path(KUBERNETES / "secrets.example.yaml").read_text()))
