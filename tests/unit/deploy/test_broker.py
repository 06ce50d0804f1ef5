"""RabbitMQ's definitions hold every queue and binding, and users who may do what their process does, and no more."""

import base64
import hashlib
import json
import re
from pathlib import Path
from uuid import uuid4

import pytest

from chassis.bus import UNDECODABLE
from chassis.settings import WrongSetting
from contracts.topology import CALLS, LISTENERS, SERVICES
from deploy.broker import (
    TOOLS,
    USERS,
    WATCHER,
    call_permissions,
    definitions,
    make_missing_passwords,
    permissions,
    write_definitions,
)

PASSWORDS = {user: f"secret of {user}" for user in USERS}


def may(pattern: str, name: str) -> bool:
    return re.search(pattern, name) is not None


def test_every_listener_has_its_queue_with_a_binding_for_each_event() -> None:
    made = definitions(PASSWORDS)
    assert {queue["name"] for queue in made["queues"]} == {
        UNDECODABLE, *(f"rpc-{service}" for service in SERVICES),
        *(f"inbox-{service}" for service, events in LISTENERS.items() if events),
    }  # fmt: skip
    bound = {(one["source"], one["routing_key"], one["destination"]) for one in made["bindings"]}
    for service, events in LISTENERS.items():
        for event in events:
            assert (f"{event.producer}.events", event.type_name(), f"inbox-{service}") in bound


def test_passwords_are_hashed_as_rabbitmq_checks_them() -> None:
    for user in definitions(PASSWORDS)["users"]:
        raw = base64.b64decode(user["password_hash"])
        assert raw[4:] == hashlib.sha256(raw[:4] + PASSWORDS[user["name"]].encode()).digest()
        assert user["tags"] == []


@pytest.mark.parametrize("user", USERS)
def test_a_user_publishes_events_in_its_own_name_alone(user: str) -> None:
    writable = {service for service in SERVICES if may(permissions(user)["write"], f"{service}.events")}
    assert writable == {user} & set(SERVICES)


@pytest.mark.parametrize("user", CALLS)
def test_a_user_takes_from_its_own_queues_alone(user: str) -> None:
    queues = [queue["name"] for queue in definitions(PASSWORDS)["queues"]]
    readable = {name for name in queues if may(permissions(user)["read"], name)}
    assert readable == {name for name in (f"rpc-{user}", f"inbox-{user}") if name in queues}


@pytest.mark.parametrize("user", CALLS)
def test_a_user_makes_nothing_but_its_reply_queue(user: str) -> None:
    made = definitions(PASSWORDS)
    shared = [one["name"] for kind in ("queues", "exchanges") for one in made[kind]]
    assert not [name for name in shared if may(permissions(user)["configure"], name)]
    assert may(permissions(user)["configure"], f"rpc.reply-{user}-{uuid4()}")


def test_the_tools_empty_queues_of_events_and_do_nothing_else() -> None:
    made, allowed = definitions(PASSWORDS), permissions(TOOLS)
    names = [one["name"] for kind in ("queues", "exchanges") for one in made[kind]]
    assert {name for name in names if may(allowed["read"], name)} == {
        n for n in names if n.startswith("inbox-")
    }
    assert not [name for name in names if may(allowed["configure"], name) or may(allowed["write"], name)]


@pytest.mark.parametrize(
    ("user", "called"),
    [
        ("customers", set()),
        ("billing", {"customers"}),
        ("notify", {"customers", "billing", "reports"}),
        ("reports", {"customers", "billing"}),
        ("gateway", set(SERVICES)),
    ],
)
def test_a_user_calls_whom_its_process_calls(user: str, called: set[str]) -> None:
    write = call_permissions(user)["write"]
    assert {service for service in SERVICES if may(write, f"{service}.get_operations")} == called


def test_only_who_may_call_a_service_is_answered_by_it() -> None:
    for service in SERVICES:
        write = call_permissions(service)["write"]
        answered = {user for user in CALLS if may(write, f"{user}-{uuid4()}")}
        assert answered == {
            user for user in CALLS if may(call_permissions(user)["write"], f"{service}.read_events")
        }
        assert {user for user in CALLS if may(call_permissions(service)["read"], f"{user}-{uuid4()}")} == {
            service
        }


def test_the_file_is_written_whole_from_the_folder_of_secrets(tmp_path: Path) -> None:
    for user in USERS:
        (tmp_path / f"{user}_amqp_password").write_text("some secret\n")
    write_definitions(tmp_path / "definitions.json", tmp_path)
    written = (tmp_path / "definitions.json").read_text()
    assert {user["name"] for user in json.loads(written)["users"]} == set(USERS)
    assert "some secret" not in written


def test_an_autoscaler_has_a_user_where_it_has_a_password_and_may_only_look() -> None:
    with_one = definitions(PASSWORDS | {WATCHER: "some secret"})
    assert WATCHER not in {user["name"] for user in definitions(PASSWORDS)["users"]}
    assert WATCHER in {user["name"] for user in with_one["users"]}
    assert not [name for name in ("rpc-billing", "billing.events") if may(permissions(WATCHER)["read"], name)]


def test_missing_passwords_are_made_and_others_stay(tmp_path: Path) -> None:
    (tmp_path / "billing_amqp_password").write_text("own")
    make_missing_passwords(tmp_path)
    made = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert set(made) == {f"{user}_amqp_password" for user in (*USERS, WATCHER)}
    assert made.pop("billing_amqp_password") == "own" and min(map(len, made.values())) == 48


def test_a_missing_password_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match="customers_amqp_password"):
        write_definitions(tmp_path / "definitions.json", tmp_path)
