"""docs/grafana.json, docs/operations.md and the code name the same figures."""

import json
import re
from pathlib import Path

from prometheus_client import REGISTRY

import audit.recording  # noqa: F401 - so that its figures are in the registry, as those of the next two
import dashboard.operations.health
import dashboard.operations.request_metrics  # noqa: F401 - as above
import tickets_app.gateway.metrics  # noqa: F401 - as above

DOCS = Path(__file__).parents[3] / "docs"
PREFIX = "copper_tickets_"
SERIES = re.compile(rf"{PREFIX}\w+")


def figures() -> dict[str, set[str]]:
    """Each figure as it is written down, and the series that Prometheus keeps of it."""
    found = {}
    for metric in REGISTRY.collect():
        if metric.name.startswith(PREFIX):
            name = metric.name + ("_total" if metric.type == "counter" else "")
            parts = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}.get(metric.type, [""])
            found[name] = {metric.name + part for part in parts}
    return found


def expressions() -> list[str]:
    board = json.loads((DOCS / "grafana.json").read_text())
    return [target["expr"] for panel in board["panels"] for target in panel["targets"]]


def alerts() -> list[str]:
    """The expressions of docs/operations.md."""
    table = (DOCS / "operations.md").read_text().split("### Alerts to set")[1].split("\n## ")[0]
    return re.findall(r"^\| [A-Z][^|`]+ \| `([^`]+)`", table, re.MULTILINE)


def test_the_dashboard_and_the_alerts_ask_only_for_series_that_exist():
    assert len(alerts()) == 8
    asked = {name for expression in expressions() + alerts() for name in SERIES.findall(expression)}
    assert asked <= set().union(*figures().values())


def test_the_dashboard_shows_every_figure():
    asked = {name for expression in expressions() for name in SERIES.findall(expression)}
    assert [name for name, series in figures().items() if not series & asked] == []


def test_what_is_counted_for_the_first_time_is_seen_by_alerts_on_what_is_rare():
    """A series of a counter with labels begins at its first value, and to Prometheus has not risen then."""
    for expression in alerts():
        if 'result="unauthorized"' in expression or 'status="500"' in expression:
            assert "offset 5m) or vector(0)" in expression
            assert "rate(" not in expression


def test_the_dashboard_and_the_alerts_ask_only_for_labels_that_exist():
    labels = {"view", "status", "result", "part", "le", "job"}
    for expression in expressions() + alerts():
        for inside in re.findall(r"\{([^}]*)\}|by \(([^)]*)\)", expression):
            assert {name.strip() for name in re.findall(r"(\w+)(?==|,|$)", ",".join(inside).strip(","))} <= labels


def test_each_panel_has_its_own_place_and_number():
    panels = json.loads((DOCS / "grafana.json").read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def test_the_page_on_operations_explains_every_figure_and_no_other():
    text = (DOCS / "operations.md").read_text()
    rows = set(re.findall(rf"^\| `({PREFIX}\w+)` \|", text, re.MULTILINE))
    assert rows == set(figures())
    assert set(SERIES.findall(text)) <= set().union(figures(), *figures().values())
