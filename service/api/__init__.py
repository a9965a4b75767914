"""The HTTP edge: the only code that knows Flask and marshmallow."""

import logging
import os

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from service.api import callers, errors, limits, routes, telemetry, tracing
from service.api.settings import Settings, unknown

__all__ = ["Settings", "create_app"]


def create_app(settings: Settings | None = None) -> Flask:
    """The WSGI application; its settings are the environment's where None.

    Raises:
        BadSetting: the environment holds a setting that cannot be read.
    """
    log = logging.getLogger("service")
    if settings is None:
        settings = Settings.from_environ(os.environ)
        for warning in unknown(os.environ):
            log.warning(warning)
    log.setLevel(settings.log_level.upper())
    app = Flask("service", static_folder=None, template_folder=None)
    # Werkzeug would lead a doubled slash to an address that names the host as this process sees it.
    app.url_map.merge_slashes = False
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies)  # type: ignore[method-assign]
    telemetry.register(app)
    if settings.tracing:
        tracing.register(app)
    errors.register(app)
    callers.register(app, settings)
    routes.register(app, settings)
    limits.register(app, settings)
    telemetry.loaded()
    return app
