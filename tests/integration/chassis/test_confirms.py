"""A batch whose events go to different queues, or to none, is confirmed by a real broker in any order (DESIGN, 3.2)."""

import random
import uuid

from chassis.bus import BatchPublisher, Publication


def event(key: str) -> Publication:
    return Publication("billing.events", key, "{}", str(uuid.uuid4()), mandatory=False)


def test_batches_for_slow_and_fast_queues_are_confirmed_whole(amqp_uri: str) -> None:
    publisher = BatchPublisher(amqp_uri)
    chance = random.Random(1)
    try:
        for _ in range(15):
            batch = [event(chance.choice(("PaymentMade", "PaymentVoided", "Unheard"))) for _ in range(200)]
            assert publisher.publish(batch) == {}
    finally:
        publisher.close()
