"""Every refusal in one shape: problem+json of RFC 9457. One handler for a type of exception."""

import logging
import traceback
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from flask import Flask, Response, g
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException, TooManyRequests, UnsupportedMediaType

from service.api.budget import OverBudget
from service.api.draining import Draining
from service.core.errors import CoreError, TooManySentences

PROBLEM = "application/problem+json"

# Twenty faults tell a caller what is wrong; all the faults of a body of 2 MiB would be its double.
MAX_FAULTS = 20

_log = logging.getLogger(__name__)

# The types are what a caller's program tells refusals apart by: stable, and not to be looked up.
_TYPE = "urn:problem-type:news-digest:"
_INVALID = ("invalid-request", "The request is not valid")
_INTERNAL = ("internal", "The service failed")
_OVER_BUDGET = ("over-budget", "The digest takes too long")
_DRAINING = ("draining", "The service is going down")
_TOO_MANY_SENTENCES = ("too-many-sentences", "The method takes fewer sentences")
_KINDS = {
    400: ("unparsable-body", "The body cannot be read"),
    401: ("unauthorized", "The caller is not known"),
    404: ("not-found", "Not found"),
    405: ("method-not-allowed", "Method not allowed"),
    408: ("too-slow", "The request came too slowly"),
    413: ("too-large", "The body is too large"),
    414: ("uri-too-long", "The address is too long"),
    415: ("unsupported-media-type", "The body is of a type that is not read"),
    417: ("expectation-failed", "The request expects what is not done"),
    422: _INVALID,
    429: ("rate-limited", "Too many requests"),
    431: ("headers-too-large", "The request has too large a head"),
    500: _INTERNAL,
    501: ("not-implemented", "The request is coded in a way that is not read"),
    503: ("overloaded", "The service is at its limit"),
}
_TOO_MANY = "A caller may ask for {limit}; try again after the time in the Retry-After header."
_DETAILS = {  # of the refusals that the framework makes, in our words
    400: "The body is malformed, or ended before it was complete.",
    404: "Nothing is served at this path; /openapi.yaml lists what is.",
    405: "This path does not take this method; the Allow header names those it takes.",
}
_UNREAD = {  # of the refusals that the server makes before there is a request
    400: "The request's head cannot be read as HTTP.",
    408: "A request must come in within 30 seconds.",
    414: "The first line of the request is too long; send articles in the body.",
    417: "The Expect header may only ask for 100-continue.",
    431: "The request has too many header fields, or too long a one.",
    501: "The only transfer coding that is read is chunked.",
}


class Unsupported(UnsupportedMediaType):
    """A body of a type that is not read; *header* names the types that are."""

    def __init__(self, detail: str, header: tuple[str, str]) -> None:
        super().__init__(detail)
        self.header = header

    def get_headers(self, *args: Any, **kwargs: Any) -> list[tuple[str, str]]:
        """The headers of the answer."""
        return [*super().get_headers(*args, **kwargs), self.header]


def register(app: Flask) -> None:
    """Make *app* answer every exception with a problem."""
    app.register_error_handler(ValidationError, _invalid)
    app.register_error_handler(CoreError, _unworkable)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _failed)


def faults(error: ValidationError) -> list[dict[str, str]]:
    """Each fault with the place of it, as a JSON Pointer (RFC 6901) into the request.

    >>> faults(ValidationError({"articles": {3: {"a/b": ["is not a field of this object"]}}}))
    [{'pointer': '/articles/3/a~1b', 'detail': 'is not a field of this object'}]
    """
    return [{"pointer": pointer, "detail": detail} for pointer, detail in _flat(error.messages)]


def _flat(messages: object, pointer: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for key, below in messages.items():
            # marshmallow files the faults of an object as a whole under this name.
            step = "" if key == "_schema" else f"/{_escaped(key)}"
            yield from _flat(below, pointer + step)
    elif isinstance(messages, Sequence) and not isinstance(messages, str):
        for message in messages:
            yield from _flat(message, pointer)
    else:
        yield pointer, str(messages)


def _escaped(key: object) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")


def unread(status: int, request_id: str) -> bytes:
    """The problem for a request that the server refuses by its head; no application sees it."""
    return _body(status, _UNREAD.get(status, "The request was refused."), request_id)


def _body(
    status: int,
    detail: str,
    request_id: str,
    *,
    kind: tuple[str, str] | None = None,
    errors: Sequence[Mapping[str, str]] = (),
) -> bytes:
    name, title = kind or _KINDS.get(status, (f"http-{status}", "The request was refused"))
    body = {
        "type": _TYPE + name,
        "title": title,
        "status": status,
        "detail": detail,
        "request_id": request_id,
        "errors": errors,
    }
    return orjson.dumps(body)


def _problem(
    status: int,
    detail: str,
    *,
    kind: tuple[str, str] | None = None,
    errors: Sequence[Mapping[str, str]] = (),
) -> Response:
    body = _body(status, detail, g.request_id, kind=kind, errors=errors)
    return Response(body, status, content_type=PROBLEM)


def _invalid(error: ValidationError) -> Response:
    found = faults(error)
    first = found[0]
    detail = f"{first['pointer'] or 'The request'} {first['detail']}"
    if len(found) > 1:
        detail += (
            f", and {len(found) - 1} more faults" if len(found) > 2 else ", and one more fault"
        )
    return _problem(422, f"{detail}.", errors=found[:MAX_FAULTS])


def _unworkable(error: CoreError) -> Response:
    detail = str(error)
    if isinstance(error, TooManySentences):
        errors = [{"pointer": "/options/method", "detail": detail}]
        return _problem(422, detail, kind=_TOO_MANY_SENTENCES, errors=errors)
    return _problem(422, detail)


def _refused(error: HTTPException) -> Response:
    status = error.code or 500
    if status == TooManyRequests.code:  # the limiter's own is but the limit
        error.description = _TOO_MANY.format(limit=error.description)
    ours = error.description is not type(error).description
    detail = error.description if ours and error.description else _DETAILS.get(status, "")
    kind = None
    if isinstance(error, OverBudget):
        kind = _OVER_BUDGET
    elif isinstance(error, Draining):
        kind = _DRAINING
    response = _problem(status, detail or "The request was refused.", kind=kind)
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            response.headers[name] = value
    return response


def _failed(error: Exception) -> Response:
    # Where it failed, and not the message: that might quote an article.
    frames = traceback.extract_tb(error.__traceback__)
    _log.error(
        "unexpected %s",
        type(error).__name__,
        extra={
            "fields": {
                "request_id": g.request_id,
                "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
            }
        },
    )
    return _problem(500, "The fault is ours; the request id finds it in the log.")
