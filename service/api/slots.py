"""How many digests one worker makes at once, and which requests may wait for their turn."""

import math
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from heapq import heapify, heapreplace
from typing import NoReturn

from werkzeug.exceptions import ServiceUnavailable

from service.api import telemetry

#: What the caller of an ordinary article should be answered within, even when all ask at once.
TARGET_S = 1.0
# What of that may be spent waiting. A wait is expected by a mean; at the 99th percentile it takes
# half as long again where other programs have the machine too, and then there is the digest.
_WAITING_S = 0.5 * TARGET_S
# What has waited this long meets a worker that is not keeping up, and had better go elsewhere.
WAIT_S = 2.0
RETRY_AFTER_S = 1

#: Requests at one slot or waiting for it. Each holds a thread (deploy/gunicorn.conf.py).
PLACES = 12

# A digest expected to take longer lets others be made beside it. Shorter ones follow one another:
# on one core two at once are both done when the second would have been, and are in each other's way
# (docs/decisions.md). Fifteen ordinary articles take this long.
_LONG_S = 0.2

_MOMENT_S = 0.2

# Seconds of a core for each byte of a body, and how many bytes it costs to be a request at all. A
# worker begins with what was measured once, and goes on with what it measures.
_PACE = 5e-6
_REQUEST = 400
_KEPT = 0.95  # of what was measured before, with each digest made


class _Turn:
    """One request, from when it is let in until it is done."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.come = threading.Event()
        self.began = 0.0
        self.beside = 0  # digests being made when this one began, with it


class Slots:
    """Places for *size* digests at once, and a queue as long as can be served in time.

    A request is refused at once where the digests before it are expected to take longer than it
    may wait: half of `TARGET_S`, or as long as it takes itself, if that is longer. Who comes first
    is served first: the next begins when a slot is free and none but long digests are being made,
    so that short ones pass a long one but do not slow each other down.

    Args:
        size: digests at once.
        places: requests at each slot or waiting for it.
        wait_s: after which a request that was let in is refused all the same.
        pace: seconds a byte, until some were measured.
    """

    def __init__(
        self, size: int, *, places: int = PLACES, wait_s: float = WAIT_S, pace: float = _PACE
    ) -> None:
        self._size = size
        self._places = size * places
        self._wait_s = wait_s
        self._lock = threading.Lock()
        self._running: list[_Turn] = []
        self._waiting: deque[_Turn] = deque()
        self._refused = -math.inf  # when the last one was
        self._bytes = 100.0 * _REQUEST
        self._seconds = pace * self._bytes

    def refuse_if_full(self, body_bytes: int) -> None:
        """Do what `one` would do at once, before there is anything to hold a slot for.

        Raises:
            ServiceUnavailable: it would wait too long.
        """
        with self._lock:
            refused = self._refuses(body_bytes + _REQUEST)
        if refused:
            self._refuse()

    def is_refusing(self) -> bool:
        """Whether a request was refused a moment ago."""
        return time.monotonic() - self._refused < _MOMENT_S

    @contextmanager
    def one(self, body_bytes: int) -> Iterator[None]:
        """Hold one slot inside, for a request with a body of so many bytes.

        Raises:
            ServiceUnavailable: it would wait too long, or has.
        """
        turn = _Turn(body_bytes + _REQUEST)
        with self._lock:
            refused = self._refuses(turn.size)
            if not refused:
                self._waiting.append(turn)
                self._go_on()
        if refused:
            self._refuse()
        done = False
        try:
            if not turn.come.wait(self._wait_s):
                telemetry.shed("waited")
                raise overloaded()
            yield
            done = True
        finally:
            with self._lock:
                if done:
                    self._measure(turn)
                # Its turn may have come since it gave up waiting: turns come under the lock.
                (self._running if turn.come.is_set() else self._waiting).remove(turn)
                self._go_on()

    def _refuse(self) -> NoReturn:
        self._refused = time.monotonic()
        telemetry.shed("full")
        raise overloaded()

    def _refuses(self, size: int) -> bool:
        if len(self._running) + len(self._waiting) >= self._places:
            return True
        # Digests at once share one core: each takes as many times as long.
        pace = self._size * self._seconds / self._bytes
        now = time.monotonic()
        left = [max(0.0, turn.size * pace - (now - turn.began)) for turn in self._running]
        left += [0.0] * (self._size - len(left))
        wait = expected_wait(left, (turn.size * pace for turn in self._waiting))
        return wait > min(self._wait_s, max(_WAITING_S, size * pace))

    def _go_on(self) -> None:
        while self._waiting and len(self._running) < self._size and not self._short_runs():
            turn = self._waiting.popleft()
            self._running.append(turn)
            turn.began, turn.beside = time.monotonic(), len(self._running)
            turn.come.set()

    def _short_runs(self) -> bool:
        pace = self._seconds / self._bytes
        return any(turn.size * pace < _LONG_S for turn in self._running)

    def _measure(self, turn: _Turn) -> None:
        beside = (turn.beside + len(self._running)) / 2
        self._seconds = _KEPT * self._seconds + (time.monotonic() - turn.began) / beside
        self._bytes = _KEPT * self._bytes + turn.size


def expected_wait(left: list[float], waiting: Iterable[float]) -> float:
    """Seconds until the next request has a slot, where each slot serves the first who waits.

    Args:
        left: seconds that each slot is still taken.
        waiting: seconds that each one before it takes, in the order that they came.

    >>> expected_wait([0.25, 1], [0.5, 0.5]), expected_wait([0.25, 0], [])
    (1, 0)
    """
    heapify(left)
    for seconds in waiting:
        heapreplace(left, left[0] + seconds)
    return left[0]


def overloaded() -> ServiceUnavailable:
    """The refusal of one request too many."""
    return ServiceUnavailable(
        "More digests are wanted than this worker can make; try again after the time in the "
        "Retry-After header.",
        retry_after=RETRY_AFTER_S,
    )
