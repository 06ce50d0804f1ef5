"""Writes Grafana's dashboard from deploy/sight/grafana/headend.yaml: `python -m deploy.dashboard_doc FILE`.

`make dashboard` does so.
"""

import json
import sys
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

PANELS = Path(__file__).parent / "sight/grafana/headend.yaml"
_SOURCE = {"type": "prometheus", "uid": "${source}"}
_WIDTH, _HEIGHT, _STAT_HEIGHT = 24, 8, 5


class Panel(BaseModel):
    """One picture. `queries` are PromQL by legend; a threshold is where a colour begins."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    description: str
    kind: Literal["timeseries", "stat", "bargauge"] = "timeseries"
    unit: str
    width: int = 8
    stacked: bool = False
    thresholds: tuple[tuple[float, str], ...] = ()
    runbook: str = ""
    queries: dict[str, str]


class Row(BaseModel):
    """A question and the panels that answer it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str
    panels: tuple[Panel, ...]


def rows() -> list[Row]:
    """The rows from top to bottom. Raises ValidationError where the file says something else."""
    return [Row.model_validate(row) for row in yaml.safe_load(PANELS.read_text(encoding="utf-8"))]


def document() -> str:
    """The dashboard as Grafana reads it."""
    return json.dumps(_dashboard(), indent=1, ensure_ascii=False) + "\n"


def _dashboard() -> dict[str, Any]:
    return {
        "uid": "headend",
        "title": "Headend",
        "description": "Is money coming in, does everything arrive, do mails go out, is anything slow, will it last?",
        "tags": ["headend"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": [_source_choice()]},
        "annotations": {"list": [_alerts_on_the_pictures()]},
        "links": [],
        "panels": _placed(),
    }


def _source_choice() -> dict[str, Any]:
    return {
        "name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus", "hide": 0,
        "current": {"text": "Prometheus", "value": "prometheus"}, "options": [], "refresh": 1, "regex": "",
    }  # fmt: skip


def _alerts_on_the_pictures() -> dict[str, Any]:
    return {
        "name": "Alerts", "datasource": _SOURCE, "enable": True, "iconColor": "red", "titleFormat": "{{alertname}}",
        "expr": 'ALERTS{alertstate="firing"}', "step": "60s",
    }  # fmt: skip


def _placed() -> list[dict[str, Any]]:
    """Every panel with its place: rows from top to bottom, panels from left to right."""
    placed: list[dict[str, Any]] = []
    top = 0
    for row in rows():
        placed.append({
            "id": len(placed) + 1, "type": "row", "title": row.question, "collapsed": False, "panels": [],
            "gridPos": {"x": 0, "y": top, "w": _WIDTH, "h": 1},
        })  # fmt: skip
        top += 1
        left, height = 0, 0
        for panel in row.panels:
            if left + panel.width > _WIDTH:
                top, left = top + height, 0
            height = _STAT_HEIGHT if panel.kind == "stat" else _HEIGHT
            place = {"x": left, "y": top, "w": panel.width, "h": height}
            placed.append({"id": len(placed) + 1, "gridPos": place, **_panel(panel)})
            left += panel.width
        top += height
    return placed


def _panel(panel: Panel) -> dict[str, Any]:
    what_to_do = f" What to do: docs/runbook/{panel.runbook}.md" if panel.runbook else ""
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description + what_to_do,
        "datasource": _SOURCE,
        "targets": [
            {"refId": chr(ord("A") + place), "expr": expression, "legendFormat": legend, "datasource": _SOURCE,
             "instant": panel.kind != "timeseries", "range": panel.kind == "timeseries"}
            for place, (legend, expression) in enumerate(panel.queries.items())
        ],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": _OPTIONS[panel.kind],
    }  # fmt: skip


def _defaults(panel: Panel) -> dict[str, Any]:
    steps = panel.thresholds or ((0, "green"),)
    defaults: dict[str, Any] = {
        "unit": panel.unit,
        "min": 0,
        "color": {"mode": "palette-classic" if panel.kind == "timeseries" else "thresholds"},
        "thresholds": {
            "mode": "absolute",
            "steps": [
                {"color": colour, "value": value if place else None}
                for place, (value, colour) in enumerate(steps)
            ],
        },
    }
    if panel.kind == "timeseries":
        defaults["custom"] = {
            "lineWidth": 1, "fillOpacity": 25 if panel.stacked else 8, "showPoints": "never", "spanNulls": 60_000,
            "stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"},
            "thresholdsStyle": {"mode": "dashed" if panel.thresholds else "off"},
        }  # fmt: skip
    return defaults


_SUM_UP = {"calcs": ["lastNotNull"], "fields": "", "values": False}
_OPTIONS: dict[str, dict[str, Any]] = {
    "timeseries": {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "stat": {"reduceOptions": _SUM_UP, "colorMode": "value", "graphMode": "area", "textMode": "auto"},
    "bargauge": {
        "reduceOptions": _SUM_UP, "orientation": "horizontal", "displayMode": "basic", "showUnfilled": True,
    },
}  # fmt: skip


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), encoding="utf-8")
