"""Spans of requests and of their steps for OpenTelemetry; an extra, and off unless turned on.

Where to send them is said with OpenTelemetry's own variables, such as OTEL_EXPORTER_OTLP_ENDPOINT.
A span holds no text and no query, which may hold a title.
"""

from contextlib import AbstractContextManager
from typing import Any

from flask import Flask, Response, g, request

from service import __version__
from service.api.settings import BadSetting


def register(app: Flask) -> None:
    """Make *app* open a span for every request, below the caller's, and one for every step.

    Raises:
        BadSetting: OpenTelemetry is not installed.
    """
    try:
        from opentelemetry import propagate, trace
    except ImportError as error:
        raise BadSetting("DIGEST_TRACING wants the extra news-digest[otel]") from error
    tracer = trace.get_tracer("news-digest", __version__)

    def span(step: str) -> AbstractContextManager[object]:
        # No exception is kept: its message might quote an article.
        opened: AbstractContextManager[object] = tracer.start_as_current_span(
            step, record_exception=False, set_status_on_exception=False
        )
        return opened

    def begin() -> None:
        opened = tracer.start_as_current_span(
            request.method,
            context=propagate.extract(request.headers),
            kind=trace.SpanKind.SERVER,
            attributes={
                "http.request.method": request.method,
                "digest.request_id": g.request_id,
            },
            record_exception=False,
        )
        g.span = opened
        g.opened = opened.__enter__()
        g.steps.span = span

    def end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else None
        if route is not None:
            g.opened.update_name(f"{request.method} {route}")
            g.opened.set_attribute("http.route", route)
        g.opened.set_attribute("http.response.status_code", response.status_code)
        if response.status_code >= 500:
            g.opened.set_status(trace.StatusCode.ERROR)
        return response

    def leave(_error: BaseException | None) -> None:
        opened: Any = g.pop("span", None)
        if opened is not None:
            opened.__exit__(None, None, None)

    app.before_request(begin)
    app.after_request(end)
    app.teardown_request(leave)


def start() -> None:
    """Send the spans of this process; after the fork, since a thread of its own sends them."""
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(
        resource=Resource.create({"service.name": "news-digest", "service.version": __version__})
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
