"""Real mode: one service per process, the gateway under gunicorn."""

import os
import sys
import tempfile

from deploy.beforehand import real_settings, refuse_taken_port


def serve(name: str) -> int:
    """Run one service until it is told to stop; returns the exit code. The process is patched already.

    Raises WrongSetting.
    """
    settings = real_settings(f"serve {name}")
    from chassis import logs
    from chassis.clock import SystemClock
    from chassis.keys import KeyFolder
    from chassis.rpc_client import RpcClient
    from chassis.runner import Runner, open_service
    from deploy.house import service_class

    KeyFolder(settings.keys_folder).private(name)
    if settings.ops_port:
        refuse_taken_port("0.0.0.0", settings.ops_port, "HEADEND_OPS_PORT")  # noqa: S104  # probes come from outside
    logs.configure(name, settings.log_level)
    clock = SystemClock(settings.today)
    client = RpcClient(
        settings.amqp_uri, name=name, seconds=settings.call_seconds, declare=settings.bus_declare, clock=clock
    )
    service = service_class(name)
    platform = open_service(service, settings, client, clock=clock)
    runner = Runner(settings, [(service, platform)])
    runner.serve_health()
    runner.start()
    logs.logger(__name__).info("serving", mode=settings.mode)
    return runner.run_until_stopped()


def gateway(workers: int) -> None:
    """Become gunicorn serving the gateway. Raises WrongSetting."""
    from chassis.metrics import MULTIPROCESS
    from gateway.secret_key import cookie_key

    settings = real_settings("gateway")
    refuse_taken_port(settings.host, settings.port)
    cookie_key(settings.keys_folder)
    os.environ[MULTIPROCESS] = tempfile.mkdtemp(prefix="headend-metrics-")
    os.execv(  # noqa: S606  # this process becomes gunicorn, so that signals reach it
        sys.executable,
        [
            sys.executable, "-m", "gunicorn", "gateway.wsgi:app", "--worker-class", "gthread",
            "--workers", str(workers), "--threads", str(settings.gateway_threads),
            "--bind", f"{settings.host}:{settings.port}", "--graceful-timeout", str(int(settings.stop_seconds)),
            "--max-requests", "200000", "--max-requests-jitter", "20000", "--keep-alive", "75", "--no-control-socket",
            "--config", "python:gateway.gunicorn_hooks",
        ],
    )  # fmt: skip
