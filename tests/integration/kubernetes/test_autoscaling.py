"""Replicas grow with what waits: queues that exist, figures that exist, bounds that make sense."""

from collections.abc import Iterator

import pytest

from chassis.bus import inbox_queue
from contracts.topology import LISTENERS
from tests.integration.kubernetes.manifests import SERVICES, Manifest, of_kind

QUEUES = {f"rpc-{service}" for service in SERVICES} | {
    inbox_queue(service, "amqp://").name for service, events in LISTENERS.items() if events
}
SCALED = of_kind("many-branches", "ScaledObject")


def triggers(kind: str) -> Iterator[Manifest]:
    for scaled in SCALED.values():
        yield from (trigger for trigger in scaled["spec"]["triggers"] if trigger["type"] == kind)


def test_every_queue_of_headend_is_watched() -> None:
    assert {trigger["metadata"]["queueName"] for trigger in triggers("rabbitmq")} == QUEUES


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_grows_with_its_own_queues(service: str) -> None:
    spec = SCALED[service]["spec"]
    named = {
        trigger["metadata"]["queueName"] for trigger in spec["triggers"] if trigger["type"] == "rabbitmq"
    }
    assert spec["scaleTargetRef"]["name"] == service
    assert all(queue.endswith(f"-{service}") for queue in named) and f"rpc-{service}" in named


@pytest.mark.parametrize("service", SERVICES)
def test_two_replicas_are_kept_and_a_silent_broker_takes_none_away(service: str) -> None:
    spec = SCALED[service]["spec"]
    assert 2 <= spec["minReplicaCount"] <= spec["fallback"]["replicas"] <= spec["maxReplicaCount"]


def test_nobody_says_replicas_where_an_autoscaler_does() -> None:
    assert not [
        made for name, made in of_kind("many-branches", "Deployment").items()
        if name in (*SERVICES, "gateway") and "replicas" in made["spec"]
    ]  # fmt: skip


def test_the_gateway_grows_with_its_processor() -> None:
    spec = of_kind("many-branches", "HorizontalPodAutoscaler")["gateway"]["spec"]
    assert (spec["scaleTargetRef"]["name"], spec["minReplicas"]) == ("gateway", 2)


def test_one_node_needs_no_autoscaler() -> None:
    assert not of_kind("one-node", "ScaledObject") and not of_kind("one-node", "HorizontalPodAutoscaler")
    replicas = {name: made["spec"]["replicas"] for name, made in of_kind("one-node", "Deployment").items()}
    assert replicas == dict.fromkeys((*SERVICES, "gateway"), 1) | {"tools": 0}
