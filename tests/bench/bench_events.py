"""Events from one replica's outbox into another's inbox, beside a bare client publishing to a quorum queue."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

import amqp

from tests.bench.figures import Figure, rate
from tests.bench.house import House, scale
from tests.stack.processes import wait_until

_EVENTS, _BATCH, _A_SECOND = 20_000, 200, 3_000


def events(house: House) -> list[Figure]:
    """Charges told by billing and kept by reports: at least 3,000 a second between one replica of each."""
    count = max(1_000, int(_EVENTS * scale()))
    billing, reports = house.connections["billing"], house.connections["reports"]
    before = house.count("reports", "inbox")
    with house.watched() as largest:
        billing.execute(
            "INSERT INTO outbox (event_id, type, occurred_at, trace, body, next_attempt_at, attempts)"
            " SELECT gen_random_uuid(), 'ChargesRaised', now(), '', json_build_object('branch_id', s.branch_id,"
            " 'currency', s.currency, 'charges', json_build_array(json_build_object('id', gen_random_uuid(),"
            " 'customer_id', s.customer_id, 'subscription_id', s.id, 'kind', 'recurring', 'category', 'usage',"
            " 'service', s.service, 'period', '2020-01', 'amount_minor', 25000, 'settled_minor', 25000))),"
            " '1970-01-01', 0 FROM (SELECT * FROM subscriptions LIMIT %s) s",
            [count],
        )
        began = datetime.now(UTC)
        # Counting costs as much as hundreds of events, so it is seldom done; when the last one came, its row says.
        wait_until(
            "every event has come", lambda: house.count("reports", "inbox") == before + count, 300, 0.5
        )
    last = reports.execute("SELECT max(received_at) FROM inbox").fetchone()
    ours = count / ((last[0] if last else datetime.now(UTC)) - began).total_seconds()
    house.settle()
    found = reports.execute("SELECT body::text FROM inbox ORDER BY received_at DESC LIMIT 1").fetchone()
    body = json.dumps(found[0] if found else "")
    what = f"events, outbox to inbox, {count:,}"
    figure = rate(what, ours, _published_alone(house.amqp_uri, body, count)).with_memory(largest.bytes)
    return [replace(figure, target=f">= {_A_SECOND:,}/s", held=ours >= _A_SECOND)]


def _published_alone(uri: str, body: str, count: int) -> float:
    """Confirmed messages a second of a bare client: persistent, to a quorum queue, in batches."""
    parts = urlsplit(uri)
    with amqp.Connection(
        host=f"{parts.hostname}:{parts.port or 5672}", userid=parts.username or "guest",
        password=parts.password or "guest", virtual_host=unquote(parts.path[1:]) or "/",
    ) as connection:  # fmt: skip
        channel = connection.channel()
        channel.queue_declare("floor", durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
        channel.confirm_select()
        confirmed = 0

        def note(tag: int, multiple: bool) -> None:
            nonlocal confirmed
            confirmed = max(confirmed, tag) if multiple else confirmed + 1

        channel.events["basic_ack"].add(note)
        began = time.perf_counter()
        for start in range(0, count, _BATCH):
            for _ in range(start, min(count, start + _BATCH)):
                channel.basic_publish(
                    amqp.Message(body, delivery_mode=2), routing_key="floor", mandatory=True
                )
            while confirmed < min(count, start + _BATCH):
                connection.drain_events(timeout=30)
        return count / (time.perf_counter() - began)
