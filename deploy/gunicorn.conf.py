"""How gunicorn serves: ``gunicorn -c deploy/gunicorn.conf.py 'service.api:create_app()'``.

HOST, PORT and WEB_CONCURRENCY set the address and the number of workers, DIGEST_DRAIN_SECONDS how
long readiness fails before the end; service/api/settings.py lists the rest.

TERM ends the service and loses no request that it has taken in, HUP reads the files and settings
again and replaces the workers one by one, and a worker that dies is replaced.
"""

import contextlib
import fcntl
import gc
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

# One thread for the native libraries of each worker: the workers themselves fill the cores, and a
# thread pool made before a fork is dead after it. Before numpy is imported, so here.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

_SHM = Path("/dev/shm")  # noqa: S108 - memory, where the system has it
_memory = str(_SHM) if os.access(_SHM, os.W_OK) else None

# Where the workers keep their metrics for /metrics to add up. Before prometheus_client is imported.
# The folder bears this process's number: it is removed at the end, and a reload finds it again. Its
# lock is held for as long as the process or a worker lives, and tells it from what one that was
# killed has left.
_ALL = "news-digest-metrics-"
_OWN = f"{_ALL}{os.getpid()}-"
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix=_OWN, dir=_memory)
    fcntl.flock(os.open(os.environ["PROMETHEUS_MULTIPROC_DIR"], os.O_RDONLY), fcntl.LOCK_SH)

# Not before here, for both reasons above.
from service.api.settings import BadSetting, Settings  # noqa: E402

try:
    _settings = Settings.from_environ(os.environ)
except BadSetting as error:
    sys.exit(f"Error: {error}")

_host = os.environ.get("HOST") or "127.0.0.1"
_port = _settings.port
bind = f"[{_host}]:{_port}" if ":" in _host else f"{_host}:{_port}"

# A digest keeps one core busy, so a worker a core. No more than 4 unless told: a container sees the
# cores of its host, not its share of them.
_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
workers = _settings.web_concurrency or min(4, _cores)

# Threads keep /healthz and /metrics answered while a digest is made. Digests and those that wait
# for one hold no more than 12 * DIGEST_MAX_CONCURRENT threads (PLACES in service/api/slots.py). Two
# more refuse the rest; with eight, which are in one another's way, four times the load was taken in
# so slowly that the backlog overflowed: p99 5.2 s for 0.8.
worker_class = "service.worker.Worker"  # gunicorn's gthread, mended
threads = 2 + 12 * _settings.max_concurrent

# Models are loaded once, before the fork: a fault in them stops the start, and workers share pages.
preload_app = True

# Seconds without a heartbeat from a worker's main thread, not a deadline of requests, whose work is
# bounded by the limits on what they may ask for.
timeout = 60

# Seconds between TERM and the end of listening, in which /readyz answers 503 and requests are still
# taken.
_drain_s = _settings.drain_seconds

# Seconds that running digests have to end after that. One takes 4 at most (DIGEST_MAX_SECONDS), so
# this is for bodies that still come in; with the drain it is within the 30 of a Kubernetes pod.
graceful_timeout = 20

# Requests after which a worker is replaced, by a fork that takes milliseconds: memory that a native
# library leaks, or that is torn into pieces, is given back before it is felt. The jitter keeps the
# workers from going at once.
max_requests = 50_000
max_requests_jitter = 5_000

# Longer than the 60 seconds after which load balancers commonly drop an idle connection: else the
# worker might close one just as the balancer sends on it.
keepalive = 65

# Connections that wait for a worker. They are lost when the master ends, and a long queue only
# hides that more is asked for than can be done; a balancer had better see it.
backlog = 128

# Title and options of a plain text go into the query: 2,000 characters, percent-encoded, fit.
limit_request_line = 8190

# The heartbeat file is touched every second; on a disk that blocks, the worker would be killed.
worker_tmp_dir = _memory

# It is a file in the home directory by default: a read-only root file system has none.
control_socket_disable = True

# The service writes its own access log, without addresses, queries and texts.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "service.api.telemetry.JsonFormatter"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "stream": "ext://sys.stdout",
        }
    },
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": ["stdout"], "propagate": False},
        "service": {"handlers": ["stdout"], "propagate": False},
    },
    "root": {"level": "WARNING", "handlers": ["stdout"]},
}


def on_starting(_server):
    """Wipe what earlier runs left of metrics; the master's own are open already."""
    own = f"_{os.getpid()}.db"
    for path in Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).glob("*.db"):
        if not path.name.endswith(own):
            path.unlink()
    for folder in Path(_memory or tempfile.gettempdir()).glob(f"{_ALL}*"):
        with contextlib.suppress(OSError):  # locked, another user's, or gone
            opened = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(opened)


def when_ready(server):
    """Say where people find the service, and make TERM drain it."""
    server.handle_term = lambda: _drain(server)
    _settle()
    shown = "127.0.0.1" if _host in ("0.0.0.0", "::") else _host  # noqa: S104
    if _settings.docs:
        server.log.info("Swagger UI is at http://%s:%s/docs/", shown, _port)


def _settle():
    """Make what is loaded stay shared between the workers to be.

    The collector writes into each object that it looks at, and what is written to is copied; what
    is frozen it never looks at again.
    """
    from service.api import memory

    memory.share_one_arena()
    gc.collect()
    gc.freeze()
    # A digest makes tens of thousands of objects and next to no cycles: looking for these at every
    # 700, as is usual, took 2 % of its time.
    gc.set_threshold(10_000)


def _drain(server):
    """Let readiness fail for a while before the listening ends; a second signal ends it at once."""
    from service.api import draining

    draining.begin()
    end = time.monotonic() + _drain_s
    while (left := end - time.monotonic()) > 0:
        for given in server.wait_for_signals(timeout=min(left, 1)):
            if given == signal.SIGCHLD:
                server.handle_chld()
            elif given in (signal.SIGINT, signal.SIGQUIT):
                server.handle_quit()
            elif given == signal.SIGTERM:
                raise StopIteration
        server.manage_workers()
    raise StopIteration


def on_reload(server):
    """Make the application anew, since its keys may have changed; keep it where that fails."""
    made = server.app.callable
    server.app.callable = None
    try:
        server.app.wsgi()
    except Exception:
        server.log.exception("not reloaded; the service goes on as it was")
        server.app.callable = made
    _settle()


def post_fork(_server, _worker):
    """Start what needs a thread of its own in each worker."""
    if _settings.tracing:
        from service.api import tracing

        tracing.start()


def child_exit(_server, worker):
    """Take the gauges of a worker that has ended out of the metrics."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(_server):
    """Remove the metrics with the process that they are of."""
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    if folder.name.startswith(_OWN):
        shutil.rmtree(folder, ignore_errors=True)
