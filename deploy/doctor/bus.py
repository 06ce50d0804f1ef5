"""What RabbitMQ shows: does it answer, does somebody listen to each queue, and what lies aside."""

from collections.abc import Iterator

from amqp.exceptions import NotFound
from kombu.exceptions import OperationalError

from chassis.bus import UNDECODABLE, connection, is_memory
from contracts.topology import LISTENERS, SERVICES
from deploy.doctor.trouble import Patient, Trouble

MANY = 10_000


def broker(patient: Patient) -> Iterator[Trouble]:
    """RabbitMQ answers, each queue has its consumers, none grows, and nothing undecodable came."""
    uri = patient.settings.amqp_uri
    if is_memory(uri):
        return
    try:
        with connection(uri) as bus:
            bus.ensure_connection(max_retries=1, timeout=5)
            for queue in (
                *(f"rpc-{one}" for one in SERVICES),
                *(f"inbox-{one}" for one in SERVICES if LISTENERS[one]),
            ):
                yield from _queue(bus, queue)
            waiting = _counted(bus, UNDECODABLE)
            if waiting is not None and waiting[0]:
                yield Trouble(
                    f"{waiting[0]:,} deliveries that are no event lie in the queue {UNDECODABLE}",
                    "Look at who publishes to Headend's exchanges; the page says how to see one of them.",
                    "undecodable-deliveries",
                )
    except (OSError, OperationalError) as error:
        yield Trouble(
            f"RabbitMQ does not answer ({error})",
            "See whether it runs and HEADEND_AMQP_URI is right. Payments are still stored; events wait.",
            "broker-down",
        )


def _queue(bus: object, queue: str) -> Iterator[Trouble]:
    counted = _counted(bus, queue)
    service = queue.partition("-")[2]
    if counted is None or not counted[1]:
        yield Trouble(
            f"Nobody listens to the queue {queue}" + ("" if counted else ", which is not there"),
            f"Start {service}, or see in its log why it does not come up; what waits for it is kept.",
            "no-consumers",
        )
    if counted is not None and counted[0] > MANY:
        yield Trouble(
            f"{counted[0]:,} messages wait in the queue {queue}",
            f"Start more replicas of {service}, or see what holds it up.",
            "inbox-not-draining",
        )


def _counted(bus: object, queue: str) -> tuple[int, int] | None:
    """Messages and consumers of a queue; None when it is not there."""
    channel = bus.channel()  # type: ignore[attr-defined]  # kombu's Connection, which is half typed
    try:
        found = channel.queue_declare(queue=queue, passive=True)
        channel.close()
    except NotFound:
        return None
    return found.message_count, found.consumer_count
