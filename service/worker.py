"""The gunicorn worker: nobody holds a thread of it, or all of it, by doing nothing."""

import errno
import selectors
import socket
import time
from collections import deque
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from gunicorn import util
from gunicorn.http import errors as refusals
from gunicorn.workers.gthread import TConn, ThreadWorker

from service.api import errors, telemetry

# Seconds in which the other side may close after the last answer, and bytes that are read of it at
# a time. RFC 9112, section 9.6: closed at once, what it still sends would reset the connection, and
# the answer be lost with it.
_LINGER_S = 2.0
_DRAINED = 65_536
_REST_S = 0.001  # for the rest of a body that has come in already

# Connections taken in at once, and seconds in which they gather while digests are refused. Each
# refusal pushes the digest that is made out of the caches, ten together not much more than one: at
# four times the load 90 % of the best are served, and 85 % without.
_ACCEPTED = 32
_GATHER_S = 0.02

# What a request is refused with that is no HTTP, or not all of it; 400 where not said.
_STATUSES = {
    refusals.ExpectationFailed: 417,
    refusals.LimitRequestHeaders: 431,
    refusals.LimitRequestLine: 414,
    refusals.UnsupportedTransferCoding: 501,
}
_OURS = (refusals.ConfigurationProblem, refusals.InvalidResponseHeader)  # the service's own faults


class _Connection(TConn):  # type: ignore[misc]
    """A connection that its worker closes."""

    def __init__(self, worker: "Worker", client: socket.socket, address: Any, own: Any) -> None:
        super().__init__(worker.cfg, client, address, own)
        self._worker = worker
        self.is_read = False  # all that was sent

    def close(self, graceful: bool = False) -> None:
        """Close; where *graceful* and there is more to come, once the other side has closed."""
        if graceful and not self.is_read:
            self._worker.linger(self)
        else:
            super().close()


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker, whose main thread alone waits for what callers do or leave.

    In gunicorn's own a connection on which nothing is sent holds a thread for five seconds, and one
    that the other side does not close holds the main thread, and with it all that is to be taken
    in, for two.
    """

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._lingering: deque[_Connection] = deque()  # by when they end

    def accept(self, listener: socket.socket) -> None:
        """Take in who waits; a thread has a connection once something is sent."""
        for _ in range(_ACCEPTED):
            try:
                client, address = listener.accept()
            except OSError as error:
                if error.errno in (errno.EAGAIN, errno.ECONNABORTED):
                    return
                raise
            self.nr_conns += 1
            connection = _Connection(self, client, address, listener.getsockname())
            try:
                client.recv(1, socket.MSG_PEEK)
            except BlockingIOError:
                self._wait_for(connection)
            except OSError:  # it has gone
                self.nr_conns -= 1
                connection.close()
            else:
                connection.data_ready = True
                self.enqueue_req(connection)

    def _wait_for(self, connection: _Connection) -> None:
        connection.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(connection)
        readable = partial(self.on_pending_socket_readable, connection)
        self.poller.register(connection.sock, selectors.EVENT_READ, readable)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Serve what has come; while digests are refused, gather what comes first."""
        if self.wsgi.extensions["slots"].is_refusing():
            time.sleep(_GATHER_S)
        super().wait_for_and_dispatch_events(timeout)

    def handle_request(self, req: Any, conn: _Connection) -> bool:
        """Serve a request, and whether another may follow: not after a body that is too large."""
        declared = next((value for name, value in req.headers if name == "CONTENT-LENGTH"), "0")
        if int(declared) > self.wsgi.config["MAX_CONTENT_LENGTH"]:
            req.must_close = True
            req._expected_100_continue = False
        again = bool(super().handle_request(req, conn))
        if not again:
            with suppress(Exception):  # a malformed chunk and the like
                conn.is_read = conn.parser.finish_body(deadline=time.monotonic() + _REST_S)
        return again

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Refuse what is not HTTP with a problem, as the application does all else."""
        if not isinstance(exc, refusals.ParseException) or isinstance(exc, _OURS):
            super().handle_error(req, client, addr, exc)
            return
        status = HTTPStatus(_STATUSES.get(type(exc), 400))
        request_id = uuid4().hex
        body = errors.unread(status, request_id)
        head = (
            f"HTTP/1.1 {status} {status.phrase}\r\nConnection: close\r\n"
            f"Content-Type: {errors.PROBLEM}\r\nContent-Length: {len(body)}\r\n"
            f"X-Request-ID: {request_id}\r\n\r\n"
        )
        telemetry.unread(status)
        with suppress(OSError):  # it has gone
            util.write_nonblock(client, head.encode() + body)

    def _cap_keepalive(self, deadline: float) -> None:
        """Have what is idle end by *deadline*: gunicorn's own hook when it stops."""
        super()._cap_keepalive(deadline)
        for connection in self.pending_conns:
            connection.timeout = min(connection.timeout, deadline)

    def linger(self, connection: _Connection) -> None:
        """Say that no more is sent, and close when the other side does so, or after a while."""
        try:
            connection.sock.setblocking(False)
            connection.sock.shutdown(socket.SHUT_WR)
        except OSError:  # it has gone
            connection.sock.close()
            return
        self.nr_conns += 1  # it is one until it is closed
        connection.timeout = time.monotonic() + _LINGER_S
        self._lingering.append(connection)
        readable = partial(self._drain, connection)
        self.poller.register(connection.sock, selectors.EVENT_READ, readable)

    def _drain(self, connection: _Connection, client: socket.socket) -> None:
        try:
            ended = not client.recv(_DRAINED)
        except BlockingIOError:
            return
        except OSError:
            ended = True
        if ended:
            self._end(connection)

    def _end(self, connection: _Connection) -> None:
        self._lingering.remove(connection)
        self.poller.unregister(connection.sock)
        connection.sock.close()
        self.nr_conns -= 1

    def murder_pending(self) -> None:
        """Close what was waited for long enough."""
        super().murder_pending()
        now = time.monotonic()
        while self._lingering and self._lingering[0].timeout <= now:
            self._end(self._lingering[0])
