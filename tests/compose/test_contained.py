"""What a container may do: nothing as root, nothing on its disk, nothing in another's database or queues."""

import json
import socket
import subprocess
from pathlib import Path

import amqp
import psycopg
import pytest
from amqp.exceptions import AccessRefused

from tests.compose.docker import ROOT, docker
from tests.compose.stack import Stack

OURS = ("customers", "billing", "notify", "reports", "gateway")


def test_every_container_runs_as_an_ordinary_user(stack: Stack) -> None:
    for container, service in stack.running().items():
        main = stack.inspect(container, ".State.Pid")
        found = [line.split() for line in docker("top", container, "-eo", "pid,ppid,uid").splitlines()[1:]]
        users = {
            uid for pid, parent, uid in found if main in (pid, parent)
        }  # a health check has another parent
        assert users and "0" not in users, f"{service} runs as root"


def test_every_container_has_a_read_only_root_and_no_privilege(stack: Stack) -> None:
    for container, service in stack.running().items():
        host = json.loads(stack.inspect(container, ".HostConfig"))
        assert host["ReadonlyRootfs"], service
        assert host["CapDrop"] == ["ALL"], service
        assert host["SecurityOpt"] == ["no-new-privileges:true"], service
        assert not host["CapAdd"] or service == "postgres", service


@pytest.mark.parametrize("service", OURS)
def test_an_image_has_its_bill_of_materials_and_neither_tests_nor_other_services(
    stack: Stack, service: str
) -> None:
    bill = json.loads(stack.inside(service, "cat", "/usr/share/headend/sbom.cdx.json"))
    names = {component["name"] for component in bill["components"]}
    assert {"kombu", "pydantic"} <= names
    packages = stack.inside(service, "ls", "/opt/headend/lib/python3.11/site-packages").split()
    assert set(packages) & {*OURS, "tests", "pytest", "mypy"} == {service}
    assert (
        stack.inside(service, "sh", "-c", "ls -d /.git /source /opt/headend/.git 2>/dev/null || true") == ""
    )


@pytest.mark.parametrize("service", ["customers", "billing", "notify", "reports"])
def test_a_role_opens_its_own_database_and_no_other(stack: Stack, service: str) -> None:
    own = stack.database_urls()[service]
    with psycopg.connect(own) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (service,)
        role = connection.execute(
            "SELECT rolsuper OR rolcreatedb OR rolcreaterole, (SELECT count(*) FROM pg_database"
            " WHERE datallowconn AND has_database_privilege(datname, 'CONNECT'))"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert role.fetchone() == (False, 1)
    for other in ("customers", "billing", "notify", "reports", "postgres", "template1"):
        if other != service:
            with pytest.raises(psycopg.OperationalError, match="permission denied"):
                psycopg.connect(f"{own.rpartition('/')[0]}/{other}")


def channel_of(stack: Stack, user: str) -> amqp.Channel:
    connection = amqp.Connection(
        f"{stack.host_of('rabbitmq', 'bus')}:5672", user, stack.secret(f"{user}_amqp_password"),
        virtual_host="headend", connect_timeout=5, read_timeout=5,
    )  # fmt: skip
    connection.connect()
    return connection.channel()


def publish(channel: amqp.Channel, exchange: str, key: str) -> None:
    channel.confirm_select()
    channel.basic_publish_confirm(amqp.Message("{}"), exchange, key)


@pytest.mark.parametrize(
    ("user", "exchange", "key"),
    [
        ("reports", "billing.events", "PaymentMade"),
        ("customers", "billing.events", "PaymentMade"),
        ("gateway", "customers.events", "CustomerRegistered"),
        ("customers", "nameko-rpc", "billing.record_payment"),
        ("reports", "nameko-rpc", "billing-4fb6efd9-ba88-4e23-80ca-1c948d394b60"),
        ("gateway", "", "inbox-notify"),
    ],
)
def test_a_user_of_the_bus_publishes_only_where_it_must(
    stack: Stack, user: str, exchange: str, key: str
) -> None:
    with pytest.raises(AccessRefused):
        publish(channel_of(stack, user), exchange, key)


@pytest.mark.parametrize(
    ("user", "queue"),
    [("gateway", "rpc-billing"), ("reports", "inbox-notify"), ("billing", "headend.undecodable")],
)
def test_a_user_of_the_bus_reads_no_queue_of_others(stack: Stack, user: str, queue: str) -> None:
    with pytest.raises(AccessRefused):
        channel_of(stack, user).basic_get(queue)


def test_a_user_of_the_bus_cannot_take_calls_that_are_for_others(stack: Stack) -> None:
    channel = channel_of(stack, "reports")
    queue = "rpc.reply-reports-eavesdropper"
    channel.queue_declare(queue, exclusive=True, auto_delete=True)
    with pytest.raises(AccessRefused):
        channel.queue_bind(queue, "nameko-rpc", "billing.*")


def test_a_user_of_the_bus_makes_and_removes_nothing_shared(stack: Stack) -> None:
    with pytest.raises(AccessRefused):
        channel_of(stack, "billing").queue_declare("mine", durable=True)
    with pytest.raises(AccessRefused):
        channel_of(stack, "billing").exchange_delete("billing.events")


def test_only_the_web_server_and_the_mails_to_look_at_are_reached_from_outside(stack: Stack) -> None:
    published = {
        service: json.loads(stack.inspect(container, ".HostConfig.PortBindings"))
        for container, service in stack.running().items()
    }
    assert {service for service, ports in published.items() if ports} == {"nginx", "mailpit"}
    with socket.create_connection(("127.0.0.1", stack.https), 5):
        pass


def test_default_passwords_are_refused_in_production(stack: Stack) -> None:
    for service in ("prepare", "billing"):
        refused = stack.attempt("run", "--rm", "--no-deps", "-T", service, profile="production")
        assert refused.returncode != 0
        assert "default password" in (refused.stdout + refused.stderr).lower(), service


def test_own_secrets_are_taken_in_production_and_a_certificate_is_asked_for(
    stack: Stack, tmp_path: Path
) -> None:
    made, nothing = tmp_path / "secrets", tmp_path / "tls"
    nothing.mkdir()
    tmp_path.chmod(0o755)
    subprocess.run(
        ["sh", str(ROOT / "deploy/compose/make_secrets.sh"), str(made)], check=True, capture_output=True
    )
    refused = stack.attempt("run", "--rm", "--no-deps", "-T", "prepare",
                            profile="production", secrets=str(made), tls=str(nothing))  # fmt: skip
    assert refused.returncode != 0
    said = refused.stdout + refused.stderr
    assert "14 secrets are fit for use" in said and "as HEADEND_TLS" in said
