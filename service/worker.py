"""The gunicorn worker: nobody holds a thread of it, or all of it, by doing nothing."""

import errno
import re
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from gunicorn import util
from gunicorn.http import errors as refusals
from gunicorn.workers.gthread import TConn, ThreadWorker

from service.api import draining, errors, telemetry

# Seconds in which the other side may close after the last answer, and bytes that are read of it at
# a time. RFC 9112, section 9.6: closed at once, what it still sends would reset the connection, and
# the answer be lost with it.
_LINGER_S = 2.0
_DRAINED = 65_536
_REST_S = 0.001  # for the rest of a body that has come in already

# Seconds that a request has to come in: 2 MiB at 600 kbit/s.
_WHOLE_S = 30.0
_PIECE = 65_536  # bytes read at a time
# Requests longer than that are held while they come in as long as their bodies could not be more
# than so many bytes together; a thread waits for each of the others.
_LONG = 65_536
_MOST_HELD = 64 * 1024 * 1024
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*(?:\r|$)")
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*\bchunked")
_LAST_CHUNK = len(b"0\r\n\r\n")

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


def is_whole(received: bytes | bytearray, longest: int) -> bool:
    r"""Whether as much of a request has come as a thread can go on with.

    That is all of it, or what it will be refused for, a body over the *longest* and the like. A
    chunked body is taken to end wherever an empty line does.

    >>> head = b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n"
    >>> is_whole(head + b"Rai", 9), is_whole(head + b"Rain", 9)
    (False, True)
    """
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return len(received) > _LONG
    head = received[:end].lower()
    came = len(received) - end - len(b"\r\n\r\n")
    if b"\r\nexpect:" in head:  # it waits for us
        return True
    if declared := _LENGTH.search(head):
        length = int(declared[1])
        return length > longest or came >= length
    if _CHUNKED.search(head):
        if came > longest or (came >= _LAST_CHUNK and received.endswith(b"\r\n\r\n")):
            return True
        # Or it has ended before the beginning of what is sent behind it.
        return received.find(b"\n0\r\n\r\n", max(end, len(received) - _LONG)) >= 0
    return True


class _Connection(TConn):  # type: ignore[misc]
    """A connection that its worker closes."""

    def __init__(self, worker: "Worker", client: socket.socket, address: Any, own: Any) -> None:
        super().__init__(worker.cfg, client, address, own)
        self._worker = worker
        self.data_ready = True  # once a thread has it
        self.is_read = False  # all that was sent
        self.received = bytearray()  # before a thread has it

    def init(self) -> None:
        """Have the parser begin with what was received."""
        super().init()
        if self.received:
            self.parser.unreader.unread(bytes(self.received))
            self.received.clear()

    def close(self, graceful: bool = False) -> None:
        """Close; where *graceful* and there is more to come, once the other side has closed."""
        if graceful and not self.is_read:
            self._worker.linger(self)
        else:
            super().close()


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker, whose main thread alone waits for what callers do or leave.

    In gunicorn's own a connection on which nothing is sent holds a thread for five seconds, one on
    which a request comes in slowly holds it for as long as it likes, and one that the other side
    does not close holds the main thread, and with it all that is to be taken in, for two.
    """

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._coming: deque[_Connection] = deque()  # with a part of a request, by when they end
        self._long: set[_Connection] = set()  # with a long request, until it is served
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
            self.enqueue_req(_Connection(self, client, address, listener.getsockname()))

    def enqueue_req(self, connection: _Connection) -> None:
        """Give a connection to a thread once a whole request has come in."""
        if connection.initialized:
            connection.received += connection.parser.unreader.take_buffered()
        if self.cfg.is_ssl or self._has_come(connection):
            super().enqueue_req(connection)
        elif not connection.received:
            connection.timeout = time.monotonic() + self.cfg.keepalive
            self.pending_conns.append(connection)
            self._call_when_readable(connection, self.on_pending_socket_readable)
        else:
            connection.timeout = time.monotonic() + _WHOLE_S
            self._coming.append(connection)
            self._call_when_readable(connection, self._go_on)

    def _call_when_readable(
        self, connection: _Connection, call: Callable[[_Connection, socket.socket], None]
    ) -> None:
        self.poller.register(connection.sock, selectors.EVENT_READ, partial(call, connection))

    def _go_on(self, connection: _Connection, client: socket.socket) -> None:
        if self._has_come(connection):
            self._coming.remove(connection)
            self.poller.unregister(client)
            super().enqueue_req(connection)

    def _has_come(self, connection: _Connection) -> bool:
        """Take in what was sent; whether a thread has something to do for it."""
        received, longest = connection.received, self.wsgi.config["MAX_CONTENT_LENGTH"]
        try:
            connection.sock.setblocking(False)
            while not is_whole(received, longest):
                if len(received) > _LONG and connection not in self._long:
                    if longest * (len(self._long) + 1) > _MOST_HELD:
                        return True
                    self._long.add(connection)
                piece = connection.sock.recv(_PIECE)
                if not piece:
                    return True
                received += piece
        except BlockingIOError:
            return False
        except OSError:  # it has gone, which the thread finds too
            pass
        return True

    def finish_request(self, connection: _Connection, made: "Future[Any]") -> None:
        """Go on with a connection whose thread is done with it."""
        self._long.discard(connection)
        super().finish_request(connection, made)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Serve what has come; while digests are refused, gather what comes first."""
        if self.wsgi.extensions["slots"].is_refusing():
            time.sleep(_GATHER_S)
        super().wait_for_and_dispatch_events(timeout)

    def handle_request(self, req: Any, conn: _Connection) -> bool:
        """Serve a request, and whether another may follow: not after a body that is too large."""
        if draining.begun():
            req.must_close = True  # so that the caller goes where the balancer sends it
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
        self._refuse(client, HTTPStatus(_STATUSES.get(type(exc), 400)))

    def _refuse(self, client: socket.socket, status: HTTPStatus) -> None:
        request_id = uuid4().hex
        body = errors.unread(status, request_id)
        head = (
            f"HTTP/1.1 {status} {status.phrase}\r\nConnection: close\r\n"
            f"Content-Type: {errors.PROBLEM}\r\nContent-Length: {len(body)}\r\n"
            f"X-Request-ID: {request_id}\r\n\r\n"
        )
        telemetry.unread(status, request_id)
        with suppress(OSError):  # it has gone
            util.write_nonblock(client, head.encode() + body)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take in who comes, or nobody more; at the end those who have come, who were lost else."""
        super().set_accept_enabled(enabled)
        if not (enabled or self.alive):
            for listener in self.sockets:
                self.accept(listener)
                listener.close()

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
        while self._coming and self._coming[0].timeout <= now:
            connection = self._coming.popleft()
            self._long.discard(connection)
            self.poller.unregister(connection.sock)
            self._refuse(connection.sock, HTTPStatus.REQUEST_TIMEOUT)
            self.nr_conns -= 1
            connection.close(graceful=True)
        while self._lingering and self._lingering[0].timeout <= now:
            self._end(self._lingering[0])
