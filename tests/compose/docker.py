"""Docker on this machine: which compose command there is, and the images that docker-compose.yml builds upon."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
STAND_INS = ROOT.parent / "shared/lab/standin-images.sh"
"""Where there is such a script it builds local images with the names of the official ones, for want of a registry."""
BUILT_UPON = (
    "python:3.11-slim-bookworm",
    "postgres:15-bookworm",
    "rabbitmq:3-management",
    "axllent/mailpit:latest",
    "nginx:stable",
)


class DockerMissing(Exception):
    """The stack cannot be started here; the text says what is missing."""


def compose_command() -> list[str]:
    """`docker compose` or `docker-compose`, with an engine that answers and images to build upon.

    Raises DockerMissing. With HEADEND_TEST_INSTALL=1 the script of stand-ins is run where there is one.
    """
    try:
        return _found()
    except DockerMissing:
        if os.environ.get("HEADEND_TEST_INSTALL") != "1" or not STAND_INS.exists():
            raise
    done = subprocess.run(["bash", str(STAND_INS)], capture_output=True, text=True, timeout=1800)
    if done.returncode:
        raise DockerMissing(f"{STAND_INS.name} failed: {done.stderr[-500:]}")
    return _found()


def docker(*arguments: str, seconds: float = 60.0) -> str:
    """What `docker` prints. Raises CalledProcessError."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=seconds, check=True)
    return done.stdout.strip()


def _found() -> list[str]:
    if not shutil.which("docker") or not _works(["docker", "info"]):
        raise DockerMissing("no Docker engine answers")
    command = next((c for c in (["docker", "compose"], ["docker-compose"]) if _works([*c, "version"])), None)
    if command is None:
        raise DockerMissing("there is neither `docker compose` nor `docker-compose`")
    missing = [image for image in BUILT_UPON if not _works(["docker", "image", "inspect", image])]
    for image in missing:
        if not _works(["docker", "pull", "-q", image], seconds=600):
            raise DockerMissing(f"the image {image} is not here and no registry gives it")
    return command


def _works(command: Sequence[str], seconds: float = 60.0) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=seconds).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
