"""Who calls, where that matters: API keys, addresses, and the origins of browsers' pages.

``python -m service.keys NAME`` makes a key.
"""

import re
from collections.abc import Sequence
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from flask import Flask, Response, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from service.api.settings import BadSetting, Settings
from service.keys import NAME

# A key is 256 random bits, which nobody guesses from its hash however fast that is; salt and a
# slow hash are for what people make up.
_LINE = re.compile(rf"(?P<name>{NAME})\s+sha256:(?P<hash>[0-9a-f]{{64}})")
_GUARDED = "/v1/"
_EXPOSED = (
    "ETag, Retry-After, Server-Timing, X-Request-ID, "
    "RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, RateLimit-Policy"
)


class Keys:
    """The keys that are let in, as their hashes; the keys themselves are nowhere kept."""

    def __init__(self, lines: Sequence[str], *, source: str) -> None:
        """The keys of a file's lines; empty lines and those that begin with ``#`` are left out.

        Raises:
            BadSetting: a line is none of ``NAME sha256:HASH``, or there is none.
        """
        self._names: dict[bytes, str] = {}
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.startswith("#"):
                continue
            match = _LINE.fullmatch(line.strip())
            if match is None:  # not quoted: it may be a key
                raise BadSetting(f"{source}, line {number}, must be NAME sha256:HASH")
            self._names[match["hash"].encode()] = match["name"]
        if not self._names:
            raise BadSetting(f"{source} lets no key in; unset it to let all callers in")

    def name(self, key: str) -> str | None:
        """Whose key it is; None where it is not let in."""
        given = sha256(key.encode()).hexdigest().encode()
        found = None
        for known, name in self._names.items():  # all of them: the time tells nothing
            if compare_digest(given, known):
                found = name
        return found


def register(app: Flask, settings: Settings) -> None:
    """Make *app* ask for keys and answer pages of other origins, where *settings* say so."""
    if settings.api_keys_file is not None:
        source = f"DIGEST_API_KEYS_FILE {settings.api_keys_file}"
        try:
            lines = Path(settings.api_keys_file).read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise BadSetting(f"{source} cannot be read: {error}") from error
        keys = Keys(lines, source=source)
        app.before_request(lambda: _identify(keys))
    if settings.cors_origins:
        app.after_request(lambda response: _share(response, settings.cors_origins))


def address() -> str:
    """Whom a limit of requests counts: the key's name, or else the address."""
    caller: str | None = g.get("caller")
    return f"key {caller}" if caller else f"address {request.remote_addr}"


def _identify(keys: Keys) -> None:
    # A browser asks with OPTIONS, and without a key, whether it may send one.
    if not request.path.startswith(_GUARDED) or request.method == "OPTIONS":
        return
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    caller = keys.name(key.strip()) if scheme.lower() == "bearer" else None
    if caller is None:
        raise Unauthorized(
            "This service wants an API key, as Authorization: Bearer KEY.",
            www_authenticate=WWWAuthenticate("bearer", {"realm": "news-digest"}),
        )
    g.caller = caller


def _share(response: Response, origins: Sequence[str]) -> Response:
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin is None or not ("*" in origins or origin in origins):
        return response
    response.headers["Access-Control-Allow-Origin"] = "*" if "*" in origins else origin
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST"
        response.headers["Access-Control-Allow-Headers"] = (
            "Authorization, Content-Type, X-Request-ID, traceparent"
        )
        response.headers["Access-Control-Max-Age"] = "600"
    return response
