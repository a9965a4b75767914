import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from service.api import Settings, create_app

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(scope="module")
def spans() -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


def test_a_request_is_a_span_below_its_callers_with_its_steps_below(spans):
    client = create_app(Settings(tracing=True)).test_client()

    client.post(
        "/v1/digest?title=Secretitle",
        data="Secretext fell on 12 towns.",
        content_type="text/plain",
        headers={"traceparent": TRACEPARENT},
    )

    *steps, whole = spans.get_finished_spans()
    assert whole.name == "POST /v1/digest"
    assert f"{whole.context.trace_id:032x}" in TRACEPARENT
    assert f"{whole.parent.span_id:016x}" in TRACEPARENT
    assert whole.attributes["http.response.status_code"] == 200
    assert {"load", "segment", "summary", "dump"} <= {step.name for step in steps}
    assert {step.parent.span_id for step in steps} == {whole.context.span_id}
    assert "Secret" not in "".join(span.to_json() for span in (*steps, whole))


def test_a_refusal_is_a_span_too(spans):
    client = create_app(Settings(tracing=True)).test_client()
    spans.clear()

    client.post("/v1/digest", json={"text": "Secret", "secret": 1})
    client.get("/Secretpath")

    refused, missing = [span for span in spans.get_finished_spans() if span.kind.name == "SERVER"]
    assert refused.attributes["http.response.status_code"] == 422
    assert (missing.name, missing.attributes["http.response.status_code"]) == ("GET", 404)
    assert "Secret" not in "".join(span.to_json() for span in spans.get_finished_spans())
