"""What can be refused before a start imports all that it runs: settings, home folder, ports.

This module imports next to nothing, so that a typing error is answered at once.
"""

import errno
import socket
from pathlib import Path

from chassis.settings import Settings, WrongSetting, load_settings


def embedded_settings() -> Settings:
    """The settings of embedded mode, with a home and a port that can be had. Raises WrongSetting."""
    settings = load_settings()
    if not settings.embedded:
        raise WrongSetting(
            "`headend run` is for embedded mode; in real mode run `headend serve SERVICE` and `headend gateway`."
        )
    prepare_home(settings)
    refuse_taken_port(settings.host, settings.port)
    return settings


def real_settings(command: str) -> Settings:
    """The settings of real mode. Raises WrongSetting."""
    settings = load_settings()
    if settings.embedded:
        raise WrongSetting(
            f"`headend {command}` is for real mode; set HEADEND_MODE=real, or type `headend run`."
        )
    return settings


def refuse_taken_port(host: str, port: int, setting: str = "HEADEND_PORT") -> None:
    """Raises WrongSetting, naming the setting, when nobody can listen there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                reason = f"Port {port} of {host} is in use; stop what uses it, or set {setting} to another."
            else:
                reason = f"Cannot listen on {host}:{port} ({error.strerror}); see HEADEND_HOST and {setting}."
            raise WrongSetting(reason) from None


def prepare_home(settings: Settings) -> None:
    """The home folder, writable. Raises WrongSetting."""
    home: Path = settings.home
    try:
        home.mkdir(parents=True, exist_ok=True)
        trial = home / ".writable"
        trial.write_text("")
        trial.unlink()
    except OSError as error:
        raise WrongSetting(
            f"The folder {home.absolute()} is not writable ({error.strerror}); set HEADEND_HOME to one that is."
        ) from None
