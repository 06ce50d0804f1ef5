"""Embedded mode: the four services, the bus and the gateway in one process (DESIGN, 2)."""

import errno
import time

import click


def run() -> int:
    """Run everything until a signal; returns the exit code. Raises WrongSetting, OSError."""
    from chassis.green import patch_first

    patch_first()
    from chassis import logs
    from chassis.keys import KeyFolder
    from chassis.rpc_client import RpcClient
    from chassis.runner import Runner, help_memory_transport, open_service
    from chassis.settings import WrongSetting, load_settings
    from contracts.topology import SERVICES
    from deploy import upkeep
    from deploy.house import service_class

    began = time.monotonic()
    settings = load_settings()
    if not settings.embedded:
        raise WrongSetting(
            "`headend run` is for embedded mode; in real mode run `headend serve SERVICE` and `headend gateway`."
        )
    upkeep.prepare_home(settings)
    log_file = (settings.home / "headend.log").open("a", encoding="utf-8", buffering=1)
    logs.configure("headend", settings.log_level, stream=log_file)
    _refuse_taken_port(settings.host, settings.port)
    KeyFolder(settings.keys_folder).make_missing(SERVICES)
    help_memory_transport()
    client = RpcClient(settings.amqp_uri, name="headend", seconds=settings.call_seconds)
    classes = [service_class(name) for name in SERVICES]
    platforms = [(service, open_service(service, settings, client)) for service in classes]
    password = upkeep.first_start(settings, platforms[0][1].database)
    runner = Runner(settings, platforms)
    runner.start()
    from gateway.app import create_app

    runner.serve(create_app(client, settings, runner.health), settings.host, settings.port)
    click.echo(f"Headend is at http://{settings.host}:{settings.port}  (files in {settings.home.absolute()}, "
               f"log in {settings.home / 'headend.log'}; ready in {time.monotonic() - began:.1f} s)")  # fmt: skip
    upkeep.tell_password(password, settings)
    if settings.sample:
        from deploy.sample import fill_in_background

        fill_in_background(platforms[0][1])
    return runner.run_until_stopped()


def _refuse_taken_port(host: str, port: int) -> None:
    import socket

    from chassis.settings import WrongSetting

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise WrongSetting(
                    f"Port {port} of {host} is in use; stop what uses it, or set HEADEND_PORT to another."
                ) from None
            raise WrongSetting(
                f"Cannot listen on {host}:{port} ({error.strerror}); see HEADEND_HOST and HEADEND_PORT."
            ) from None
