"""What the service tells of itself: request ids, times by step, metrics, one log line a request.

No line and no metric holds anything of an article, nor a query, which may hold its title.
"""

import logging
import os
import re
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any, Literal, get_args

import orjson
from flask import Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

from service import STARTED
from service.core.text import Article

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

# From a few sentences to a hundred long articles by the slowest of the classic methods.
_SECONDS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

_registry = CollectorRegistry()
_requests = Counter(
    "digest_http_requests",
    "Requests answered.",
    ("method", "route", "status"),
    registry=_registry,
)
_duration = Histogram(
    "digest_http_request_duration_seconds",
    "From the request's head to the answer.",
    ("route",),
    buckets=_SECONDS,
    registry=_registry,
)
_step_duration = Histogram(
    "digest_step_duration_seconds",
    "Of one step of one digest.",
    ("step",),
    buckets=_SECONDS,
    registry=_registry,
)
_articles = Counter("digest_articles", "Articles digested.", registry=_registry)
_characters = Counter(
    "digest_characters", "Characters of the articles digested.", registry=_registry
)
_shed = Counter(
    "digest_shed",
    "Digests refused for want of room or time, or over a caller's limit.",
    ("reason",),
    registry=_registry,
)
_alone = Counter(
    "digest_limit_fallbacks",
    "Requests that a worker counted by itself, since the storage of the limit was not there.",
    registry=_registry,
)
_in_flight = Gauge(
    "digest_http_in_flight",
    "Requests being answered at this moment, in all workers.",
    multiprocess_mode="livesum",
    registry=_registry,
)
_load = Gauge(
    "digest_model_load_seconds",
    "From the first import to a service that is ready, models and word lists included.",
    multiprocess_mode="max",
    registry=_registry,
)
_running = Gauge(
    "digest_running",
    "Digests being made at this moment, in all workers.",
    multiprocess_mode="livesum",
    registry=_registry,
)

METRICS_TYPE = CONTENT_TYPE_LATEST  # of what `metrics` returns

_access = logging.getLogger("service.access")

_Reason = Literal["full", "waited", "budget", "limit"]
for _reason in get_args(_Reason):  # a series each from the start: an increase needs one before
    _shed.labels(_reason)


class Steps:
    """How long each step of one request took, in order of first entry."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.span: Callable[[str], AbstractContextManager[object]] = nullcontext  # of a trace

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Add the time spent inside to *step*."""
        start = time.perf_counter()
        try:
            with self.span(step):
                yield
        finally:
            spent = time.perf_counter() - start
            self.seconds[step] = self.seconds.get(step, 0.0) + spent


class JsonFormatter(logging.Formatter):
    """One JSON object a line; a record's own members are given as ``extra={"fields": {...}}``."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record, without its line feed."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def register(app: Flask) -> None:
    """Make *app* name, time, count and log every request."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_leave)


def metrics() -> bytes:
    """All metrics in Prometheus' text format: of every worker where there are several."""
    registry = _registry
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


@contextmanager
def running(articles: Sequence[Article]) -> Iterator[None]:
    """Count the digest made inside, with its articles and their characters."""
    with _running.track_inprogress():
        yield
    _articles.inc(len(articles))
    _characters.inc(sum(len(article.text) for article in articles))


def shed(reason: _Reason) -> None:
    """Count a digest that was refused though nothing was wrong with it."""
    _shed.labels(reason).inc()


def counted_alone() -> None:
    """Count a request whose limit was kept by this worker alone."""
    _alone.inc()


def unread(status: int, request_id: str) -> None:
    """Count and log a request that the server refused before the application had it."""
    _requests.labels("other", "none", str(status)).inc()
    fields = {"request_id": request_id, "method": "other", "route": "none", "status": status}
    _access.info("other none %d", status, extra={"fields": fields})


def loaded() -> None:
    """Note how long it took to be ready."""
    _load.set(time.monotonic() - STARTED)


def _begin() -> None:
    _in_flight.inc()
    g.start = time.perf_counter()
    g.steps = Steps()
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _leave(_error: BaseException | None) -> None:
    _in_flight.dec()


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.start
    route = request.url_rule.rule if request.url_rule else "none"
    method = request.method if request.method in _METHODS else "other"
    _requests.labels(method, route, str(response.status_code)).inc()
    _duration.labels(route).observe(seconds)
    for step, spent in g.steps.seconds.items():
        _step_duration.labels(step).observe(spent)

    response.headers["X-Request-ID"] = g.request_id
    timings = {**g.steps.seconds, "total": seconds}
    response.headers["Server-Timing"] = ", ".join(
        f"{step};dur={spent * 1000:.2f}" for step, spent in timings.items()
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault(
        "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"
    )
    trace = request.headers.get("traceparent", "")
    _access.info(
        "%s %s %d",
        method,
        route,
        response.status_code,
        extra={
            "fields": {
                "request_id": g.request_id,
                "caller": g.get("caller"),
                "traceparent": trace if _TRACEPARENT.fullmatch(trace) else None,
                "method": method,
                "route": route,
                "status": response.status_code,
                "bytes_in": request.content_length,
                "bytes_out": response.calculate_content_length(),
                "duration_ms": round(seconds * 1000, 2),
                "steps_ms": {
                    step: round(spent * 1000, 2) for step, spent in g.steps.seconds.items()
                },
            }
        },
    )
    return response
