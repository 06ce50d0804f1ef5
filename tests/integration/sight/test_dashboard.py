"""The dashboard is as its source says, each panel can be read without a guide, and shows something."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.dashboard_doc import Panel, document, rows
from tests.integration.sight.prometheus import ROOT, Prometheus
from tests.integration.sight.queries import names_in
from tests.integration.sight.scraped import Scrape

GRAFANA = ROOT / "deploy/sight/grafana"
WRITTEN = GRAFANA / "dashboards/headend.json"
UNITS = {"none", "s", "bytes", "percentunit"}
PANELS = [panel for row in rows() for panel in row.panels]
QUIET = {"Failed job rounds, per hour", "Calls without answer a minute"}
"""Panels that are empty while all is well."""


def drawn() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(WRITTEN.read_text())["panels"]
    return found


def test_the_dashboard_is_as_its_source_says() -> None:
    assert WRITTEN.read_text() == document(), "run `make dashboard`"


def test_the_rows_ask_what_an_operator_asks() -> None:
    assert [row.question for row in rows()] == [
        "At a glance", "Is money coming in?", "Does everything arrive?", "Do mails go out?", "Is anything slow?",
        "Will it last?",
    ]  # fmt: skip


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title)
def test_every_panel_says_what_it_shows_and_in_what(panel: Panel) -> None:
    assert panel.title and len(panel.description) > 20
    assert panel.unit in UNITS
    assert panel.queries and all(panel.queries)


def test_no_two_panels_share_a_title_an_id_or_a_place() -> None:
    titles = [panel["title"] for panel in drawn()]
    assert len(titles) == len(set(titles))
    assert [panel["id"] for panel in drawn()] == list(range(1, len(titles) + 1))
    for one, other in combinations([panel["gridPos"] for panel in drawn()], 2):
        apart = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert apart or below, (one, other)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in drawn())


@pytest.mark.parametrize("panel", [p for p in PANELS if p.runbook], ids=lambda panel: panel.title)
def test_the_page_that_a_panel_names_is_there(panel: Panel) -> None:
    assert (ROOT / f"docs/runbook/{panel.runbook}.md").exists()


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title)
def test_every_figure_of_a_panel_exists(panel: Panel, seen: Scrape, broker_seen: Scrape) -> None:
    named = {name for query in panel.queries.values() for name in names_in(query)}
    assert named <= seen.names | broker_seen.names | {"up"}


@pytest.mark.slow
@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.title)
def test_every_panel_shows_something_in_a_real_prometheus(panel: Panel, prometheus: Prometheus) -> None:
    for query in panel.queries.values():
        found = prometheus.ask(query.replace("$__rate_interval", "1m"))
        assert found or panel.title in QUIET, query


def test_grafana_finds_prometheus_and_the_dashboard_by_themselves() -> None:
    sources = _yaml("provisioning/datasources/prometheus.yml")["datasources"]
    assert [(source["uid"], source["url"]) for source in sources] == [
        ("prometheus", "http://prometheus:9090")
    ]
    (provider,) = _yaml("provisioning/dashboards/headend.yml")["providers"]
    assert Path(provider["options"]["path"]).name == WRITTEN.parent.name


def _yaml(name: str) -> Any:
    return yaml.safe_load((GRAFANA / name).read_text())
