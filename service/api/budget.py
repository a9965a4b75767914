"""How long the work on one request may take; the core is stopped where it would take longer."""

import time

from werkzeug.exceptions import ServiceUnavailable, UnprocessableEntity

from service.api import telemetry

# Longer than for a full worker: others were in the way for seconds.
RETRY_AFTER_S = 10

# Of its time, what a digest has to have had a core for, to be too much by itself. Alone on a core
# it has nearly all; beside another digest, half.
_ITS_OWN = 0.9


class OverBudget(UnprocessableEntity):
    """The refusal of a digest that takes too long whenever it is asked for."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The digest takes more than {seconds:g} seconds of work, and was stopped. "
            "Send fewer or shorter articles."
        )


class Budget:
    """The seconds of one request, by the clock on the wall: its caller waits by no other.

    They run from when the budget is made, by the thread that will do the work.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._worked = time.thread_time()

    def check(self) -> None:
        """Let the work go on while the budget lasts.

        Raises:
            OverBudget: it does not, though the work had a core for itself.
            ServiceUnavailable: it does not, since other work was in the way.
        """
        if time.monotonic() <= self._end:
            return
        telemetry.shed("budget")
        if time.thread_time() - self._worked >= _ITS_OWN * self._seconds:
            raise OverBudget(self._seconds)
        raise ServiceUnavailable(
            f"The digest was not done within {self._seconds:g} seconds beside the others, and was "
            "stopped; try again after the time in the Retry-After header.",
            retry_after=RETRY_AFTER_S,
        )
