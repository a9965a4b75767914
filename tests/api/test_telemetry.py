import json
import logging
import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from service.api import Settings, create_app
from service.api.slots import Slots
from service.api.telemetry import JsonFormatter, Steps

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def samples(text: str) -> dict:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.parametrize("given", ["a", "A-1_b.c", "x" * 128])
def test_a_request_id_is_taken_from_the_caller(client, given):
    assert client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", [None, "", "x" * 129, "a b", "é", '"', "{}"])
def test_a_request_id_is_made_where_none_can_be_taken(client, given):
    headers = {} if given is None else {"X-Request-ID": given}

    made = {client.get("/healthz", headers=headers).headers["X-Request-ID"] for _ in range(2)}

    assert len(made) == 2
    assert all(re.fullmatch("[0-9a-f]{32}", name) for name in made)


def test_server_timing_tells_each_step_of_a_digest(client):
    response = client.post("/v1/digest", json={"text": "Rain fell on 12 towns."})

    steps = [entry.split(";dur=") for entry in response.headers["Server-Timing"].split(", ")]
    names = [name for name, _ in steps]
    assert names[:2] == ["load", "wait"]
    assert names[-2:] == ["dump", "total"]
    assert {"segment", "summary", "entities", "figures"} <= set(names)
    spent = {name: float(milliseconds) for name, milliseconds in steps}
    assert sum(spent.values()) - spent["total"] <= spent["total"] + 0.01 * len(spent)


def test_steps_add_up_what_is_entered_again():
    steps = Steps()
    with steps.timed("a"):
        pass
    once = steps.seconds["a"]
    with steps.timed("b"), steps.timed("a"):
        pass

    assert list(steps.seconds) == ["a", "b"]
    assert steps.seconds["a"] > once


@pytest.mark.parametrize("path", ["/healthz", "/docs/", "/none", "/openapi.yaml"])
def test_no_answer_is_guessed_at_or_framed(client, path):
    headers = client.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_the_access_log_has_one_line_a_request_without_any_text(client, caplog):
    with caplog.at_level(logging.INFO, "service.access"):
        client.post(
            "/v1/digest?title=Secretitle",
            data="Secretext fell on 12 towns.",
            content_type="text/plain",
            headers={
                "X-Request-ID": "r-1",
                "traceparent": TRACEPARENT,
                "User-Agent": "Secretagent",
            },
        )
        client.get("/Secretpath")

    lines = [json.loads(JsonFormatter().format(record)) for record in caplog.records]
    assert [line["status"] for line in lines] == [200, 404]
    assert lines[0]["request_id"] == "r-1"
    assert lines[0]["traceparent"] == TRACEPARENT
    assert lines[0]["route"] == "/v1/digest"
    assert lines[0]["bytes_in"] == 27
    assert "summary" in lines[0]["steps_ms"]
    assert lines[1]["route"] == "none"
    assert lines[1]["message"] == "GET none 404"
    assert "Secret" not in json.dumps(lines)


@pytest.mark.parametrize(
    "given", ["", "00-xyz", TRACEPARENT + '","level":"error', "00-" + "0" * 50]
)
def test_a_malformed_traceparent_is_not_logged(client, caplog, given):
    with caplog.at_level(logging.INFO, "service.access"):
        client.get("/healthz", headers={"traceparent": given})

    assert caplog.records[0].fields["traceparent"] is None


def test_metrics_count_requests_by_route_and_not_by_path(client):
    def count() -> float:
        labels = (("method", "GET"), ("route", "none"), ("status", "404"))
        return samples(client.get("/metrics").text).get(("digest_http_requests_total", labels), 0.0)

    before = count()
    for number in range(3):
        client.get(f"/none/{number}")

    assert count() == before + 3
    assert "/none/" not in client.get("/metrics").text


def test_metrics_count_digests_and_time_their_steps(client):
    before = samples(client.get("/metrics").text)
    client.post("/v1/digest", json={"articles": [{"text": "Rain fell."}, {"text": "Snow fell."}]})
    after = samples(client.get("/metrics").text)

    def gained(name: str, **labels: str) -> float:
        key = (name, tuple(sorted(labels.items())))
        return after[key] - before.get(key, 0.0)

    assert gained("digest_articles_total") == 2
    assert gained("digest_characters_total") == 20
    assert after[("digest_http_in_flight", ())] == 1  # this one
    assert 0 < after[("digest_model_load_seconds", ())] < 1000
    assert gained("digest_step_duration_seconds_count", step="summary") == 1
    assert after[("digest_running", ())] == 0


def test_metrics_count_what_is_shed_by_its_reason():
    def shed(client, reason: str) -> float:
        key = ("digest_shed_total", (("reason", reason),))
        return samples(client.get("/metrics").text).get(key, 0.0)

    full = create_app(Settings())
    full.extensions["slots"] = Slots(0)
    waiting = create_app(Settings())
    waiting.extensions["slots"] = slots = Slots(1, wait_s=0.05, pace=0)
    limited = create_app(Settings(rate_limit="1/hour"))
    for reason, app in (("full", full), ("waited", waiting), ("limit", limited)):
        client = app.test_client()
        before = shed(client, reason)
        with slots.one(0):
            while client.post("/v1/digest", json={"text": "Rain fell."}).status_code == 200:
                pass
        assert shed(client, reason) == before + 1


def test_metrics_know_no_method_but_the_common_ones(client):
    client.open("/healthz", method="SECRET")

    assert "SECRET" not in client.get("/metrics").text
    assert 'method="other"' in client.get("/metrics").text


def test_a_line_of_the_log_is_one_json_object():
    record = logging.LogRecord("service", logging.ERROR, "", 0, "a\nb %s", ("c",), None)

    line = JsonFormatter().format(record)

    assert "\n" not in line
    assert json.loads(line)["message"] == "a\nb c"
