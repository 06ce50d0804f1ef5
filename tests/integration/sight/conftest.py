"""An embedded Headend that has taken a payment and met some odd visitors, a RabbitMQ, and both as Prometheus sees
them.
"""

import uuid
from collections.abc import Iterator

import httpx
import pytest

from chassis.bus import connection, declare_all
from tests.integration.sight.prometheus import Prometheus
from tests.integration.sight.scraped import Scrape, scrape
from tests.real_servers.binaries import ServerMissing
from tests.real_servers.rabbitmq import PrivateRabbit, private_rabbitmq
from tests.stack.builders import TODAY, add_plan, add_subscriber, bill, pay_all
from tests.stack.embedded import Embedded
from tests.stack.processes import wait_until

NAME = "Żaneta Wójcik-Metryczna"


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Headend after a customer was registered, billed, paid for and written to, and strangers came by."""
    with Embedded(tmp_path_factory.mktemp("sight") / "home", today=TODAY) as headend:
        api = headend.admin()
        customer = add_subscriber(api, add_plan(api), NAME)
        bill(api)
        pay_all(api, customer)
        api.request("GET", f"/customers/{uuid.uuid4()}")
        api.request("GET", "/customers", params={"search": NAME})
        for path in (f"/{NAME}", f"/api/v1/customers/{uuid.uuid4()}", "/api/v1/sessions?q=" + "x" * 500):
            httpx.request("BREW", f"{headend.address}{path}")
            httpx.get(f"{headend.address}{path}")
        wait_until("the mails went out", lambda: len(headend.mails()) >= 2, 30)
        wait_until("everything was measured", lambda: _measured(scrape(headend.address)), 60)
        yield headend


@pytest.fixture(scope="session")
def seen(lived_in: Embedded) -> Scrape:
    """All that it tells of itself."""
    return scrape(lived_in.address)


@pytest.fixture(scope="session")
def broker() -> Iterator[PrivateRabbit]:
    """A RabbitMQ with the queues of Headend and its own figures."""
    try:
        with private_rabbitmq(metrics=True) as server:
            with connection(server.uri) as made:
                declare_all(made.channel(), server.uri)
            wait_until("every queue is told", lambda: "inbox-notify" in _queues(server), 60)
            yield server
    except ServerMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def broker_seen(broker: PrivateRabbit) -> Scrape:
    """All that RabbitMQ tells of itself."""
    return Scrape(scrape(broker.metrics_address).samples + scrape(broker.metrics_address, DETAILED).samples)


@pytest.fixture(scope="session")
def prometheus(
    tmp_path_factory: pytest.TempPathFactory, lived_in: Embedded, broker: PrivateRabbit
) -> Iterator[Prometheus]:
    """Prometheus, which has asked both some times; each service of Headend is here the one process."""
    headend, rabbit = (
        address.removeprefix("http://") for address in (lived_in.address, broker.metrics_address)
    )
    jobs = dict.fromkeys(("customers", "billing", "notify", "reports", "gateway"), headend)
    jobs |= {"rabbitmq": rabbit, "rabbitmq-queues": rabbit}
    with Prometheus(tmp_path_factory.mktemp("prometheus"), jobs) as made:
        wait_until("it has asked everybody", lambda: len(made.ask("up == 1")) == len(jobs), 60)
        pay_again(lived_in)
        wait_until(
            "it saw the second payment, and twice the one that was refused",
            lambda: all(bool(made.ask(seen)) for seen in PAID_AND_REFUSED),
            60,
        )
        yield made


PAID_AND_REFUSED = (
    "increase(headend_payments_total[1m]) > 0",
    'rate(headend_calls_total{method="record_payment",outcome!="ok"}[1m])',
)
DETAILED = "/metrics/detailed?family=queue_coarse_metrics&family=queue_consumer_count"


def pay_again(headend: Embedded) -> None:
    """Another customer, charged, paid for and written to, so that rates are there to be seen."""
    api = headend.admin()
    customer = add_subscriber(api, api.ok("GET", "/plans")["items"][0]["id"], "Another One")
    bill(api)
    pay_all(api, customer)
    api.request(
        "POST", f"/customers/{customer.id}/payments", key="k", json={"amount": "1.00", "mode": "cash"}
    )


def _queues(server: PrivateRabbit) -> set[str]:
    return {labels.get("queue", "") for _, labels, _ in scrape(server.metrics_address, DETAILED).samples}


def _measured(seen: Scrape) -> bool:
    """Whether a look at notify's database came after its mails; the figures of a day's work are there."""
    return seen.total("headend_mails_total", outcome="sent") >= 2 and "headend_messages" in seen.names
