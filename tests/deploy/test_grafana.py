"""The dashboard against the metrics that the service has."""

import json
import re

from service.api import Settings, create_app

from ..api.conftest import ROOT


def test_every_panel_asks_for_metrics_that_there_are():
    client = create_app(Settings()).test_client()
    client.post("/v1/digest", json={"text": "Rain fell."})
    told = client.get("/metrics").text
    known = set(re.findall(r"^# TYPE (\S+)", told, re.MULTILINE))
    known |= {f"{name}_{part}" for name in known for part in ("bucket", "sum", "count")}
    dashboard = json.loads((ROOT / "deploy" / "grafana.json").read_text("utf-8"))

    asked = {
        name
        for panel in dashboard["panels"]
        for target in panel["targets"]
        for name in re.findall(r"\bdigest_\w+", target["expr"])
    }

    assert asked
    assert asked <= known


def test_every_panel_has_a_place_of_its_own():
    dashboard = json.loads((ROOT / "deploy" / "grafana.json").read_text("utf-8"))
    places = [panel["gridPos"] for panel in dashboard["panels"]]

    cells = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
