"""Alerts fire when they should and only then, speak of figures that exist, and each has its page of the runbook."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.sight.prometheus import CONFIGURED, ROOT, promtool
from tests.integration.sight.queries import names_in
from tests.integration.sight.scraped import Scrape

CASES = Path(__file__).parent / "alerts_test.yml"
RUNBOOK = ROOT / "docs/runbook"
SECTIONS = ["What it means", "What customers notice", "Look", "Do", "Over when"]


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((CONFIGURED / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def slug(alert: str) -> str:
    """OutboxNotDraining -> outbox-not-draining."""
    return re.sub(r"(?<!^)([A-Z])", r"-\1", alert).lower()


ALERTS = sorted({rule["alert"] for rule in rules()})
PAGES = sorted(page for page in RUNBOOK.glob("*.md") if page.stem != "README")


def test_prometheus_understands_its_configuration_and_its_rules() -> None:
    promtool("check", "config", CONFIGURED / "prometheus.yml")


def test_every_alert_fires_when_it_should_and_only_then() -> None:
    promtool("test", "rules", CASES)


@pytest.mark.parametrize("alert", ALERTS)
def test_every_alert_was_tried_firing_and_silent(alert: str) -> None:
    tried = [case for test in yaml.safe_load(CASES.read_text())["tests"] for case in test["alert_rule_test"]]
    fired = {bool(case["exp_alerts"]) for case in tried if case["alertname"] == alert}
    assert fired == {True, False}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: f"{rule['alert']}-{rule['labels']['severity']}")
def test_every_alert_says_how_urgent_it_is_and_names_its_page(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert rule["annotations"]["runbook"] == f"docs/runbook/{slug(rule['alert'])}.md"
    assert rule["annotations"]["summary"]


def test_every_alert_has_a_page_and_every_page_an_alert() -> None:
    assert [page.stem for page in PAGES] == sorted(slug(alert) for alert in ALERTS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_says_what_to_look_at_what_to_do_and_when_it_is_over(page: Path) -> None:
    assert re.findall(r"^## (.+)$", page.read_text(), flags=re.MULTILINE) == SECTIONS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_index_of_the_runbook_names_every_page(page: Path) -> None:
    assert f"({page.name})" in (RUNBOOK / "README.md").read_text()


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: f"{rule['alert']}-{rule['labels']['severity']}")
def test_every_figure_that_an_alert_speaks_of_exists(
    rule: dict[str, Any], seen: Scrape, broker_seen: Scrape
) -> None:
    assert names_in(rule["expr"]) <= seen.names | broker_seen.names | {"up"}
