"""A news digest service: articles in; summary, entities and figures out."""

import time

__version__ = "0.1.0"

#: When the package was first imported, so that the service can tell how long its models took to
#: load; `time.monotonic`.
STARTED = time.monotonic()
