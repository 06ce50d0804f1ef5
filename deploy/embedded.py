"""Embedded mode: four services, bus and gateway in one process (DESIGN, 2), which is patched already."""

import time

import click

from chassis import logs
from chassis.keys import KeyFolder
from chassis.rpc_client import RpcClient
from chassis.runner import Runner, help_memory_transport, open_service
from chassis.settings import Settings
from contracts.topology import SERVICES
from deploy import upkeep
from deploy.house import service_class
from deploy.sample import fill_in_background
from gateway.app import create_app


def run(settings: Settings) -> int:
    """Run everything until a signal; returns the exit code. Raises WrongSetting."""
    began = time.monotonic()
    _prepare(settings)
    client = RpcClient(settings.amqp_uri, name="headend", seconds=settings.call_seconds)
    classes = [service_class(name) for name in SERVICES]
    platforms = [(service, open_service(service, settings, client)) for service in classes]
    customers = platforms[0][1]
    password = upkeep.first_start(settings, customers.database)
    runner = Runner(settings, platforms)
    runner.start()
    runner.serve(create_app(client, settings, runner.health), settings.host, settings.port)
    click.echo(
        f"Headend is at http://{settings.host}:{settings.port}  (ready in {time.monotonic() - began:.1f} s; "
        f"files and log in {settings.home.absolute()}; Ctrl-C ends it)"
    )
    upkeep.tell_password(password, settings)
    if settings.sample:
        fill_in_background(customers)
    return runner.run_until_stopped()


def _prepare(settings: Settings) -> None:
    log_file = (settings.home / "headend.log").open("a", encoding="utf-8", buffering=1)
    logs.configure("headend", settings.log_level, stream=log_file)
    KeyFolder(settings.keys_folder).make_missing(SERVICES)
    help_memory_transport()
