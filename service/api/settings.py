"""What a deployment may set, read from the environment once, at start."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Literal, TypeVar, get_args

LogLevel = Literal["debug", "info", "warning", "error"]
_T = TypeVar("_T")
_DIGITS = re.compile(r"[0-9]{1,18}")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


class BadSetting(RuntimeError):
    """An environment variable that the service cannot start with.

    gunicorn ends with the message of a RuntimeError, and with a traceback of all others.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a deployment may set; what a caller may ask for is in the request."""

    # Ten articles of the most characters that one may have, or a hundred of ordinary length.
    max_body_bytes: int = 2 * 1024 * 1024
    # Digests in one worker. They are CPU-bound Python, so more at once finish no sooner; two, not
    # one, so that a short request overtakes a long one that came before it.
    max_concurrent: int = 2
    # Of one digest, with its wait for a slot: 2 MiB of news are done in it, and a text made to
    # take long is stopped before its caller, or a proxy between, gives up.
    max_seconds: float = 4.0
    log_level: LogLevel = "info"
    docs: bool = True  # Swagger UI at /docs/
    api_keys_file: str | None = None  # lines of NAME sha256:HASH; None: all callers are let in
    cors_origins: tuple[str, ...] = ()  # pages that browsers let read answers; "*": all
    rate_limit: str | None = None  # of digests for one caller, such as "60/minute"
    rate_limit_storage: str = "memory://"  # or redis://HOST:PORT, which all workers share
    proxies: int = 0  # between here and the callers, each of which adds to X-Forwarded-For
    tracing: bool = False  # OpenTelemetry
    tagger: str | None = None  # an installed spaCy pipeline that finds the names; None: our own
    port: int = 8000
    web_concurrency: int | None = None  # worker processes; None: one a core
    # Between TERM and the end of listening: a balancer that looks every two seconds has seen twice
    # that it is not ready.
    drain_seconds: float = 5.0

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Settings":
        """The settings of ``DIGEST_MAX_BODY_BYTES`` and its like; the defaults where unset.

        Raises:
            BadSetting: a value that cannot be read, named with its variable.

        >>> Settings.from_environ({"DIGEST_DOCS": "off"}).docs
        False
        """
        default = cls()
        return cls(
            max_body_bytes=_integer(
                environ, "DIGEST_MAX_BODY_BYTES", default.max_body_bytes, low=1024, high=1 << 30
            ),
            max_concurrent=_integer(
                environ, "DIGEST_MAX_CONCURRENT", default.max_concurrent, low=1, high=64
            ),
            max_seconds=_seconds(
                environ, "DIGEST_MAX_SECONDS", default.max_seconds, low=0.1, high=600
            ),
            log_level=_choice(environ, "DIGEST_LOG_LEVEL", _LEVELS, default.log_level),
            docs=_choice(environ, "DIGEST_DOCS", _SWITCH, default.docs),
            api_keys_file=environ.get("DIGEST_API_KEYS_FILE") or None,
            cors_origins=_origins(environ, "DIGEST_CORS_ORIGINS"),
            rate_limit=environ.get("DIGEST_RATE_LIMIT") or None,
            rate_limit_storage=environ.get("DIGEST_RATE_LIMIT_STORAGE")
            or default.rate_limit_storage,
            proxies=_integer(environ, "DIGEST_PROXIES", default.proxies, low=0, high=8),
            tracing=_choice(environ, "DIGEST_TRACING", _SWITCH, default.tracing),
            tagger=_pipeline(environ, "DIGEST_TAGGER"),
            port=_integer(environ, "PORT", default.port, low=1, high=65_535),
            web_concurrency=_integer(environ, "WEB_CONCURRENCY", None, low=1, high=256),
            drain_seconds=_seconds(
                environ, "DIGEST_DRAIN_SECONDS", default.drain_seconds, low=0, high=60
            ),
        )


def unknown(environ: Mapping[str, str]) -> list[str]:
    """A warning for each variable that is named like a setting and is none.

    >>> unknown({"DIGEST_DOC": "off", "DIGEST_DOCS": "off", "HOME": "/"})
    ['DIGEST_DOC is no setting and has no effect; did you mean DIGEST_DOCS?']
    """
    known = {f"DIGEST_{field.name.upper()}" for field in fields(Settings)}
    known -= {"DIGEST_PORT", "DIGEST_WEB_CONCURRENCY"}
    warnings = []
    for name in sorted(set(environ) - known):
        if name.startswith("DIGEST_"):
            near = get_close_matches(name, known, 1, cutoff=0.8)
            meant = f"; did you mean {near[0]}?" if near else ""
            warnings.append(f"{name} is no setting and has no effect{meant}")
    return warnings


_SWITCH = {"on": True, "off": False}
_LEVELS: dict[str, LogLevel] = {level: level for level in get_args(LogLevel)}


def _integer(
    environ: Mapping[str, str], name: str, default: _T, *, low: int, high: int
) -> int | _T:
    given = environ.get(name)
    if not given:
        return default
    if not (_DIGITS.fullmatch(given) and low <= int(given) <= high):
        raise BadSetting(f"{name} must be a whole number from {low} to {high}, not {given!r}")
    return int(given)


def _seconds(
    environ: Mapping[str, str], name: str, default: float, *, low: float, high: float
) -> float:
    given = environ.get(name)
    if not given:
        return default
    if not (_DECIMAL.fullmatch(given) and low <= float(given) <= high):
        raise BadSetting(f"{name} must be a number from {low:g} to {high:g}, not {given!r}")
    return float(given)


def _choice(environ: Mapping[str, str], name: str, choices: Mapping[str, _T], default: _T) -> _T:
    given = environ.get(name)
    if not given:
        return default
    if given.lower() not in choices:
        raise BadSetting(f"{name} must be one of {', '.join(choices)}, not {given!r}")
    return choices[given.lower()]


def _pipeline(environ: Mapping[str, str], name: str) -> str | None:
    given = environ.get(name)
    if not given:
        return None
    kind, _, pipeline = given.partition(":")
    if kind != "spacy" or not pipeline:
        raise BadSetting(f"{name} must be spacy: and the name of a pipeline, not {given!r}")
    return pipeline


def _origins(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    given = [origin.strip() for origin in environ.get(name, "").split(",") if origin.strip()]
    for origin in given:
        if origin != "*" and not _ORIGIN.fullmatch(origin):
            raise BadSetting(
                f"{name} must be origins such as https://example.org, parted by commas, or *;"
                f" not {origin!r}"
            )
    return tuple(given)
