"""How many digests one caller may ask for in a time; flask-limiter counts them, where installed."""

import time
from typing import Any

from flask import Flask, Response
from werkzeug.exceptions import TooManyRequests

from service.api import telemetry
from service.api.callers import address
from service.api.settings import BadSetting, Settings

# Seconds for an answer of Redis, which takes a thousandth of that, and is waited for without end
# otherwise.
_REDIS: dict[str, Any] = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}


def register(app: Flask, settings: Settings) -> None:
    """Make *app* refuse what is over the limit of *settings*, if there is one.

    Raises:
        BadSetting: the limit or its storage cannot be read, or flask-limiter is not installed.
    """
    if settings.rate_limit is None:
        return
    try:
        from flask_limiter import Limiter
        from limits import parse_many
    except ImportError as error:
        raise BadSetting("DIGEST_RATE_LIMIT wants the extra news-digest[limit]") from error
    try:
        parse_many(settings.rate_limit)
    except ValueError as error:
        raise BadSetting(
            f"DIGEST_RATE_LIMIT must be like '60/minute', not {settings.rate_limit!r}"
        ) from error
    try:
        limiter = Limiter(
            address,
            app=app,
            storage_uri=settings.rate_limit_storage,
            strategy="moving-window",
            # Without the storage every worker counts for itself: a limit that is not exact is
            # better than a service that is not there.
            in_memory_fallback_enabled=True,
            storage_options=_REDIS if settings.rate_limit_storage.startswith("redis") else {},
        )
    except Exception as error:  # each storage has its own
        raise BadSetting(f"DIGEST_RATE_LIMIT_STORAGE cannot be used: {error}") from error
    view = app.view_functions["api.make_digest"]
    app.view_functions["api.make_digest"] = limiter.limit(settings.rate_limit)(view)

    def tell(response: Response) -> Response:
        """Add what is left to the answer, as draft-ietf-httpapi-ratelimit-headers has it."""
        limit = limiter.current_limit
        if limit is not None:
            if limiter.limiter.storage is not limiter.storage:
                telemetry.counted_alone()
            window = limit.limit.get_expiry()
            # It tells the whole second after the end of the window, which may be one too many.
            reset = min(max(0, limit.reset_at - int(time.time())), window)
            response.headers["RateLimit-Limit"] = str(limit.limit.amount)
            response.headers["RateLimit-Remaining"] = str(limit.remaining)
            response.headers["RateLimit-Reset"] = str(reset)
            response.headers["RateLimit-Policy"] = f"{limit.limit.amount};w={window}"
            if response.status_code == TooManyRequests.code:
                telemetry.shed("limit")
                response.headers["Retry-After"] = str(max(1, reset))
        return response

    app.after_request(tell)
