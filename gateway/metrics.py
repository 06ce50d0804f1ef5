"""How many requests, how they ended, how long they took; by route, never by path.

The processes of one gateway share their figures (prometheus_client's multiprocess mode), so that it does not matter
which of them answers Prometheus.
"""

import os
import time
from collections.abc import Iterable
from pathlib import Path

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from chassis.metrics import MULTIPROCESS, exposition, shared_among_processes

REQUESTS = Counter("headend_http_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "headend_http_request_seconds",
    "Seconds until a request was answered",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def install(app: Flask) -> None:
    """Count every request."""

    @app.after_request
    def count(response: Response) -> Response:
        route, method = str(request.url_rule or "unknown"), request.method
        if method not in ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"):
            method = "other"
        REQUESTS.labels(method, route, response.status_code).inc()
        if "started" in g:
            SECONDS.labels(method, route).observe(time.perf_counter() - g.started)
        return response


def told() -> tuple[bytes, str]:
    """What Prometheus is told, of every process of this gateway, and its content type."""
    if not shared_among_processes():
        return exposition()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # of prometheus_client
    registry.register(Workers())
    return exposition(registry)


class Workers(Collector):
    """Memory, processor time and files of this gateway's processes, summed."""

    def collect(self) -> Iterable[Metric]:
        """The usual metrics of a process, under their usual names."""
        summed: dict[str, Metric] = {}
        for pid in _living():
            for metric in _of_process(pid):
                if metric.name in _SUMMED:
                    metric.samples.extend(summed[metric.name].samples if metric.name in summed else [])
                    summed[metric.name] = metric
        for metric in summed.values():
            total = sum(sample.value for sample in metric.samples)
            metric.samples = [metric.samples[0]._replace(value=total)]
        return summed.values()


_SUMMED = {"process_resident_memory_bytes", "process_cpu_seconds", "process_open_fds"}


def _of_process(pid: int) -> Iterable[Metric]:
    return ProcessCollector(pid=lambda: pid, registry=None).collect()


def _living() -> set[int]:
    """The processes that share their figures here; prometheus_client's files have their numbers in their names."""
    files = Path(os.environ[MULTIPROCESS]).glob("*_*.db")
    return {int(file.stem.rpartition("_")[2]) for file in files}
