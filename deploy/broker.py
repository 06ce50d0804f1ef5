"""RabbitMQ's definitions: exchanges and queues, and a user for each process that may do there what it needs, no more.

RabbitMQ reads the file at every start, so that no user needs the right to make anything but its own reply queue, and a
broker that lost its disk has all of them again.
"""

import base64
import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any

from chassis.bus import RPC_EXCHANGE, UNDECODABLE, event_exchange, exchanges, inbox_queue
from chassis.files import write_whole
from chassis.settings import WrongSetting
from contracts.topology import CALLS, LISTENERS, SERVICES, called_by, callers_of

VHOST = "headend"
TOOLS = "tools"
"""The user of the commands that look at all queues, and empty those of events after a restore."""
USERS = (*CALLS, TOOLS)
"""A user for each service, for the gateway and for the tools."""
WATCHER = "autoscaling"
"""The user of an autoscaler, where there is one: looking how long queues are takes no permission."""
_URI = "amqp://"
"""What inbox_queue is told: the queues are RabbitMQ's."""


def definitions(passwords: Mapping[str, str]) -> dict[str, Any]:
    """The definitions for users with these passwords: those of USERS, and WATCHER where it has one."""
    users = [*USERS, *({WATCHER} & passwords.keys())]
    return {
        "vhosts": [{"name": VHOST}],
        "users": [_user(name, passwords[name]) for name in users],
        "permissions": [{"user": name, "vhost": VHOST, **permissions(name)} for name in users],
        "topic_permissions": [
            {"user": name, "vhost": VHOST, "exchange": RPC_EXCHANGE.name, **call_permissions(name)}
            for name in CALLS
        ],
        "exchanges": [
            {"name": exchange.name, "vhost": VHOST, "type": exchange.type, "durable": True,
             "auto_delete": False, "internal": False, "arguments": {}}
            for exchange in exchanges()
        ],
        "queues": [_queue(UNDECODABLE), *(_queue(f"rpc-{service}") for service in SERVICES), *_inboxes()],
        "bindings": [
            *(_binding(RPC_EXCHANGE.name, f"rpc-{service}", f"{service}.*") for service in SERVICES),
            *(
                _binding(event_exchange(event.producer).name, inbox_queue(service, _URI).name, event.type_name())
                for service, events in LISTENERS.items()
                for event in events
            ),
        ],
    }  # fmt: skip


def permissions(user: str) -> dict[str, str]:
    """What a user may make, write to and read from, as RabbitMQ's patterns over names of exchanges and queues."""
    if user == TOOLS:
        return {"configure": "^$", "write": "^$", "read": _one_of([queue["name"] for queue in _inboxes()])}
    if user == WATCHER:
        return dict.fromkeys(("configure", "write", "read"), "^$")
    replies, calls = rf"rpc\.reply-{user}-.*", re.escape(RPC_EXCHANGE.name)
    write, read = [calls, replies], [calls, replies]
    if user in SERVICES:
        write.append(re.escape(event_exchange(user).name))
        read.append(f"rpc-{user}")
    if LISTENERS.get(user):
        read.append(inbox_queue(user, _URI).name)
    return {"configure": f"^{replies}$", "write": _one_of(write), "read": _one_of(read)}


def call_permissions(user: str) -> dict[str, str]:
    """Whom a user may call and answer, and whose messages it may take, as patterns over routing keys of calls."""
    write = [rf"{service}\.[a-z_]+" for service in called_by(user)]
    if user in SERVICES:
        write += [_reply_key(caller) for caller in callers_of(user)]
    return {"write": _one_of(write), "read": _one_of([_reply_key(user)])}


def make_missing_passwords(secrets: Path) -> None:
    """Put a random password into the folder for each user, WATCHER too, that has none there. Raises WrongSetting."""
    try:
        secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
        for user in (*USERS, WATCHER):
            path = _password_file(secrets, user)
            if not path.exists():
                write_whole(path, token_hex(24).encode())
    except OSError as error:
        raise WrongSetting(f"Passwords cannot be made in {secrets} ({error.strerror}).") from None


def write_definitions(target: Path, secrets: Path) -> None:
    """Write the definitions' file, with the passwords that lie in the folder as `<user>_amqp_password`.

    Raises WrongSetting.
    """
    passwords = {user: _password(secrets, user) for user in USERS}
    if _password_file(secrets, WATCHER).exists():
        passwords[WATCHER] = _password(secrets, WATCHER)
    # RabbitMQ is another user of the system; the file holds salted hashes and lies where nobody else looks.
    write_whole(target, json.dumps(definitions(passwords), indent=1).encode(), mode=0o644)


def _password_file(secrets: Path, user: str) -> Path:
    return secrets / f"{user}_amqp_password"


def _password(secrets: Path, user: str) -> str:
    path = _password_file(secrets, user)
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise WrongSetting(
            f"The password of {user} at RabbitMQ, {path}, cannot be read ({error.strerror})."
        ) from None


def _user(name: str, password: str) -> dict[str, Any]:
    salt = os.urandom(4)
    hashed = base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()
    return {
        "name": name, "password_hash": hashed, "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": [],
    }  # fmt: skip


def _inboxes() -> list[dict[str, Any]]:
    found = [inbox_queue(service, _URI) for service, events in LISTENERS.items() if events]
    return [_queue(queue.name, queue.queue_arguments) for queue in found]


def _queue(name: str, arguments: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "name": name, "vhost": VHOST, "durable": True, "auto_delete": False, "arguments": arguments or {},
    }  # fmt: skip


def _binding(source: str, destination: str, routing_key: str) -> dict[str, Any]:
    return {
        "source": source, "vhost": VHOST, "destination": destination, "destination_type": "queue",
        "routing_key": routing_key, "arguments": {},
    }  # fmt: skip


def _reply_key(caller: str) -> str:
    return f"{caller}-[0-9a-f-]{{36}}"


def _one_of(patterns: list[str]) -> str:
    return f"^({'|'.join(patterns)})$"
