"""The dashboard for operators asks only for metrics and labels that a server has, and for all of them."""

import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from oms.jobs import queries
from tests.oms.floors import CLERK

pytestmark = pytest.mark.postgres
DASHBOARD = json.loads((Path(__file__).parents[3] / "packaging" / "grafana" / "floorhand.json").read_text())
EXPRESSIONS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
#: What Prometheus itself puts onto everything that it reads.
OF_PROMETHEUS = {"instance", "job"}


@pytest.fixture
def said(past):
    """Metric -> its labels, as `/metrics` says them once everything has happened."""
    oms, _ = past
    oms.works.run("W", CLERK, lambda w: queries.ask(w, "mails"))
    oms.metrics.ops.labels("applied").inc()
    oms.metrics.http.labels("GET", "/v1/hello", "200").observe(0.01)
    oms.metrics.imports.labels("orders", "added").inc()
    found = {}
    for family in text_string_to_metric_families(oms.metrics.text().decode()):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def test_the_dashboard_asks_only_for_what_there_is(said):
    asked = {name for expression in EXPRESSIONS for name in re.findall(r"\bfloorhand_\w+", expression)}
    assert asked - set(said) == set()
    families = {name for name in said if not name.endswith(("_created", "_sum"))}
    # Of a histogram one of its names is enough.
    assert {re.sub("_(bucket|count)$", "", name) for name in families} == {
        re.sub("_(bucket|count)$", "", name) for name in asked
    }


def test_labels_are_those_of_the_metric(said):
    for expression in EXPRESSIONS:
        [name] = set(re.findall(r"\bfloorhand_\w+", expression))
        by = {label.strip() for group in re.findall(r"\bby \(([^)]*)\)", expression) for label in group.split(",")}
        assert by <= said[name] | OF_PROMETHEUS, expression


def test_panels_stand_beside_each_other_and_say_what_they_mean():
    taken = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells
        assert panel["title"]
        assert panel["description"].endswith(".")


def test_background_jobs_are_counted_by_task_and_state(past, said):
    oms, _ = past
    assert said["floorhand_background_jobs"] == {"task", "state"}
    lines = oms.metrics.text().decode().splitlines()
    assert 'floorhand_background_jobs{state="queued",task="mails"} 1.0' in lines
    [waits] = [line for line in lines if line.startswith("floorhand_background_oldest_seconds ")]
    assert float(waits.split()[1]) >= 0
    assert "floorhand_background_workers 0.0" in lines
