"""Structured JSON logs; every line carries the trace of the request that it belongs to."""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast
from uuid import uuid4

import structlog

_trace: ContextVar[str] = ContextVar("trace", default="")


def current_trace() -> str:
    """The trace of the request or event in hand; empty outside of any."""
    return _trace.get()


def new_trace() -> str:
    """A fresh trace id."""
    return uuid4().hex


@contextmanager
def tracing(trace: str) -> Iterator[None]:
    """Everything logged, emitted or called inside belongs to this trace."""
    token = _trace.set(trace)
    try:
        yield
    finally:
        _trace.reset(token)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger for a module."""
    return cast(structlog.stdlib.BoundLogger, structlog.get_logger(name))


def _with_trace(_logger: Any, _method: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
    trace = _trace.get()
    if trace:
        entry["trace"] = trace
    return entry


_DETAIL = re.compile(r"(\\n|\n)DETAIL:.*?(?=\\n|\n|$)")


def without_details(text: str) -> str:
    """The text of an error without PostgreSQL's DETAIL line, which quotes the row: a log is no place for customers."""
    return _DETAIL.sub("", text)


_ADDRESS = re.compile(r"[^\s<>\"'(),;:=/@]+@[^\s<>\"'(),;:@]+")


def _without_persons(
    _logger: Any, _method: str, entry: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Without rows that PostgreSQL quotes, and without addresses, which mail servers like to quote."""
    for name, said in entry.items():
        if isinstance(said, str):
            told = without_details(said) if name in ("event", "error", "exception") else said
            entry[name] = _ADDRESS.sub("(address)", told) if "@" in told else told
    return entry


def configure(service: str, level: str = "INFO", *, stream: Any = None) -> None:
    """Send all logs as one JSON object a line to standard error, ours and the libraries' alike."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _with_trace,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                lambda _l, _m, entry: {"service": service, **entry},
                structlog.processors.format_exc_info,
                _without_persons,
                structlog.processors.JSONRenderer(default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("amqp", "kombu", "nameko", "fontTools", "alembic"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
