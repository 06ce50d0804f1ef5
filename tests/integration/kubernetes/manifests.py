"""What `kubectl apply` would be sent, by kustomize (in kubectl itself) and by the scripts; no cluster is needed."""

import base64
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
KUBERNETES = ROOT / "deploy/kubernetes"
OVERLAYS = ("one-node", "many-branches")
SERVICES = ("customers", "billing", "notify", "reports")
Manifest = dict[str, Any]


def kubectl() -> str:
    """The kubectl of the development environment, else the one on the path."""
    own = Path(sys.executable).with_name("kubectl")
    found = str(own) if own.exists() else shutil.which("kubectl")
    assert found, "kubectl is missing; run `make .venv/ready`"
    return found


@cache
def built(folder: str) -> tuple[Manifest, ...]:
    """Every object of a kustomization under deploy/kubernetes."""
    done = subprocess.run(
        [kubectl(), "kustomize", str(KUBERNETES / folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return tuple(yaml.safe_load_all(done.stdout))


def everything() -> Iterator[tuple[str, Manifest]]:
    """Every object of every overlay, with the folder that it comes from; and the example of the secrets."""
    for overlay in OVERLAYS:
        for folder in ("", "/migrations", "/servers"):
            for manifest in built(f"overlays/{overlay}{folder}"):
                yield f"{overlay}{folder}", manifest
    for manifest in yaml.safe_load_all((KUBERNETES / "secrets.example.yaml").read_text()):
        yield "secrets", manifest


def printed(script: str, *arguments: str) -> dict[str, dict[str, bytes]]:
    """The content of every Secret that a script of deploy/kubernetes prints."""
    done = run_script(script, *arguments)
    assert done.returncode == 0, done.stderr
    secrets = [one for one in yaml.safe_load_all(done.stdout) if one]
    assert {(one["kind"], one["metadata"]["namespace"]) for one in secrets} == {("Secret", "headend")}
    return {
        one["metadata"]["name"]: {name: base64.b64decode(value) for name, value in one["data"].items()}
        for one in secrets
    }


def run_script(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script of deploy/kubernetes with the `headend` and `kubectl` of the development environment."""
    path = f"{Path(sys.executable).parent}:{Path(kubectl()).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["sh", str(KUBERNETES / script), *arguments],
        env={"PATH": path}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@cache
def bus_secrets() -> dict[str, dict[str, bytes]]:
    """The Secrets of the bus as make_broker.sh prints them for a new installation."""
    with tempfile.TemporaryDirectory() as folder:
        return printed("make_broker.sh", folder)


def of_kind(overlay: str, kind: str) -> dict[str, Manifest]:
    """The objects of one kind of an overlay, by name."""
    return {made["metadata"]["name"]: made for made in built(f"overlays/{overlay}") if made["kind"] == kind}


def workloads() -> list[tuple[str, Manifest]]:
    """Every Deployment, Job and CronJob that runs a container of Headend."""
    return [
        (folder, made) for folder, made in everything() if made["kind"] in ("Deployment", "Job", "CronJob")
    ]


def name_of(case: object) -> str:
    """A readable name of a test case."""
    if isinstance(case, dict):
        return f"{case['kind']}-{case['metadata']['name']}"
    return str(case)


def pod_template(workload: Manifest) -> Manifest:
    """What the pods of a workload are made from."""
    spec = workload["spec"]
    found: Manifest = spec["jobTemplate"]["spec"]["template"] if "jobTemplate" in spec else spec["template"]
    return found


def container(workload: Manifest) -> Manifest:
    """The one container of a workload."""
    pod = pod_template(workload)["spec"]
    assert "initContainers" not in pod
    (only,) = pod["containers"]
    found: Manifest = only
    return found
