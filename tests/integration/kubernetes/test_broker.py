"""In Kubernetes RabbitMQ has a user for each process with no more than it needs, and Headend does its work so."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import amqp
import pytest
from amqp.exceptions import AccessRefused

from deploy.broker import TOOLS, WATCHER
from tests.integration.kubernetes.manifests import (
    KUBERNETES,
    OVERLAYS,
    ROOT,
    SERVICES,
    Manifest,
    built,
    bus_secrets,
    of_kind,
    printed,
    run_script,
)
from tests.real_servers.servers import PrivateRabbit, ServerMissing, private_rabbitmq
from tests.stack.builders import TODAY, add_plan, add_subscriber, bill, pay_all
from tests.stack.mail import Sink
from tests.stack.processes import wait_until
from tests.stack.real import Real

PROCESSES = (*SERVICES, "gateway")
SETTINGS = re.compile(r"^load_definitions = (?P<path>\S+)$", re.MULTILINE)
DEFINITIONS: dict[str, Any] = json.loads(bus_secrets()["rabbitmq-definitions"]["definitions.json"])


def server_of(overlay: str) -> Manifest:
    servers = built(f"overlays/{overlay}/servers")
    found: Manifest = next(made["spec"] for made in servers if made["kind"] == "RabbitmqCluster")
    return found


def password_of(user: str) -> str:
    return urlsplit(bus_secrets()[f"{user}-bus"]["amqp-uri"].decode()).password or ""


def test_every_process_has_a_user_and_nobody_is_an_administrator() -> None:
    assert {user["name"] for user in DEFINITIONS["users"]} == {*PROCESSES, TOOLS, WATCHER}
    assert [user["tags"] for user in DEFINITIONS["users"]] == [[]] * (len(PROCESSES) + 2)


@pytest.mark.parametrize("kind", ["configure", "write", "read"])
def test_no_user_may_do_everything(kind: str) -> None:
    strangers = ("anything", "amq.direct", "inbox-of-somebody", "")
    for granted in (*DEFINITIONS["permissions"], *DEFINITIONS["topic_permissions"]):
        if kind in granted:
            reached = [name for name in strangers if name and re.search(granted[kind], name)]
            assert not reached, granted["user"]


def test_neither_manifests_nor_the_page_give_anybody_everything() -> None:
    files = [path for path in KUBERNETES.rglob("*") if path.is_file()]
    for path in (*files, ROOT / "docs/kubernetes.md"):
        assert not re.search(r"""set_permissions|add_user|["']\.\*["']""", path.read_text()), path


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_rabbitmq_reads_the_definitions_that_the_script_makes(overlay: str) -> None:
    spec = server_of(overlay)
    path = SETTINGS.search(spec["rabbitmq"]["additionalConfig"])
    pod = spec["override"]["statefulSet"]["spec"]["template"]["spec"]
    (mount,) = pod["containers"][0]["volumeMounts"]
    (volume,) = pod["volumes"]
    assert (pod["containers"][0]["name"], mount["name"]) == ("rabbitmq", volume["name"])
    made = bus_secrets()[volume["secret"]["secretName"]]
    assert path and path["path"] in {f"{mount['mountPath']}/{name}" for name in made}


def test_keda_looks_with_the_user_that_may_only_look() -> None:
    (target,) = of_kind("many-branches", "TriggerAuthentication")["rabbitmq"]["spec"]["secretTargetRef"]
    uri = urlsplit(bus_secrets()[target["name"]][target["key"]].decode())
    assert (uri.username, uri.hostname) == (WATCHER, "rabbitmq.headend.svc")
    (granted,) = [one for one in DEFINITIONS["permissions"] if one["user"] == WATCHER]
    assert {granted[kind] for kind in ("configure", "write", "read")} == {"^$"}


def test_passwords_stay_when_the_script_runs_again(tmp_path: Path) -> None:
    first, second = (printed("make_broker.sh", str(tmp_path)) for _ in range(2))
    assert [first[f"{user}-bus"] for user in PROCESSES] == [second[f"{user}-bus"] for user in PROCESSES]


def test_a_rabbitmq_elsewhere_is_named_to_the_script(tmp_path: Path) -> None:
    made = printed("make_broker.sh", str(tmp_path), "amqps://bus.example.com:5671")
    uri = urlsplit(made["billing-bus"]["amqp-uri"].decode())
    assert (uri.scheme, uri.username, uri.hostname, uri.port, uri.path) == (
        "amqps", "billing", "bus.example.com", 5671, "/headend",
    )  # fmt: skip


def test_a_password_that_fits_into_no_address_is_named_and_nothing_is_printed(tmp_path: Path) -> None:
    (tmp_path / "notify_amqp_password").write_text("p@ss/word")
    done = run_script("make_broker.sh", str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "notify_amqp_password does not fit" in done.stderr


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRabbit]:
    """RabbitMQ with the settings of the overlays, which are the same, and the definitions."""
    file = tmp_path_factory.mktemp("broker") / "definitions.json"
    file.write_bytes(bus_secrets()["rabbitmq-definitions"]["definitions.json"])
    file.chmod(0o644)
    (written,) = {server_of(overlay)["rabbitmq"]["additionalConfig"] for overlay in OVERLAYS}
    settings = SETTINGS.sub(f"load_definitions = {file}", written)
    try:
        with private_rabbitmq(
            settings=settings, login=f"{WATCHER}:{password_of(WATCHER)}", vhost="headend"
        ) as server:
            yield server
    except ServerMissing as missing:
        pytest.skip(f"no server: {missing}")


def channel_of(broker: PrivateRabbit, user: str, password: str) -> amqp.Channel:
    connection = amqp.Connection(
        f"127.0.0.1:{urlsplit(broker.uri).port}", user, password, virtual_host="headend", connect_timeout=5
    )
    connection.connect()
    return connection.channel()


@pytest.mark.slow
def test_the_default_user_is_not_there(broker: PrivateRabbit) -> None:
    with pytest.raises(AccessRefused):
        channel_of(broker, "guest", "guest")


@pytest.mark.slow
def test_keda_sees_how_long_a_queue_is_and_cannot_take_from_it(broker: PrivateRabbit) -> None:
    look = channel_of(broker, WATCHER, password_of(WATCHER))
    assert look.queue_declare("rpc-billing", passive=True).message_count == 0
    with pytest.raises(AccessRefused):
        look.basic_get("rpc-billing")


@pytest.mark.slow
def test_a_running_rabbitmq_takes_what_a_new_version_adds(broker: PrivateRabbit) -> None:
    """As the page says: from standard input, while it serves."""
    queue = DEFINITIONS["queues"][0] | {"name": "inbox-of-a-new-version"}
    broker.control(
        "import_definitions", typed=json.dumps(DEFINITIONS | {"queues": [*DEFINITIONS["queues"], queue]})
    )
    look = channel_of(broker, WATCHER, password_of(WATCHER))
    assert look.queue_declare(queue["name"], passive=True).queue == queue["name"]


@pytest.mark.slow
def test_headend_does_its_main_job_with_these_users(
    broker: PrivateRabbit, tmp_path: Path, service_databases: dict[str, str]
) -> None:
    with Sink() as sink:
        headend = Real(
            tmp_path / "home",
            service_databases,
            broker.uri,
            smtp_port=sink.port,
            today=TODAY,
            bus_declare="off",
        )
        for process in (*headend.processes, *headend.gateways):
            user, place = process.name.partition("-")[0], f"127.0.0.1:{urlsplit(broker.uri).port}"
            own = f"amqp://{user}:{password_of(user)}@{place}/headend"
            process.besides = {"HEADEND_AMQP_URI": own}
        with headend:
            api = headend.admin()
            customer = add_subscriber(api, add_plan(api))
            bill(api)
            number = pay_all(api, customer)["invoice_number"]
            wait_until(
                "the mail with the invoice",
                lambda: any(mail.to == customer.email and number in mail.text for mail in sink.mails()), 30,
            )  # fmt: skip
