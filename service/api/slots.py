"""How many digests one worker makes at once, and how many requests may wait for their turn."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.exceptions import ServiceUnavailable

from service.api import telemetry

# A digest of a few articles takes tens of milliseconds: what has waited this long meets a worker
# that is not keeping up, and its caller had better try another, or later.
WAIT_S = 2.0
RETRY_AFTER_S = 1

# Requests that may wait behind each digest being made: a burst is taken, and for articles of 700
# words the last of them waits a quarter of a second. Each holds a thread (deploy/gunicorn.conf.py).
WAITING = 7


class Slots:
    """Places for *size* digests at once, with *waiting* requests behind each.

    The rest is refused at once. So no more than ``(1 + waiting) * size`` threads are ever held by
    digests, and the others answer the probes.
    """

    def __init__(self, size: int, *, waiting: int = WAITING, wait_s: float = WAIT_S) -> None:
        self._wait_s = wait_s
        self._free = threading.Semaphore(size)
        self._places = threading.Semaphore((1 + waiting) * size)

    @property
    def full(self) -> bool:
        """Whether the next request would be refused at once."""
        if self._places.acquire(blocking=False):
            self._places.release()
            return False
        return True

    def refuse_if_full(self) -> None:
        """Do what `one` would do at once, before there is anything to hold a slot for.

        Raises:
            ServiceUnavailable: too many are waiting.
        """
        if self.full:
            telemetry.shed("full")
            raise overloaded()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold one slot inside.

        Raises:
            ServiceUnavailable: none came free in time, or too many are waiting already.
        """
        if not self._places.acquire(blocking=False):
            telemetry.shed("full")
            raise overloaded()
        try:
            if not self._free.acquire(timeout=self._wait_s):
                telemetry.shed("waited")
                raise overloaded()
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._places.release()


def overloaded() -> ServiceUnavailable:
    """The refusal of one request too many."""
    return ServiceUnavailable(
        "More digests are wanted than this worker can make; try again after the time in the "
        "Retry-After header.",
        retry_after=RETRY_AFTER_S,
    )
