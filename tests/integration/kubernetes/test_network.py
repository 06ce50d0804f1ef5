"""Who may speak to whom is what docs/kubernetes.md lists: no more, no less."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
import yaml

from tests.integration.kubernetes.manifests import (
    OVERLAYS,
    ROOT,
    SERVICES,
    Manifest,
    built,
    of_kind,
    pod_template,
)

NAME = "app.kubernetes.io/name"
Edge = tuple[str, str, int]
_ROW = re.compile(r"^\| (?P<source>[^|]+) \| (?P<target>[^|]+) \| (?P<ports>[0-9, ]+) \|", re.MULTILINE)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_policies_allow_what_the_page_lists_and_nothing_else(overlay: str) -> None:
    assert allowed(overlay) == listed()


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_is_not_allowed_is_refused(overlay: str) -> None:
    closed = of_kind(overlay, "NetworkPolicy")["nobody-to-nobody"]["spec"]
    assert closed["podSelector"] == {"matchLabels": {"app.kubernetes.io/part-of": "headend"}}
    assert closed["policyTypes"] == ["Ingress", "Egress"] and not {"ingress", "egress"} & set(closed)
    for folder in (f"overlays/{overlay}", f"overlays/{overlay}/migrations"):
        for made in built(folder):
            if made["kind"] in ("Deployment", "Job", "CronJob"):
                assert pod_template(made)["metadata"]["labels"]["app.kubernetes.io/part-of"] == "headend"


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_only_notify_and_the_tools_leave_the_cluster(overlay: str) -> None:
    left = {(source, port) for source, target, port in allowed(overlay) if target == "the internet"}
    assert left == {(source, port) for source in ("notify", "tools") for port in (465, 587)}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_gateway_has_no_way_to_a_database(overlay: str) -> None:
    reached = {source for source, _, port in allowed(overlay) if port == 5432}
    assert reached == {*SERVICES, "migration", "tools", "backup"}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_one_end_may_send_the_other_may_take(overlay: str) -> None:
    sent, taken = edges(overlay, "egress"), edges(overlay, "ingress")
    ours = {*SERVICES, "gateway", "migration", "tools", "backup"}
    servers = {"rabbitmq", "postgresql", "gateway"}
    assert {edge for edge in sent if edge[1] in servers} == {edge for edge in taken if edge[0] in ours}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_name_of_a_service_leads_to_a_port_of_its_pods(overlay: str) -> None:
    deployments = of_kind(overlay, "Deployment")
    for service in of_kind(overlay, "Service").values():
        pods = deployments[service["spec"]["selector"][NAME]]["spec"]["template"]["spec"]["containers"][0]
        ports = {port["name"]: port["containerPort"] for port in pods["ports"]}
        for port in service["spec"]["ports"]:
            assert port.get("targetPort", port["port"]) in (*ports, *ports.values())


def test_prometheus_asks_names_and_ports_that_are_there() -> None:
    configured = yaml.safe_load((ROOT / "deploy/sight/prometheus/kubernetes.yml").read_text())[
        "scrape_configs"
    ]
    services = of_kind("many-branches", "Service")
    for job in configured:
        (asked,) = job["dns_sd_configs"]
        name, _, rest = asked["names"][0].partition(".")
        assert rest == "headend.svc.cluster.local"
        if not job["job_name"].startswith("rabbitmq"):  # its operator makes rabbitmq-nodes
            assert services[name]["spec"]["selector"] == {NAME: job["job_name"]}
            assert [port["port"] for port in services[name]["spec"]["ports"]] == [asked["port"]]


def listed() -> set[Edge]:
    """The edges of the page's table."""
    page = (ROOT / "docs/kubernetes.md").read_text().partition("## Who speaks to whom")[2]
    return {
        (source.strip(), row["target"].strip(), int(port))
        for row in _ROW.finditer(page)
        for source in row["source"].split(",")
        for port in row["ports"].split(",")
    }


def allowed(overlay: str) -> set[Edge]:
    """The edges that the policies allow, from either end."""
    return edges(overlay, "egress") | edges(overlay, "ingress")


def edges(overlay: str, end: str) -> set[Edge]:
    """The edges that policies of one end name: `egress` or `ingress`."""
    folders = (f"overlays/{overlay}", f"overlays/{overlay}/servers")
    policies = [made for folder in folders for made in built(folder) if made["kind"] == "NetworkPolicy"]
    return {edge for made in policies for edge in _edges(made["spec"], end)}


def _edges(spec: Manifest, end: str) -> Iterator[Edge]:
    ours = _pods(spec["podSelector"])
    for rule in spec.get(end, ()):
        for peer in rule["to" if end == "egress" else "from"]:
            for one, other, port in product(ours, _peer(peer), _ports(rule)):
                yield (one, other, port) if end == "egress" else (other, one, port)


def _ports(rule: Manifest) -> list[int]:
    return sorted({port["port"] for port in rule["ports"]}) if "ports" in rule else [0]


def _peer(peer: Manifest) -> list[str]:
    if "ipBlock" in peer:
        return ["the internet"]
    if "namespaceSelector" in peer:
        return [peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]]
    return _pods(peer["podSelector"])


def _pods(selector: dict[str, Any]) -> list[str]:
    labels = selector.get("matchLabels", {})
    if labels == {"app.kubernetes.io/part-of": "headend"}:
        return ["all"]
    if "cnpg.io/cluster" in labels:
        return [str(labels["cnpg.io/cluster"])]
    if NAME in labels:
        return [str(labels[NAME])]
    (chosen,) = selector["matchExpressions"]
    return list(chosen["values"])
