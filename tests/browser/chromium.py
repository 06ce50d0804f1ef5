"""Debian's chromium for the browser tests: what is installed, or what may be installed."""

import os
import shutil
import subprocess

PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-cjk")
"""The browser, and fonts for Persian and Chinese, without which every picture shows boxes."""


def chromium() -> str | None:
    """The program, installed first where HEADEND_TEST_INSTALL=1 says that it may be; None where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and os.environ.get("HEADEND_TEST_INSTALL") == "1" and os.geteuid() == 0:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
            subprocess.run(["apt-get", "-qq", *arguments], env=environment, capture_output=True, check=False)
        found = shutil.which("chromium")
    return found
