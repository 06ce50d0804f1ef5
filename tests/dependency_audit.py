"""pip-audit over every locked package: `python -m tests.dependency_audit`, the last step of `make check`.

pip-audit passes over a package that the advisory database does not know, and where a mirror of the package index has no
advisories at all it calls everything faultless. So one package is asked for first, and what was not audited is said.
With HEADEND_AUDIT=required that is a failure (1), as a known vulnerability always is; otherwise the answer is 0.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent
SECONDS = 240
NOT_REACHED = "pip-audit: the advisory database cannot be reached; not audited."


@dataclass(frozen=True)
class Outcome:
    """What was found: `known` vulnerabilities as lines, the names of packages that were `passed_over`."""

    audited: int
    known: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()


def read(report: Any) -> Outcome:
    """pip-audit's report in its JSON format."""
    packages = report["dependencies"]
    known = [
        f"{one['name']} {one['version']}: {found['id']}, mended in {' or '.join(found['fix_versions']) or 'none yet'}"
        for one in packages
        for found in one.get("vulns", ())
    ]
    passed_over = [one["name"] for one in packages if "skip_reason" in one]
    return Outcome(len(packages) - len(passed_over), tuple(known), tuple(passed_over))


def audit(requirements: str) -> Outcome | None:
    """What pip-audit says of pinned and hashed requirements; None where it could not ask."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write(requirements)
        listed.flush()
        command = [
            str(BIN / "pip-audit"), "--requirement", listed.name, "--require-hashes", "--disable-pip",
            "--format", "json", "--progress-spinner", "off",
        ]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return None
    try:
        return read(json.loads(done.stdout))
    except ValueError:  # it broke off with a traceback: no network
        return None


def verdict(outcome: Outcome | None, *, required: bool) -> tuple[str, int]:
    """The line to print and the exit code."""
    missing = 1 if required else 0
    if outcome is None or outcome.audited == 0:
        return NOT_REACHED, missing
    if outcome.known:
        return "\n".join(("pip-audit: upgrade these (make lock).", *outcome.known)), 1
    if outcome.passed_over:
        names = ", ".join(outcome.passed_over)
        return f"pip-audit: {outcome.audited} packages are faultless; not audited: {names}.", missing
    return f"pip-audit: no known vulnerability in {outcome.audited} packages.", 0


def locked() -> str:
    """uv.lock as requirements with hashes, all extras and development included."""
    command = [
        str(BIN / "uv"), "export", "--quiet", "--frozen", "--all-extras", "--no-emit-project", "--no-annotate",
        "--no-header",
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def first_of(requirements: str) -> str:
    """The first package alone."""
    lines = requirements.splitlines()
    end = next((number for number, line in enumerate(lines[1:], start=1) if not line.startswith(" ")), None)
    return "\n".join(lines[:end]) + "\n"


def main() -> int:
    """Audit, say so, and return the exit code."""
    requirements = locked()
    probe = audit(first_of(requirements))
    outcome = audit(requirements) if probe is not None and probe.audited else probe
    line, code = verdict(outcome, required=os.environ.get("HEADEND_AUDIT") == "required")
    print(line)
    return code


if __name__ == "__main__":
    sys.exit(main())
