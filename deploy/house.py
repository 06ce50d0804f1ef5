"""The four services by name, imported only when asked for, so that a process holds only what it runs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from chassis.service import Service


def service_class(name: str) -> type[Service]:
    """The nameko class of a service: customers -> customers.service.CustomersService."""
    found = getattr(import_module(f"{name}.service"), f"{name.capitalize()}Service")
    return cast("type[Service]", found)
